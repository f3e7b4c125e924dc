//! A day as the whole-day search sees it: dense numbers for doors, skills and vehicles.
//!
//! | the day | the problem |
//! | --- | --- |
//! | moments as Unix seconds | seconds from the first vehicle's start |
//! | places that share a [`Door`] | one place: no way between them, one set-up |
//! | a [`TravelProfile`] and a kind of vehicle | great circles under one rule |
//! | elements under way | frozen tasks, the break among them by name; where their courier told when, they take no time and the last of them ends then |
//! | a break that may still move | a break that does not begin before now |
//! | a route of several trips | a route that stays as it is |
//! | a visit with a place | the highest priority: it is never left out for others |
//! | a locked visit, or one whose goods are on board | one for its vehicle alone; a locked route is frozen as a whole |
//! | goods that are at the hub | a skill of the vehicles that can still load them |
//!
//! Ways between doors are counted from one point of each door, so that the two rooms may differ by
//! a second where several points share a door. What is right is for the `schedule` room to say.

use super::open_day::OpenDay;
use crate::geo::Point;
use crate::model::{self, Door, Skill, TravelProfile};
use crate::schedule::{self, Element, ElementKind, Schedule, Timing};
use crate::solver::{
    Break, Costs, LegRule, Limits, Load, Problem, Rules, Sphere, Task, Travel, Vehicle, Visit,
    Walker, Window,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Moments of a problem end here, on both sides.
const MOMENT_MAX: i64 = ANY_TIME as i64;

/// A window of any time, in seconds from the origin on both sides.
const ANY_TIME: i32 = 1 << 30;

/// Longer than any service.
const DURATION_MAX: i64 = 1 << 28;

/// More than anybody carries; sums of it stay far from the end of the range.
const LOAD_MAX: i64 = 1_000_000_000_000;

/// Of visits that have a place; the others have none.
const HAS_PLACE: u32 = 100;

/// A day's problem, from some routes on.
pub(super) struct DayProblem {
    pub(super) problem: Problem,
    /// By route: it stays as it is, since its courier goes home or is out, calls at the hub on the way,
    /// or since something on it is late.
    pub(super) fixed: Vec<bool>,
}

impl DayProblem {
    /// Visit `n` and vehicle `v` have the same numbers as in the open day; `from` are the routes to
    /// start from.
    pub(super) fn new(day: &OpenDay, from: &[Schedule], now: i64) -> Self {
        let numbers = Numbers::of(&day.problem);
        let visits = (0..).zip(&day.problem.visits);
        let visits = visits.map(|(n, visit)| Visit {
            vehicle: day.held_by(n).map(number),
            ..numbers.visit(visit, day.has_place(n))
        });
        let visits = visits.collect();
        let vehicles = from.iter().zip(&day.kept);
        let vehicles = vehicles.map(|(route, &kept)| numbers.vehicle(route, kept, now)).collect();
        let initial = from.iter().zip(&day.kept).map(|(route, &kept)| movable(route, kept));
        let mut problem = Problem {
            travel: numbers.travel(),
            vehicles,
            visits,
            shipments: Vec::new(),
            initial: initial.collect(),
            lateness: None,
        };
        numbers.require_goods(&mut problem, day, from, now);
        for (v, (route, &kept)) in from.iter().zip(&day.kept).enumerate() {
            if route.touched() > 0 {
                numbers.tell(&mut problem, v, &route.elements()[..kept], route.timings());
            }
        }
        let fixed = fixed(&problem, day, from);
        for (v, route) in from.iter().enumerate().filter(|(v, _)| fixed[*v]) {
            let tasks = tasks(route, route.elements().len());
            let vehicle = &mut problem.vehicles[v];
            vehicle.frozen = number(tasks.len());
            vehicle.limits.stops = Some(number(route.visit_count()));
            problem.initial[v] = tasks;
        }
        Self { problem, fixed }
    }
}

/// Which routes nothing can be done about.
fn fixed(problem: &Problem, day: &OpenDay, from: &[Schedule]) -> Vec<bool> {
    let rules = Rules::new(problem);
    let mut walker = Walker::new(&rules);
    let routes = (0..).zip(&problem.initial).zip(from.iter().zip(&day.kept));
    let is_fixed = |((v, tasks), (route, &kept)): ((u32, &Vec<Task>), (&Schedule, &usize))| {
        route.vehicle.is_out
            || kept == route.elements().len()
            || route.has_hub_call()
            || !route.violations().is_empty()
            || walker.evaluate(v, tasks).is_err()
    };
    routes.map(is_fixed).collect()
}

/// The tasks of a route; a break that may still move is left out, the walk places it.
fn movable(route: &Schedule, kept: usize) -> Vec<Task> {
    let mut initial = tasks(route, kept);
    let later = &route.elements()[kept..];
    initial.extend(later.iter().filter_map(|element| match element.kind {
        ElementKind::Visit(visit) => Some(Task::Visit(visit)),
        _ => None,
    }));
    initial
}

/// The tasks among the first elements of a route.
fn tasks(route: &Schedule, elements: usize) -> Vec<Task> {
    let first = route.elements()[..elements].iter();
    first
        .filter_map(|element| match element.kind {
            ElementKind::Visit(visit) => Some(Task::Visit(visit)),
            ElementKind::Rest => Some(Task::Break(0)),
            ElementKind::Start | ElementKind::Hub | ElementKind::End => None,
        })
        .collect()
}

/// What the names of a day are as numbers.
struct Numbers<'a> {
    /// Moment 0.
    origin: i64,
    /// Place of each door.
    doors: HashMap<Door, u32>,
    /// A point of each place, longitude and latitude.
    points: Vec<[f64; 2]>,
    skills: BTreeMap<&'a Skill, u32>,
    /// Index `p` is travel profile `p`.
    profiles: Vec<(TravelProfile, model::Vehicle)>,
}

