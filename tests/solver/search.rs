//! The search: as good as trying everything on small problems, and right on all.

use crate::brute_force;
use crate::example;
use crate::judge::judge;
use crate::problems::{Dice, Shape, problem, route};
use doorstep::solver::{
    Control, Objective, Problem, Progress, Rules, Settings, Solution, Table, Task, Travel, Vehicle,
    Walker, Window, solve, timeline,
};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

fn settings(objective: Objective, iterations: u64) -> Settings {
    Settings { objective, seed: 1, threads: 1, iterations: Some(iterations), time_limit: None }
}

/// The answer, with the cancel flag as it is.
fn answer_with(problem: &Problem, settings: &Settings, is_cancelled: bool) -> Solution {
    let cancel = AtomicBool::new(is_cancelled);
    let elapsed = || Duration::ZERO;
    let mut progress = |_: Progress| {};
    let control = Control { elapsed: &elapsed, cancel: &cancel, progress: &mut progress };
    solve(problem, settings, control)
}

fn answer(problem: &Problem, settings: &Settings) -> Solution {
    answer_with(problem, settings, false)
}

fn assert_right(problem: &Problem, solution: &Solution, what: &str) {
    let found = judge(problem, solution, timeline);
    assert!(found.is_empty(), "{what}: {found:?}\n{solution:?}");
}

const OBJECTIVES: [Objective; 2] = [Objective::Distance, Objective::Vehicles];

/// Gives a problem a plan that is under way: feasible routes, the first tasks of each frozen.
fn freeze(dice: &mut Dice, problem: &mut Problem) {
    let rules = Rules::new(problem);
    let mut walker = Walker::new(&rules);
    let mut taken: Vec<Task> = Vec::new();
    let mut plan = |vehicle: usize| {
        for _ in 0..20 {
            let mut route = route(dice, problem, vehicle, 6);
            route.retain(|task| !matches!(task, Task::Visit(_)) || !taken.contains(task));
            if walker.evaluate(u32::try_from(vehicle).unwrap(), &route).is_ok() {
                taken.extend(&route);
                return route;
            }
        }
        Vec::new()
    };
    let initial: Vec<Vec<Task>> = (0..problem.vehicles.len()).map(&mut plan).collect();
    for (vehicle, tasks) in problem.vehicles.iter_mut().zip(&initial) {
        vehicle.frozen = u32::try_from(dice.below(tasks.len() + 1)).unwrap();
    }
    problem.initial = initial;
}

/// Compares the search with trying everything: how often it is worse.
fn misses(seeds: std::ops::Range<u64>, shape: Shape) -> Vec<String> {
    let mut misses = Vec::new();
    for seed in seeds {
        let mut dice = Dice::new(seed);
        let problem = problem(&mut dice, shape);
        for objective in OBJECTIVES {
            let (least, best) = brute_force::solve(&problem, objective);
            assert_right(&problem, &best, &format!("brute force, seed {seed}"));
            let found = answer(&problem, &settings(objective, 5_000));
            assert_right(&problem, &found, &format!("search, seed {seed}"));
            let worth = brute_force::worth(&problem, objective, &found);
            assert!(worth >= least, "seed {seed}: {found:?} beats {best:?}");
            if worth > least {
                misses.push(format!("seed {seed}, {objective:?}: {worth:?} for {least:?}"));
            }
        }
    }
    misses
}

#[test]
fn small_rich_problems_are_solved_as_well_as_by_trying_everything() {
    let shape = Shape { visits: 5, vehicles: 2, rich: true };
    let misses = misses(0..150, shape);
    assert!(misses.is_empty(), "{} missed:\n{}", misses.len(), misses.join("\n"));
}

#[test]
fn small_plain_problems_are_solved_as_well_as_by_trying_everything() {
    let two = misses(0..100, Shape { visits: 6, vehicles: 2, rich: false });
    assert!(two.is_empty(), "{} missed:\n{}", two.len(), two.join("\n"));
    let one = misses(0..20, Shape { visits: 8, vehicles: 1, rich: false });
    assert!(one.is_empty(), "{} missed:\n{}", one.len(), one.join("\n"));
}

#[test]
fn every_answer_on_mixed_problems_is_right() {
    for seed in 0..60 {
        let mut dice = Dice::new(1_000 + seed);
        let shape = Shape { visits: 30 + dice.below(31), vehicles: 3 + dice.below(5), rich: true };
        let mut problem = problem(&mut dice, shape);
        if dice.chance(50) {
            freeze(&mut dice, &mut problem);
        }
        for objective in [Objective::Distance, Objective::Vehicles, Objective::Served] {
            let found = answer(&problem, &settings(objective, 500));
            assert_right(&problem, &found, &format!("seed {seed}, {objective:?}"));
        }
    }
}

