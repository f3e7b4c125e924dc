//! Random routes on random problems: the walk, the naive walk and the judge agree.

use crate::judge;
use crate::naive;
use crate::problems::{Dice, Shape, problem, route};
use doorstep::solver::{Problem, Rules, StepKind, Task, Walker, evaluate, evaluate_iter, timeline};
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::collections::BTreeMap;

fn cases(count: u32) -> Config {
    let failure_persistence = None;
    Config { failure_persistence, ..Config::with_cases(count) }
}

/// A rich problem, at times with a plan whose beginning is frozen, and a route for vehicle 0.
fn problem_and_route(seed: u64) -> (Problem, Vec<Task>) {
    let mut dice = Dice::new(seed);
    let shape = Shape { visits: 2 + dice.below(9), vehicles: 2, rich: true };
    let mut problem = problem(&mut dice, shape);
    let tasks = route(&mut dice, &problem, 0, 6);
    if dice.chance(20) {
        let mut initial = tasks.clone();
        if dice.chance(30) {
            dice.shuffle(&mut initial);
        }
        problem.vehicles[0].frozen = u32::try_from(dice.below(initial.len() + 2)).unwrap();
        problem.initial = vec![initial, Vec::new()];
    }
    (problem, tasks)
}

proptest! {
    #![proptest_config(cases(20_000))]

    #[test]
    fn the_walk_is_the_best_of_all_placements_of_breaks(seed: u64) {
        let (problem, tasks) = problem_and_route(seed);
        let walked = evaluate(&problem, 0, &tasks);
        prop_assert_eq!(walked.ok(), naive::evaluate(&problem, 0, &tasks), "{:?}", walked);
    }

    #[test]
    fn the_judge_agrees_with_the_timeline_of_an_accepted_route(seed: u64) {
        let (problem, tasks) = problem_and_route(seed);
        let steps = timeline(&problem, 0, &tasks);
        let (found, cost) = judge::route(&problem, 0, &tasks, &steps);
        match evaluate(&problem, 0, &tasks) {
            Ok(walked) => {
                prop_assert!(found.is_empty(), "{found:?}\n{steps:#?}");
                prop_assert_eq!(cost, walked.total());
            }
            Err(breach) => prop_assert!(!found.is_empty(), "{breach:?} was not found\n{steps:#?}"),
        }
    }
}

#[test]
fn a_walker_used_again_and_an_iterator_give_the_same() {
    for seed in 0..300 {
        let (problem, _) = problem_and_route(seed);
        let rules = Rules::new(&problem);
        let (mut walker, mut dice) = (Walker::new(&rules), Dice::new(seed));
        for _ in 0..20 {
            let vehicle = dice.below(2);
            let tasks = route(&mut dice, &problem, vehicle, 6);
            let vehicle = u32::try_from(vehicle).unwrap();
            let (front, back) = tasks.split_at(tasks.len() / 2);
            let linked = front.iter().chain(back).copied();
            let once = evaluate(&problem, vehicle, &tasks);
            assert_eq!(walker.evaluate(vehicle, &tasks), once);
            assert_eq!(walker.evaluate_iter(vehicle, linked.clone()), once);
            assert_eq!(evaluate_iter(&problem, vehicle, linked), once);
        }
    }
}

/// The random routes are worth their while: many are accepted, and every reason occurs.
#[test]
fn random_routes_meet_every_constraint() {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..20_000 {
        let (problem, tasks) = problem_and_route(seed);
        let reason = evaluate(&problem, 0, &tasks).map_or_else(|b| b.what.code(), |_| "accepted");
        *reasons.entry(reason).or_default() += 1;
    }
    let codes = [
        "time_window",
        "hub_closed",
        "shift_end",
        "break",
        "skill",
        "pinned",
        "load_parcels",
        "load_weight",
        "load_volume",
        "value_at_risk",
        "max_stops",
        "max_travel",
        "max_duration",
        "max_distance",
        "precedence",
        "hub_returns",
        "frozen",
    ];
    for code in codes {
        assert!(reasons.get(code).is_some_and(|count| *count >= 10), "{code}: {reasons:?}");
    }
    assert!(reasons["accepted"] > 4_000, "{reasons:?}");
}

/// Setting off later than the timeline does would begin some step later.
#[test]
fn timelines_set_off_as_late_as_they_can() {
    let mut tried = 0;
    for seed in 0..3_000 {
        let (mut problem, tasks) = problem_and_route(seed);
        problem.vehicles[0].limits.duration = None;
        if tasks.is_empty() || evaluate(&problem, 0, &tasks).is_err() {
            continue;
        }
        let steps = timeline(&problem, 0, &tasks);
        // The same route with its breaks where they are, by a shift that begins a second later.
        let named: Vec<Task> = steps
            .iter()
            .filter_map(|step| if let StepKind::Task(task) = step.kind { Some(task) } else { None })
            .collect();
        problem.vehicles[0].earliest = steps[0].start + 1;
        (problem.vehicles[0].frozen, problem.initial) = (0, Vec::new());
        let later = timeline(&problem, 0, &named);
        let is_late = later.iter().zip(&steps).skip(1).any(|(l, s)| l.start > s.start);
        assert!(is_late, "seed {seed}: {steps:#?}\n{later:#?}");
        tried += 1;
    }
    assert!(tried > 500, "{tried}");
}
