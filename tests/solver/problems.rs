//! Random problems that mix every constraint, and random routes for them, from a seed.
//!
//! A day has about a thousand seconds and ways take up to a hundred, so that everything matters.

use doorstep::solver::{
    Break, Costs, HubReturns, Limits, Load, Overtime, Plane, Problem, Shipment, Table, Task,
    Travel, Vehicle, Visit, Window,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Random numbers from a seed.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// From `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::try_from(i64::from(high) - i64::from(low) + 1).unwrap();
        low + i32::try_from(self.0.next_u64() % span).unwrap()
    }

    /// Below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.0.next_u64() % count as u64).unwrap()
    }

    /// Whether something of so many per cent happens.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.0.next_u64() % 100 < percent
    }

    fn maybe<T>(&mut self, percent: u64, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance(percent) { Some(value(self)) } else { None }
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    fn load(&mut self, most: i32) -> Load {
        [0; 4].map(|_| i64::from(self.between(0, most)))
    }

    fn windows(&mut self, at_most: i32, opens_by: i32, length: i32) -> Vec<Window> {
        let mut opens = self.between(-100, opens_by);
        let count = self.between(1, at_most);
        let windows = (0..count).map(|_| {
            let window = Window { opens, closes: opens + self.between(0, length) };
            opens = window.closes + self.between(1, 200);
            window
        });
        windows.collect()
    }
}

/// How large and how rich a problem is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) visits: usize,
    pub(crate) vehicles: usize,
    /// Whether visits must be done by windows of their own, have loads, skills, and so on. A plain
    /// problem has windows and one dimension of load only.
    pub(crate) rich: bool,
}

/// A random problem without an initial plan.
pub(crate) fn problem(dice: &mut Dice, shape: Shape) -> Problem {
    let places = 3 + dice.below(shape.visits + 3);
    let profiles = if shape.rich && dice.chance(40) { 2 } else { 1 };
    let travel: Vec<Travel> = (0..profiles).map(|_| travel(dice, places)).collect();
    let crowd = shape.visits / shape.vehicles.max(1) + 1;
    let vehicles = (0..shape.vehicles).map(|_| {
        if shape.rich {
            rich_vehicle(dice, places, profiles, crowd)
        } else {
            plain_vehicle(dice, places)
        }
    });
    let vehicles: Vec<Vehicle> = vehicles.collect();
    let mut visits: Vec<Visit> = (0..shape.visits).map(|_| visit(dice, places, shape)).collect();
    let mut shipments = Vec::new();
    if shape.rich && dice.chance(60) {
        let mut order: Vec<u32> = (0..).take(visits.len()).collect();
        dice.shuffle(&mut order);
        for pair in order.chunks_exact(2).take(1 + dice.below(1 + shape.visits / 4)) {
            shipments.push(ship(dice, &mut visits, pair[0], pair[1]));
        }
    }
    let lateness = if shape.rich { dice.maybe(30, |d| i64::from(d.between(1, 20))) } else { None };
    Problem { travel, vehicles, visits, shipments, initial: Vec::new(), lateness }
}

/// Makes a shipment of two visits.
fn ship(dice: &mut Dice, visits: &mut [Visit], pickup: u32, delivery: u32) -> Shipment {
    let load = dice.load(3);
    let priority = visits[pickup as usize].priority;
    let only = visits[pickup as usize].vehicle;
    let from = &mut visits[pickup as usize];
    (from.pickup, from.delivery) = (load, [0; 4]);
    let to = &mut visits[delivery as usize];
    (to.pickup, to.delivery) = ([0; 4], load);
    (to.priority, to.vehicle) = (priority, only);
    Shipment { pickup, delivery }
}

fn travel(dice: &mut Dice, places: usize) -> Travel {
    let points: Vec<[f64; 2]> =
        (0..places).map(|_| [(); 2].map(|()| f64::from(dice.between(0, 70)))).collect();
    if dice.chance(30) {
        return Travel::Plane(Plane::new(&points, 1.0));
    }
    let mut table = |least: i32, most: i32| -> Vec<i32> {
        let entry = |at: usize| {
            if at / places == at % places && dice.chance(80) {
                0
            } else {
                dice.between(least, most)
            }
        };
        (0..places * places).map(entry).collect()
    };
    let durations = table(1, 100);
    let distances = table(0, 300);
    let costs = table(0, 900);
    let places = u32::try_from(places).unwrap();
    let distances = dice.chance(60).then(|| distances.into());
    let costs = dice.chance(20).then(|| costs.into());
    Travel::Table(Table::new(places, durations.into(), distances, costs))
}

fn place(dice: &mut Dice, places: usize) -> u32 {
    u32::try_from(dice.below(places)).unwrap()
}

fn visit(dice: &mut Dice, places: usize, shape: Shape) -> Visit {
    let (delivery, pickup) = match (shape.rich, dice.below(3)) {
        (false, _) => ([0; 4], [i64::from(dice.between(1, 5)), 0, 0, 0]),
        (true, 0) => (dice.load(2), [0; 4]),
        (true, 1) => ([0; 4], dice.load(2)),
        _ => (dice.load(2), dice.load(2)),
    };
    let plain = Visit {
        place: place(dice, places),
        windows: dice.windows(1, 500, 900),
        service: dice.between(0, 40),
        setup: 0,
        release: i32::MIN,
        pickup,
        delivery,
        skills: Vec::new(),
        priority: 0,
        vehicle: None,
    };
    if !shape.rich {
        return plain;
    }
    Visit {
        windows: dice.windows(3, 400, 500),
        setup: dice.between(0, 20),
        release: dice.maybe(25, |d| d.between(0, 400)).unwrap_or(i32::MIN),
        skills: dice.maybe(15, |d| vec![u32::from(d.chance(50))]).unwrap_or_default(),
        priority: dice.maybe(40, |d| u32::try_from(d.between(0, 100)).unwrap()).unwrap_or(0),
        vehicle: dice.maybe(8, |d| place(d, shape.vehicles)),
        ..plain
    }
}

