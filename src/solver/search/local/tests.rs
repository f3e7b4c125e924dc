use super::*;
use crate::solver::search::build::{Layout, Task as FieldTask, with_field};
use crate::solver::search::dice::Dice;
use crate::solver::{
    Costs, Limits, Load, Plane, Problem, Shipment, Table, Task, Travel, Vehicle, Visit, Window,
    evaluate,
};
use std::sync::Arc;

/// What a made problem is like.
#[derive(Clone, Copy)]
struct Shape {
    visits: u32,
    vehicles: u32,
    /// Seconds each window is open.
    open: u32,
    table: bool,
    /// Vehicles differ in places, hours, capacity, skills and price.
    mixed: bool,
}

fn visit(dice: &mut Dice, place: u32, shape: Shape) -> Visit {
    let opens = dice.below(3_000).cast_signed();
    let load = i64::from(1 + dice.below(9));
    let skilled = shape.mixed && dice.hit(0.2);
    Visit {
        place,
        windows: vec![Window { opens, closes: opens + shape.open.cast_signed() }],
        service: dice.below(60).cast_signed(),
        setup: 0,
        release: 0,
        pickup: [load, if shape.mixed { 2 } else { 0 }, 0, 0],
        delivery: Load::default(),
        skills: if skilled { vec![7] } else { Vec::new() },
        priority: 0,
        vehicle: None,
    }
}

fn vehicle(place: u32, odd: bool) -> Vehicle {
    Vehicle {
        profile: 0,
        start: Some(place),
        end: if odd { Some(1) } else { Some(0) },
        earliest: if odd { 300 } else { 0 },
        latest: if odd { 7_000 } else { 9_000 },
        overtime: None,
        capacity: [if odd { 90 } else { 120 }, 60, 0, 0],
        skills: if odd { Vec::new() } else { vec![7] },
        breaks: Vec::new(),
        hub_returns: None,
        limits: Limits::default(),
        costs: Costs { fixed: if odd { 150 } else { 80 }, per_second: 0, per_metre: 1 },
        frozen: 0,
    }
}

fn problem(seed: u64, shape: Shape) -> Problem {
    let mut dice = Dice::new(seed, 0);
    let places = shape.visits + 2;
    let points: Vec<[f64; 2]> =
        (0..places).map(|_| [dice.unit() * 600.0, dice.unit() * 600.0]).collect();
    let plane = Plane::new(&points, 1.0);
    let travel = if shape.table {
        // Ways there and back differ, seconds are no metres, and the triangle need not hold.
        let pairs = || (0..places).flat_map(|from| (0..places).map(move |to| (from, to)));
        let mut uneven = |(from, to)| plane.length(from, to) + dice.below(80).cast_signed();
        let durations: Arc<[i32]> = pairs().map(&mut uneven).collect();
        let distances: Arc<[i32]> = pairs().map(&mut uneven).collect();
        Travel::Table(Table::new(places, durations, Some(distances), None))
    } else {
        Travel::Plane(plane)
    };
    let visits = (2..places).map(|place| visit(&mut dice, place, shape)).collect();
    let vehicles = (0..shape.vehicles).map(|v| {
        let odd = shape.mixed && v % 2 == 1;
        vehicle(u32::from(odd), odd)
    });
    let vehicles = vehicles.collect();
    Problem {
        travel: vec![travel],
        vehicles,
        visits,
        shipments: vec![],
        initial: vec![],
        lateness: None,
    }
}

/// Improves routes of one or two visits each, and checks what comes out with the walk.
struct Improved<'a> {
    problem: &'a Problem,
    spare: Spare,
}

impl FieldTask for Improved<'_> {
    type Answer = (Routes, i64);

    fn run<L: Legs>(self, field: &Field<L>, layout: &Layout) -> (Routes, i64) {
        let mut routes = poor_routes(self.problem, field, layout);
        let before = cost(self.problem, layout, &routes);
        let used = used(&routes);
        let mut polish = Polish::new(field, self.spare);
        let gain = polish.improve(&mut routes, None, &|| false);
        assert_eq!(before - gain, cost(self.problem, layout, &routes));
        if self.spare == Spare::Parked {
            assert!(self::used(&routes) <= used);
        }
        let mut visits: Vec<u32> = routes.of.iter().flatten().copied().collect();
        visits.extend_from_slice(&routes.absent);
        visits.sort_unstable();
        assert!(
            visits.into_iter().eq(0..field.visits),
            "each visit is where it was or on one route"
        );
        assert_eq!(polish.improve(&mut routes, None, &|| false), 0, "nothing is left to gain");
        (routes, gain)
    }
}