impl<'a> Numbers<'a> {
    fn of(problem: &'a schedule::Problem) -> Self {
        let (vehicles, visits) = (&problem.vehicles, &problem.visits);
        let mut numbers = Self {
            origin: vehicles.iter().map(|vehicle| vehicle.earliest()).min().unwrap_or(0),
            doors: HashMap::new(),
            points: Vec::new(),
            skills: BTreeMap::new(),
            profiles: Vec::new(),
        };
        for vehicle in vehicles {
            numbers.add_place(vehicle.depot);
            numbers.add_place(vehicle.end);
            numbers.add_skills(&vehicle.skills);
            let profile = (*vehicle.travel, vehicle.kind);
            if !numbers.profiles.contains(&profile) {
                numbers.profiles.push(profile);
            }
        }
        for visit in visits {
            numbers.add_place(visit.place);
            numbers.add_skills(&visit.skills);
        }
        numbers
    }

    fn add_place(&mut self, point: Point) {
        let next = number(self.points.len());
        self.doors.entry(Door::at(point)).or_insert_with(|| {
            self.points.push([point.lon(), point.lat()]);
            next
        });
    }

    fn add_skills(&mut self, skills: impl IntoIterator<Item = &'a Skill>) {
        for skill in skills {
            let next = number(self.skills.len());
            self.skills.entry(skill).or_insert(next);
        }
    }

    fn travel(&self) -> Vec<Travel> {
        let sphere = |(profile, kind): &(TravelProfile, model::Vehicle)| {
            let rule = LegRule {
                detour: profile.detour,
                short_detour: profile.short_detour,
                short_below_m: profile.short_below_m,
                overhead_s: seconds(profile.leg_overhead_s),
                metres_per_second: profile.metres_per_second(*kind),
            };
            Travel::Sphere(Sphere::new(&self.points, rule))
        };
        self.profiles.iter().map(sphere).collect()
    }

    fn visit(&self, visit: &schedule::Visit, has_place: bool) -> Visit {
        Visit {
            place: self.place(visit.place),
            windows: vec![self.window(visit.opens, visit.closes)],
            service: seconds(visit.service_s),
            setup: seconds(visit.setup_s),
            release: self.moment(visit.not_before),
            pickup: load(visit.pickup),
            delivery: load(visit.delivery),
            skills: self.skills(&visit.skills),
            priority: if has_place { HAS_PLACE } else { 0 },
            vehicle: None,
        }
    }

