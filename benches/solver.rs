//! The work of the solver, part by part, with fixed seeds and iterations.
//!
//! `cargo bench --bench solver` runs them all. Problems are made here, on a plane, with loads and
//! windows. Figures are times of work that does not change from run to run; on a shared machine
//! compare figures of one run only.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use doorstep::solver::{
    Control, Costs, Limits, Load, Objective, Part, Plane, Problem, Settings, Task, Travel, Vehicle,
    Visit, Window, evaluate, prepare, solve,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

fn main() {
    divan::main();
}

/// Visits on a square of 10 km, a vehicle for each ten of them, all from the middle.
fn problem(visits: u32) -> Problem {
    let mut dice = ChaCha8Rng::seed_from_u64(1);
    let mut below = |bound: u32| dice.next_u32() % bound;
    let mut points = vec![[5_000.0, 5_000.0]];
    points.extend((0..visits).map(|_| [10_000, 10_000].map(|side| f64::from(below(side)))));
    let visits = (1..=visits).map(|place| {
        let opens = i32::try_from(below(28_000)).expect("below a day");
        let load = i64::from(1 + below(20));
        visit(place, Window { opens, closes: opens + 7_200 }, load)
    });
    let visits: Vec<Visit> = visits.collect();
    let vehicles = vec![vehicle(); visits.len() / 10];
    Problem {
        travel: vec![Travel::Plane(Plane::new(&points, 1.0))],
        vehicles,
        visits,
        shipments: Vec::new(),
        initial: Vec::new(),
        lateness: None,
    }
}

fn visit(place: u32, window: Window, load: i64) -> Visit {
    Visit {
        place,
        windows: vec![window],
        service: 300,
        setup: 0,
        release: 0,
        pickup: [load, 0, 0, 0],
        delivery: Load::default(),
        skills: Vec::new(),
        priority: 0,
        vehicle: None,
    }
}

fn vehicle() -> Vehicle {
    Vehicle {
        profile: 0,
        start: Some(0),
        end: Some(0),
        earliest: 0,
        latest: 43_200,
        overtime: None,
        capacity: [300, 0, 0, 0],
        skills: Vec::new(),
        breaks: Vec::new(),
        hub_returns: None,
        limits: Limits::default(),
        costs: Costs { fixed: 0, per_second: 0, per_metre: 1 },
        frozen: 0,
    }
}

fn measure(bencher: Bencher<'_, '_>, visits: u32, part: Part) {
    let problem = problem(visits);
    let mut bencher = Some(bencher);
    prepare(&problem, part, &mut |work| {
        if let Some(bencher) = bencher.take() {
            bencher.bench_local(&mut *work);
        }
    });
}

/// Where each visit goes at least cost.
#[divan::bench(args = [200, 1_000, 5_000])]
fn insertion(bencher: Bencher<'_, '_>, visits: u32) {
    measure(bencher.counter(ItemsCount::new(visits)), visits, Part::Insertion);
}

/// Two stretches of visits joined to one.
#[divan::bench(args = [1_000])]
fn segment_merge(bencher: Bencher<'_, '_>, visits: u32) {
    measure(bencher.counter(ItemsCount::new(visits - 1)), visits, Part::Merge);
}

#[divan::bench(args = [200, 1_000])]
fn relocate(bencher: Bencher<'_, '_>, visits: u32) {
    measure(bencher, visits, Part::Relocate);
}

#[divan::bench(args = [200, 1_000])]
fn swap(bencher: Bencher<'_, '_>, visits: u32) {
    measure(bencher, visits, Part::Swap);
}

#[divan::bench(args = [200, 1_000])]
fn tails(bencher: Bencher<'_, '_>, visits: u32) {
    measure(bencher, visits, Part::Tails);
}

#[divan::bench(args = [200, 1_000])]
fn reverse(bencher: Bencher<'_, '_>, visits: u32) {
    measure(bencher, visits, Part::Reverse);
}

#[divan::bench(args = [200, 1_000], sample_count = 20)]
fn exchange(bencher: Bencher<'_, '_>, visits: u32) {
    measure(bencher, visits, Part::Exchange);
}

/// A thousand tries of the annealing's exchange of tails.
#[divan::bench(args = [200, 1_000])]
fn random_tails(bencher: Bencher<'_, '_>, visits: u32) {
    measure(bencher.counter(ItemsCount::new(1_000_u32)), visits, Part::Shuffle);
}

/// From the constructed routes to a local optimum.
#[divan::bench(args = [200, 1_000, 5_000], sample_count = 5, sample_size = 1)]
fn polish(bencher: Bencher<'_, '_>, visits: u32) {
    measure(bencher, visits, Part::Polish);
}

/// The definition of a route's cost and feasibility, by visit.
#[divan::bench(args = [10, 100])]
fn walk(bencher: Bencher<'_, '_>, length: u32) {
    let mut problem = problem(length * 10);
    for visit in &mut problem.visits {
        visit.windows = vec![Window { opens: 0, closes: i32::MAX / 4 }];
    }
    for vehicle in &mut problem.vehicles {
        (vehicle.latest, vehicle.capacity) = (i32::MAX / 4, [i64::MAX / 4; 4]);
    }
    let tasks: Vec<Task> = (0..length).map(Task::Visit).collect();
    let bencher = bencher.counter(ItemsCount::new(length));
    bencher.bench_local(|| evaluate(black_box(&problem), 0, &tasks).map(|cost| cost.total()));
}

/// Iterations of ruin and recreate on one thread, construction and field included.
#[divan::bench(args = [200, 1_000], sample_count = 5, sample_size = 1)]
fn ruin_and_recreate(bencher: Bencher<'_, '_>, visits: u32) {
    let problem = problem(visits);
    let iterations = 50_000;
    let bencher = bencher.counter(ItemsCount::new(iterations));
    bencher.bench_local(|| answer(&problem, iterations));
}

/// A whole day planned with few iterations.
#[divan::bench(args = [1_000, 5_000], sample_count = 3, sample_size = 1)]
fn whole_day(bencher: Bencher<'_, '_>, visits: u32) {
    let problem = problem(visits);
    bencher.bench_local(|| answer(&problem, 10_000));
}

fn answer(problem: &Problem, iterations: u64) -> i64 {
    let settings = Settings {
        objective: Objective::Distance,
        seed: 1,
        threads: 1,
        iterations: Some(iterations),
        time_limit: None,
    };
    let control = Control {
        elapsed: &|| Duration::ZERO,
        cancel: &AtomicBool::new(false),
        progress: &mut |_| (),
    };
    solve(problem, &settings, control).cost
}
