//! Timelines of small routes, step by step.

use crate::example::{all, pause, problem, window};
use doorstep::solver::{Break, HubReturns, Problem, Step, StepKind, Task, timeline};

/// What happens, where, and from when to when.
fn told(steps: &[Step]) -> Vec<(StepKind, Option<u32>, i32, i32)> {
    steps.iter().map(|step| (step.kind, step.place, step.start, step.ends())).collect()
}

fn of(problem: &Problem) -> Vec<Step> {
    timeline(problem, 0, &all(problem))
}

const START: StepKind = StepKind::Start;
const END: StepKind = StepKind::End;
const BREAK: StepKind = StepKind::Task(Task::Break(0));

fn at(visit: u32) -> StepKind {
    StepKind::Task(Task::Visit(visit))
}

#[test]
fn no_tasks_have_no_steps() {
    assert_eq!(of(&problem(&[])), []);
}

#[test]
fn a_vehicle_sets_off_as_late_as_it_can() {
    let mut problem = problem(&[1, 3]);
    problem.visits[0].windows = vec![window(100, 200)];
    problem.visits[0].setup = 7;
    problem.visits[1].windows = vec![window(500, 600)];
    let steps = of(&problem);
    let expected = [
        (START, Some(0), 90, 90),
        (at(0), Some(1), 100, 112),
        (at(1), Some(3), 500, 505),
        (END, Some(0), 535, 535),
    ];
    assert_eq!(told(&steps), expected);
    assert_eq!(steps[2].arrival, 132);
    assert_eq!([steps[1].travel, steps[2].travel, steps[3].distance], [10, 20, 30]);
    // A short day makes the first visit later, as far as it must.
    problem.vehicles[0].limits.duration = Some(400);
    let shorter = of(&problem);
    assert_eq!((shorter[0].start, shorter[1].start, shorter[3].start), (135, 145, 535));
}

#[test]
fn loads_are_told_on_leaving() {
    let mut problem = problem(&[1, 2, 3]);
    for (visit, amount) in problem.visits.iter_mut().zip(1..) {
        visit.delivery[0] = amount;
        visit.pickup[1] = amount;
    }
    let hub = HubReturns { place: 9, service: 60, most: 1, window: window(0, 900) };
    problem.vehicles[0].hub_returns = Some(hub);
    let route = [Task::Visit(0), Task::Visit(1), Task::Hub, Task::Visit(2)];
    let loads: Vec<[i64; 2]> =
        timeline(&problem, 0, &route).iter().map(|step| [step.load[0], step.load[1]]).collect();
    assert_eq!(loads, [[3, 0], [2, 1], [0, 3], [3, 0], [0, 3], [0, 3]]);
}

#[test]
fn breaks_are_at_a_stop_or_on_the_way() {
    let mut problem = problem(&[2, 4]);
    problem.vehicles[0].breaks = vec![pause(25, 25)];
    let steps = of(&problem);
    assert_eq!(told(&steps)[2], (BREAK, Some(2), 25, 55));
    problem.vehicles[0].breaks = vec![Break { on_the_way: true, ..pause(30, 30) }];
    let steps = of(&problem);
    assert_eq!(told(&steps)[2..4], [(BREAK, None, 30, 60), (at(1), Some(4), 75, 80)]);
    assert_eq!([steps[2].travel, steps[3].travel], [5, 15]);
    assert_eq!([steps[2].distance, steps[3].distance], [5, 15]);
    problem.vehicles[0].breaks = vec![Break { on_the_way: true, ..pause(47, 47) }];
    let steps = of(&problem);
    assert_eq!(told(&steps)[2..4], [(BREAK, Some(4), 47, 77), (at(1), Some(4), 77, 82)]);
    assert_eq!((steps[2].arrival, steps[2].travel, steps[3].travel), (45, 20, 0));
}

#[test]
fn a_break_may_come_first() {
    let mut problem = problem(&[2]);
    problem.visits[0].windows = vec![window(100, 200)];
    problem.vehicles[0].breaks = vec![Break { on_the_way: true, ..pause(50, 55) }];
    let steps = of(&problem);
    // It is taken at the start: to begin it on the way would only mean to set off earlier.
    assert_eq!(told(&steps)[..2], [(START, Some(0), 50, 50), (BREAK, Some(0), 50, 80)]);
    assert_eq!(told(&steps)[2], (at(0), Some(2), 100, 105));
}

#[test]
fn open_ends_are_at_the_first_and_the_last_stop() {
    let mut problem = problem(&[2, 4]);
    (problem.vehicles[0].start, problem.vehicles[0].end) = (None, None);
    problem.visits[0].windows = vec![window(40, 50)];
    let expected = [
        (START, Some(2), 40, 40),
        (at(0), Some(2), 40, 45),
        (at(1), Some(4), 65, 70),
        (END, Some(4), 70, 70),
    ];
    assert_eq!(told(&of(&problem)), expected);
}

#[test]
fn a_route_that_is_not_feasible_has_a_timeline_too() {
    let mut problem = problem(&[2, 4]);
    problem.visits[0].windows = vec![window(0, 10)];
    problem.vehicles[0].breaks = vec![pause(26, 60)];
    let expected = [
        (START, Some(0), 0, 0),
        (at(0), Some(2), 20, 25),
        (BREAK, Some(2), 26, 56),
        (at(1), Some(4), 76, 81),
        (END, Some(0), 121, 121),
    ];
    assert_eq!(told(&of(&problem)), expected);
}