    /// The vehicle of a route whose first `kept` elements are under way.
    fn vehicle(&self, route: &Schedule, kept: usize, now: i64) -> Vehicle {
        let vehicle = &*route.vehicle;
        let profile = (*vehicle.travel, vehicle.kind);
        let known = self.profiles.iter().position(|known| *known == profile);
        let rest = vehicle.rest.map(|rest| {
            let mut under_way = route.elements()[..kept].iter();
            let under_way = under_way.find(|element| element.kind == ElementKind::Rest);
            let not_before = under_way.map_or(now, |element| element.not_before);
            Break {
                windows: vec![self.window(rest.earliest.max(not_before), rest.latest)],
                duration: seconds(rest.duration_s),
                max_load: None,
                on_the_way: false,
            }
        });
        Vehicle {
            profile: known.map_or(0, number),
            start: Some(self.place(vehicle.depot)),
            end: Some(self.place(vehicle.end)),
            earliest: self.moment(vehicle.earliest()),
            latest: self.moment(vehicle.latest()),
            overtime: None,
            capacity: load(vehicle.capacity),
            skills: self.skills(&vehicle.skills),
            breaks: rest.into_iter().collect(),
            hub_returns: None,
            limits: Limits { stops: vehicle.max_stops, ..Limits::default() },
            costs: Costs { fixed: 0, per_second: 1, per_metre: 0 },
            frozen: number(tasks(route, kept).len()),
        }
    }

    /// Has what is at the hub go to vehicles alone that have not left it.
    fn require_goods(&self, problem: &mut Problem, day: &OpenDay, from: &[Schedule], now: i64) {
        let loads = |route: &Schedule| route.loads_from(now) == route.frozen(now);
        if from.iter().all(loads) {
            return;
        }
        let (loads_at_hub, mut aboard) = (number(self.skills.len()), BTreeSet::new());
        for (route, vehicle) in from.iter().zip(&mut problem.vehicles) {
            if loads(route) {
                vehicle.skills.push(loads_at_hub);
            } else {
                aboard.extend(route.visits());
            }
        }
        for (n, visit) in (0..).zip(&mut problem.visits) {
            if day.problem.visits[n as usize].brings() && !aboard.contains(&n) {
                visit.skills.push(loads_at_hub);
            }
        }
    }

    /// Has a route go on from when its courier is done with the last of the elements under way: what
    /// came before took the time it took, whatever was computed.
    fn tell(&self, problem: &mut Problem, v: usize, under_way: &[Element], timings: &[Timing]) {
        let any_time = Window { opens: -ANY_TIME, closes: ANY_TIME };
        for (at, element) in under_way.iter().enumerate() {
            let is_last = at + 1 == under_way.len();
            let opens = if is_last { self.moment(timings[at].ready) } else { any_time.opens };
            let windows = vec![Window { opens, ..any_time }];
            match element.kind {
                ElementKind::Visit(visit) => {
                    let visit = &mut problem.visits[visit as usize];
                    (visit.windows, visit.release) = (windows, any_time.opens);
                    (visit.service, visit.setup) = (0, 0);
                }
                ElementKind::Rest => {
                    for rest in &mut problem.vehicles[v].breaks {
                        (rest.windows, rest.duration) = (windows.clone(), 0);
                    }
                }
                ElementKind::Start | ElementKind::Hub | ElementKind::End => {}
            }
        }
    }

    fn place(&self, point: Point) -> u32 {
        self.doors[&Door::at(point)]
    }

    fn skills<'s>(&self, skills: impl IntoIterator<Item = &'s Skill>) -> Vec<u32> {
        let mut known: Vec<u32> = skills.into_iter().map(|skill| self.skills[skill]).collect();
        known.sort_unstable();
        known
    }

    fn window(&self, opens: i64, closes: i64) -> Window {
        Window { opens: self.moment(opens), closes: self.moment(closes) }
    }

    fn moment(&self, unix_s: i64) -> i32 {
        whole(unix_s.saturating_sub(self.origin).clamp(-MOMENT_MAX, MOMENT_MAX))
    }
}

fn seconds(duration_s: i64) -> i32 {
    whole(duration_s.clamp(0, DURATION_MAX))
}

fn load(load: model::Load) -> Load {
    [load.parcels, load.weight_g, load.volume_ml, load.value].map(|part| part.min(LOAD_MAX))
}

fn whole(number: i64) -> i32 {
    i32::try_from(number).expect("clamped to less than 2^31")
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("a day has fewer than 2^32 of anything")
}