fn used(routes: &Routes) -> usize {
    routes.of.iter().filter(|visits| !visits.is_empty()).count()
}

fn tasks(layout: &Layout, visits: &[u32]) -> Vec<Task> {
    visits.iter().map(|&visit| Task::Visit(layout.visit_of[visit as usize])).collect()
}

fn cost(problem: &Problem, layout: &Layout, routes: &Routes) -> i64 {
    let of_route = |(vehicle, visits): (u32, &Vec<u32>)| {
        let walked = evaluate(problem, vehicle, &tasks(layout, visits));
        walked.unwrap_or_else(|breach| panic!("route {vehicle} {visits:?}: {breach:?}")).total()
    };
    (0..).zip(&routes.of).map(of_route).sum()
}

/// Each visit at the end of the first route that takes it.
fn poor_routes<L: Legs>(problem: &Problem, field: &Field<L>, layout: &Layout) -> Routes {
    let mut routes = Routes { of: vec![Vec::new(); field.vehicles() as usize], absent: vec![] };
    let mut order: Vec<u32> = (0..field.visits).collect();
    order.sort_by_key(|&visit| (field.sites[visit as usize].opens, visit));
    for visit in order {
        let fits = |&(vehicle, visits): &(u32, &Vec<u32>)| {
            let longer: Vec<u32> = visits.iter().copied().chain([visit]).collect();
            evaluate(problem, vehicle, &tasks(layout, &longer)).is_ok()
        };
        match (0..).zip(&routes.of).find(fits).map(|(vehicle, _)| vehicle) {
            Some(vehicle) => routes.of[vehicle as usize].push(visit),
            None => routes.absent.push(visit),
        }
    }
    routes
}

fn improve(seed: u64, shape: Shape, spare: Spare) -> (Routes, i64) {
    let problem = problem(seed, shape);
    with_field(&problem, Improved { problem: &problem, spare })
}

const PLAIN: Shape = Shape { visits: 60, vehicles: 20, open: 600, table: false, mixed: false };

#[test]
fn what_is_improved_is_feasible_and_costs_what_it_says() {
    for seed in 0..20 {
        for open in [100, 600, 5_000] {
            let (_, gain) = improve(seed, Shape { open, ..PLAIN }, Spare::Usable);
            assert!(gain > 0, "seed {seed}: routes in order of windows are poor");
        }
    }
}

#[test]
fn uneven_ways_and_mixed_fleets_are_kept() {
    for seed in 0..20 {
        for (table, mixed) in [(true, false), (false, true), (true, true)] {
            let shape = Shape { table, mixed, open: 1_500, ..PLAIN };
            improve(seed, shape, Spare::Usable);
            improve(seed, shape, Spare::Parked);
        }
    }
}

/// Makes each change that one operator proposes to the same poor routes.
struct Proposed<'a> {
    problem: &'a Problem,
    operator: &'static str,
}

impl FieldTask for Proposed<'_> {
    type Answer = usize;

    fn run<L: Legs>(self, field: &Field<L>, layout: &Layout) -> usize {
        let routes = poor_routes(self.problem, field, layout);
        let before = cost(self.problem, layout, &routes);
        let polish = || {
            let mut polish = Polish::new(field, Spare::Usable);
            polish.take_up(&routes, None);
            polish
        };
        let changes = changes(&polish().tours, self.operator);
        for change in &changes {
            let mut tours = polish().tours;
            tours.apply(change);
            let of = (0..field.vehicles()).map(|route| tours.visits(route).collect()).collect();
            let after = cost(self.problem, layout, &Routes { of, absent: vec![] });
            assert_eq!(before - after, change.gain, "{}: {change:?}", self.operator);
        }
        changes.len()
    }
}