#[test]
fn fewer_routes_leave_nobody_out() {
    let mut fewer = 0;
    for seed in 0..20 {
        let shape = Shape { visits: 30, vehicles: 12, rich: false };
        let mut problem = problem(&mut Dice::new(seed), shape);
        // Vehicles that are all alike and visits that all fit: what is not needed is parked.
        let alike = Vehicle { capacity: [20, 0, 0, 0], ..problem.vehicles[0].clone() };
        problem.vehicles.fill(alike);
        for visit in &mut problem.visits {
            visit.windows = vec![Window { opens: 100 + 10 * visit.service, closes: 800 }];
        }
        // Enough for several plans that are crossed.
        let [shortest, fewest] =
            OBJECTIVES.map(|objective| answer(&problem, &settings(objective, 40_000)));
        for found in [&shortest, &fewest] {
            assert_right(&problem, found, &format!("seed {seed}"));
            assert!(found.unserved.is_empty(), "seed {seed}: {found:?}");
        }
        let used = |found: &Solution| found.routes.iter().filter(|r| !r.is_empty()).count();
        assert!(used(&fewest) <= used(&shortest), "seed {seed}");
        fewer += usize::from(used(&fewest) < used(&shortest));
    }
    assert!(fewer > 2, "{fewer} of 20 have fewer routes");
}

#[test]
fn as_many_are_served_as_by_trying_everything() {
    let mut left = 0;
    for (seed, rich) in (0..60).flat_map(|seed| [(seed, true), (seed, false)]) {
        let problem = problem(&mut Dice::new(seed), Shape { visits: 6, vehicles: 2, rich });
        let (least, _) = brute_force::solve(&problem, Objective::Served);
        let found = answer(&problem, &settings(Objective::Served, 5_000));
        assert_right(&problem, &found, &format!("seed {seed}"));
        let worth = brute_force::worth(&problem, Objective::Served, &found);
        assert_eq!(worth[..2], least[..2], "seed {seed}: {found:?}");
        left += found.unserved.len();
    }
    assert!(left > 20, "{left} left: the problems are too easy");
}

#[test]
fn a_search_for_places_ends_once_everybody_has_one() {
    let mut problem = example::problem(&[1, 2, 3, 4, 5]);
    problem.initial = vec![(0..3).map(Task::Visit).collect()];
    let endless = settings(Objective::Served, u64::MAX);
    let found = answer(&problem, &endless);
    assert_right(&problem, &found, "everybody served");
    assert!(found.unserved.is_empty(), "{found:?}");
}

#[test]
fn windows_that_never_close_are_kept_like_others() {
    let always = Window { opens: 0, closes: 1 << 30 };
    for seed in 0..20_usize {
        let shape = Shape { visits: 2 + 2 * seed, vehicles: 2, rich: false };
        let mut problem = problem(&mut Dice::new(seed as u64), shape);
        for (index, visit) in problem.visits.iter_mut().enumerate() {
            visit.windows = vec![always];
            if index % 2 == 0 {
                visit.place = 0;
            }
        }
        for vehicle in &mut problem.vehicles {
            (vehicle.earliest, vehicle.latest) = (always.opens, always.closes);
        }
        let found = answer(&problem, &settings(Objective::Distance, 500));
        assert_right(&problem, &found, &format!("seed {seed}"));
    }
}

#[test]
fn the_same_question_has_the_same_answer() {
    for (seed, threads) in [(1, 1), (2, 2), (3, 3)] {
        let shape = Shape { visits: 40, vehicles: 5, rich: seed != 2 };
        let problem = problem(&mut Dice::new(seed), shape);
        for objective in [Objective::Distance, Objective::Served] {
            let settings = Settings { seed, threads, ..settings(objective, 1_000) };
            let first = answer(&problem, &settings);
            assert_eq!(answer(&problem, &settings), first, "{threads} threads, {objective:?}");
        }
    }
}

#[test]
fn an_answer_fed_back_without_search_comes_back_as_it_is() {
    for seed in 0..30 {
        let shape = Shape { visits: 30, vehicles: 4, rich: true };
        let mut problem = problem(&mut Dice::new(2_000 + seed), shape);
        let found = answer(&problem, &settings(Objective::Distance, 500));
        problem.initial.clone_from(&found.routes);
        let again = answer(&problem, &settings(Objective::Distance, 0));
        // What had no place before may have found one; the routes may not get worse.
        if again.unserved == found.unserved {
            assert_eq!(again, found, "seed {seed}");
        }
        let objective = Objective::Distance;
        let (before, after) = (
            brute_force::worth(&problem, objective, &found),
            brute_force::worth(&problem, objective, &again),
        );
        assert!(after <= before, "seed {seed}: {after:?} after {before:?}");
    }
}

#[test]
fn what_is_frozen_stays_also_after_a_search() {
    let mut frozen = 0;
    for seed in 0..40 {
        let mut dice = Dice::new(3_000 + seed);
        let mut problem = problem(&mut dice, Shape { visits: 30, vehicles: 4, rich: true });
        freeze(&mut dice, &mut problem);
        for iterations in [0, 1_000] {
            let found = answer(&problem, &settings(Objective::Distance, iterations));
            assert_right(&problem, &found, &format!("seed {seed}"));
            for (vehicle, (route, initial)) in found.routes.iter().zip(&problem.initial).enumerate()
            {
                let kept = &initial[..problem.vehicles[vehicle].frozen as usize];
                assert!(route.starts_with(kept), "seed {seed}: {route:?} is not {kept:?} first");
                frozen += kept.len();
            }
        }
    }
    assert!(frozen > 100, "{frozen}");
}