fn plain_vehicle(dice: &mut Dice, places: usize) -> Vehicle {
    let hub = Some(place(dice, places));
    Vehicle {
        profile: 0,
        start: hub,
        end: hub,
        earliest: 0,
        latest: 1_000,
        overtime: None,
        capacity: [i64::from(dice.between(8, 25)), 0, 0, 0],
        skills: Vec::new(),
        breaks: Vec::new(),
        hub_returns: None,
        limits: Limits::default(),
        costs: Costs { fixed: 0, per_second: 0, per_metre: 1 },
        frozen: 0,
    }
}

fn rich_vehicle(dice: &mut Dice, places: usize, profiles: usize, crowd: usize) -> Vehicle {
    let crowd = i32::try_from(crowd).unwrap();
    let breaks = if dice.chance(60) { dice.below(3) } else { 0 };
    let earliest = dice.between(0, 150);
    let latest = earliest + dice.between(500, 1_300);
    Vehicle {
        profile: place(dice, profiles),
        start: dice.maybe(80, |d| place(d, places)),
        end: dice.maybe(80, |d| place(d, places)),
        earliest,
        latest,
        overtime: dice.maybe(30, |d| Overtime {
            most: d.between(0, 300),
            per_second: i64::from(d.between(0, 9)),
        }),
        capacity: [0; 4].map(|_| i64::from(dice.between(2, 6 + crowd))),
        skills: if dice.chance(70) { vec![0, 1] } else { vec![1] },
        breaks: (0..breaks).map(|_| pause(dice, earliest, latest, crowd)).collect(),
        hub_returns: dice.maybe(40, |d| HubReturns {
            place: place(d, places),
            service: d.between(0, 30),
            most: u32::try_from(d.between(0, 2)).unwrap(),
            window: Window { opens: d.between(0, 200), closes: d.between(200, 900) },
        }),
        limits: limits(dice, crowd),
        costs: Costs {
            fixed: i64::from(dice.between(0, 500)),
            per_second: i64::from(dice.between(0, 5)),
            per_metre: i64::from(dice.between(0, 2)),
        },
        frozen: 0,
    }
}

fn limits(dice: &mut Dice, crowd: i32) -> Limits {
    Limits {
        stops: dice.maybe(15, |d| u32::try_from(d.between(1, 1 + crowd)).unwrap()),
        travel: dice.maybe(15, |d| d.between(100, 200 + 60 * crowd)),
        duration: dice.maybe(30, |d| d.between(100, 300 + 100 * crowd)),
        distance: dice.maybe(15, |d| i64::from(d.between(200, 400 + 200 * crowd))),
    }
}

fn pause(dice: &mut Dice, earliest: i32, latest: i32, crowd: i32) -> Break {
    let mut opens = dice.between(earliest, i32::midpoint(earliest, latest));
    let windows = (0..dice.between(1, 2)).map(|_| {
        let window = Window { opens, closes: opens + dice.between(0, 250) };
        opens = window.closes + dice.between(1, 150);
        window
    });
    let windows = windows.collect();
    Break {
        windows,
        duration: dice.between(0, 60),
        max_load: dice.maybe(25, |d| [0; 4].map(|_| i64::from(d.between(0, 3 + crowd)))),
        on_the_way: dice.chance(50),
    }
}

/// A random route: some visits in random order, most shipments the right way round, hub calls
/// where the vehicle may call, at times a break that is named.
pub(crate) fn route(dice: &mut Dice, problem: &Problem, vehicle: usize, most: usize) -> Vec<Task> {
    let mut visits: Vec<u32> = (0..).take(problem.visits.len()).collect();
    dice.shuffle(&mut visits);
    visits.truncate(1 + dice.below(most));
    let mut tasks: Vec<Task> = visits.iter().map(|visit| Task::Visit(*visit)).collect();
    for shipment in &problem.shipments {
        mend(dice, &mut tasks, *shipment);
    }
    let settings = &problem.vehicles[vehicle];
    if settings.hub_returns.is_some() && dice.chance(50) {
        tasks.insert(dice.below(tasks.len() + 1), Task::Hub);
    }
    if !settings.breaks.is_empty() && dice.chance(15) {
        let index = u32::try_from(dice.below(settings.breaks.len())).unwrap();
        tasks.insert(dice.below(tasks.len() + 1), Task::Break(index));
    }
    tasks
}

/// Makes a shipment whole on a route, or takes it off.
fn mend(dice: &mut Dice, tasks: &mut Vec<Task>, shipment: Shipment) {
    let [pickup, delivery] = [shipment.pickup, shipment.delivery].map(Task::Visit);
    let at = |tasks: &[Task], task| tasks.iter().position(|other| *other == task);
    match (at(tasks, pickup), at(tasks, delivery)) {
        (Some(p), Some(d)) if p > d && dice.chance(90) => tasks.swap(p, d),
        (Some(p), None) if dice.chance(90) => {
            tasks.insert(p + 1 + dice.below(tasks.len() - p), delivery);
        }
        (None, Some(d)) if dice.chance(90) => {
            tasks.remove(d);
        }
        _ => {}
    }
}