fn changes<L: Legs>(tours: &Tours<'_, L>, operator: &str) -> Vec<Change> {
    let field = tours.field;
    if operator == "exchange" {
        let mut exchange = Exchange::default();
        let pairs = (0..field.vehicles()).flat_map(|one| (0..one).map(move |other| [one, other]));
        let used = |routes: &[u32; 2]| routes.iter().all(|&route| !tours.is_empty(route));
        return pairs.filter(used).filter_map(|routes| exchange.best(tours, routes)).collect();
    }
    let visits = || (0..field.visits).filter(|&visit| tours.is_free(visit));
    let starts = (0..field.vehicles()).filter(|&route| tours.is_empty(route));
    let starts = starts.map(|route| field.start(route)).take(2);
    let before: Vec<u32> = match operator {
        "relocate" | "tails" => visits().chain(starts).collect(),
        _ => visits().collect(),
    };
    let pairs = before.iter().flat_map(|&p| visits().map(move |u| (p, u)));
    let pairs = pairs.filter(|&(p, u)| p != u && tours.next(p) != u);
    let propose = |(p, u)| match operator {
        "relocate" => relocate(tours, p, u),
        "swap" => swap(tours, p, u),
        "tails" => tails(tours, p, u),
        _ => reverse(tours, p, u),
    };
    pairs.filter_map(propose).collect()
}

#[test]
fn each_operator_proposes_what_is_feasible_and_gains_what_it_says() {
    for operator in ["relocate", "swap", "tails", "reverse", "exchange"] {
        let mut found = 0;
        for seed in 0..6 {
            for (table, mixed, open) in [(false, false, 900), (true, true, 5_000)] {
                let shape = Shape { visits: 30, vehicles: 12, open, table, mixed };
                let problem = problem(seed, shape);
                found += with_field(&problem, Proposed { problem: &problem, operator });
            }
        }
        assert!(found > 10, "{operator} found {found} changes");
    }
}

/// What a field's routes become where only some of them were touched.
struct Touched<'a> {
    problem: &'a Problem,
    touched: &'a [u32],
}

impl FieldTask for Touched<'_> {
    type Answer = [Routes; 2];

    fn run<L: Legs>(self, field: &Field<L>, layout: &Layout) -> [Routes; 2] {
        let before = poor_routes(self.problem, field, layout);
        let mut after = before.clone();
        let mut polish = Polish::new(field, Spare::Parked);
        polish.improve(&mut after, Some(self.touched), &|| false);
        [before, after]
    }
}

#[test]
fn nothing_is_tried_where_nothing_was_touched() {
    let problem = problem(1, PLAIN);
    let [before, after] = with_field(&problem, Touched { problem: &problem, touched: &[] });
    assert_eq!(before.of, after.of);
    let [before, after] = with_field(&problem, Touched { problem: &problem, touched: &[0] });
    assert_ne!(before.of[0], after.of[0]);
}

#[test]
fn routes_with_shipments_are_left_alone() {
    let mut problem = problem(2, Shape { open: 5_000, ..PLAIN });
    // Ends that nobody else would want: the first route is the shipment's.
    let load = [1, 0, 0, 0];
    for (visit, opens) in [(0, -20), (1, -10)] {
        problem.visits[visit].windows = vec![Window { opens, closes: 9_000 }];
        (problem.visits[visit].pickup, problem.visits[visit].delivery) = match visit {
            0 => (load, [0; 4]),
            _ => ([0; 4], load),
        };
    }
    problem.shipments = vec![Shipment { pickup: 0, delivery: 1 }];
    let [before, after] = with_field(&problem, Shipped);
    assert_eq!(before.of[0], after.of[0]);
    assert_ne!(before.of, after.of);
}

/// The same from routes of which the first has the shipment of the visits 0 and 1.
struct Shipped;

impl FieldTask for Shipped {
    type Answer = [Routes; 2];

    fn run<L: Legs>(self, field: &Field<L>, _: &Layout) -> [Routes; 2] {
        let mut before = Routes { of: vec![Vec::new(); field.vehicles() as usize], absent: vec![] };
        before.of[0] = vec![0, 2, 1];
        for (visit, route) in (3..field.visits).zip((1..field.vehicles()).cycle()) {
            before.of[route as usize].push(visit);
        }
        for visits in &mut before.of[1..] {
            visits.sort_by_key(|&visit| field.sites[visit as usize].opens);
        }
        let mut after = before.clone();
        let mut polish = Polish::new(field, Spare::Usable);
        polish.improve(&mut after, None, &|| false);
        [before, after]
    }
}