#[test]
fn a_search_cancelled_at_once_still_answers_with_a_whole_plan() {
    for seed in 0..20 {
        let shape = Shape { visits: 40, vehicles: 5, rich: true };
        let problem = problem(&mut Dice::new(4_000 + seed), shape);
        let endless = Settings { iterations: None, ..settings(Objective::Distance, 0) };
        let found = answer_with(&problem, &endless, true);
        assert_right(&problem, &found, &format!("seed {seed}"));
        assert!(found.routes_used() > 0, "seed {seed}");
    }
}

#[test]
fn a_construction_that_is_stopped_leaves_the_rest_unserved() {
    for (seed, rich) in [(0, false), (1, true), (2, true)] {
        let shape = Shape { visits: 400, vehicles: 60, rich };
        let problem = problem(&mut Dice::new(5_000 + seed), shape);
        let whole = answer(&problem, &settings(Objective::Distance, 0));
        let told = answer_with(&problem, &settings(Objective::Distance, 0), true);
        assert_right(&problem, &told, &format!("cancelled, seed {seed}"));
        assert!(told.unserved.len() > whole.unserved.len(), "seed {seed}");
        // A clock that goes on by a second with each look at it.
        let looks = AtomicU64::new(0);
        let elapsed = || Duration::from_secs(looks.fetch_add(1, Ordering::Relaxed));
        let (cancel, mut progress) = (AtomicBool::new(false), |_: Progress| {});
        let control = Control { elapsed: &elapsed, cancel: &cancel, progress: &mut progress };
        let limit = Some(Duration::from_secs(3));
        let settings = Settings { time_limit: limit, ..settings(Objective::Distance, 9) };
        let late = solve(&problem, &settings, control);
        assert_right(&problem, &late, &format!("late, seed {seed}"));
        assert!(late.unserved.len() > whole.unserved.len(), "seed {seed}");
        assert!(late.unserved.len() < told.unserved.len(), "seed {seed}");
    }
}

#[test]
fn a_search_never_ends_dearer_than_it_began() {
    let objective = Objective::Distance;
    for seed in 0..20 {
        let shape = Shape { visits: 40, vehicles: 8, rich: seed % 2 == 0 };
        let mut problem = problem(&mut Dice::new(6_000 + seed), shape);
        // Where all may be late, one route could serve everybody.
        problem.lateness = (seed % 4 < 2).then_some(1);
        let begun = answer(&problem, &settings(objective, 0));
        let found = answer(&problem, &settings(objective, 300));
        let [before, after] =
            [&begun, &found].map(|answer| brute_force::worth(&problem, objective, answer));
        assert!(after <= before, "seed {seed}: {after:?} after {before:?}");
    }
}

#[test]
fn who_is_left_out_matters_least() {
    for lateness in [None, Some(1)] {
        let mut problem = example::problem(&[1, 2, 3, 4, 5]);
        problem.lateness = lateness;
        problem.vehicles[0].capacity = [3; 4];
        for (visit, priority) in problem.visits.iter_mut().zip([0, 70, 10, 100, 5]) {
            (visit.delivery, visit.priority) = ([1, 0, 0, 0], priority);
        }
        let found = answer(&problem, &settings(Objective::Distance, 500));
        assert_right(&problem, &found, "priorities");
        assert_eq!(found.unserved, [0, 4]);
    }
}

/// Visits along a street for one vehicle, which could do them all; and one that another vehicle
/// reaches in time only by way of the first of them.
#[test]
fn a_visit_that_needs_one_of_another_route_takes_it_over() {
    const STREET: u32 = 40;
    let (lone, depot) = (STREET, STREET + 1);
    let way = |from: u32, to: u32| -> i32 {
        match (from, to) {
            (0, to) if to == lone => 10,
            (from, to) if to == lone => {
                if from == lone {
                    0
                } else {
                    900
                }
            }
            (from, to) if from == depot || to == depot => 400,
            (from, to) => from.abs_diff(to).cast_signed(),
        }
    };
    let places = STREET + 2;
    let pairs = (0..places).flat_map(|from| (0..places).map(move |to| way(from, to)));
    let mut problem = example::problem(&(0..=lone).collect::<Vec<u32>>());
    problem.travel = vec![Travel::Table(Table::new(places, pairs.collect(), None, None))];
    let mut far = example::vehicle();
    (far.start, far.end) = (Some(depot), None);
    problem.vehicles[0].end = None;
    problem.vehicles.push(far);
    problem.visits[lone as usize].vehicle = Some(1);
    problem.visits[lone as usize].windows = vec![example::window(0, 600)];
    // What makes the problem one whose routes are walked.
    problem.vehicles[0].limits.stops = Some(STREET);
    // In so few iterations it takes luck as well.
    let served = (1..=8).filter(|&seed| {
        let found = answer(&problem, &Settings { seed, ..settings(Objective::Distance, 10_000) });
        assert_right(&problem, &found, &format!("seed {seed}"));
        found.unserved.is_empty()
    });
    assert!(served.count() > 1);
}
