//! Breaks: where they may be taken, and what stops a route that has no place for one.

use crate::example::{all, breach, cost, pause, problem, window};
use doorstep::solver::{Break, Constraint, Problem, Task, evaluate};

/// Visits at places 2 and 4: on the way from 0 to 20, 25 to 45, 50 to 90.
fn with_breaks(breaks: &[Break]) -> Problem {
    let mut problem = problem(&[2, 4]);
    problem.vehicles[0].breaks = breaks.to_vec();
    problem
}

/// The earliest end of the only route.
fn ends(problem: &Problem) -> Option<i32> {
    let mut problem = problem.clone();
    (0..1_000).find(|latest| {
        problem.vehicles[0].latest = *latest;
        evaluate(&problem, 0, &all(&problem)).is_ok()
    })
}

const NO_BREAK: (Option<u32>, Constraint) = (Some(0), Constraint::Break { index: 0 });

#[test]
fn a_fixed_break_is_taken_at_a_stop_and_waited_for() {
    assert_eq!(ends(&with_breaks(&[])), Some(90));
    assert_eq!(ends(&with_breaks(&[pause(25, 25)])), Some(120));
    // On the way from 2 to 4 at 30: the vehicle waits for it at 2, where it is until 25.
    assert_eq!(ends(&with_breaks(&[pause(30, 30)])), Some(125));
    // It is open at the start only, and the day begins later.
    let mut problem = with_breaks(&[pause(0, 3)]);
    problem.vehicles[0].earliest = 4;
    assert_eq!(breach(&problem, &all(&problem)), NO_BREAK);
    assert_eq!(Constraint::Break { index: 0 }.code(), "break");
}

#[test]
fn a_break_on_the_way_begins_there_or_on_arrival() {
    let on_the_way = |opens, closes| Break { on_the_way: true, ..pause(opens, closes) };
    assert_eq!(ends(&with_breaks(&[on_the_way(30, 30)])), Some(120));
    assert_eq!(ends(&with_breaks(&[on_the_way(45, 45)])), Some(120));
    // At 47 the vehicle would be at work: it waits at the door and begins there.
    assert_eq!(ends(&with_breaks(&[on_the_way(47, 47)])), Some(122));
    assert_eq!(ends(&with_breaks(&[on_the_way(95, 99)])), Some(125));
}

#[test]
fn a_break_is_over_before_the_end() {
    let mut problem = with_breaks(&[pause(95, 99)]);
    assert_eq!(ends(&problem), Some(165));
    problem.vehicles[0].end = None;
    // No way is left after the last visit, so that visit waits for the break.
    assert_eq!(ends(&problem), Some(150));
    problem.visits[1].windows = vec![window(0, 100)];
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::Break { index: 0 }));
}

#[test]
fn two_breaks_are_taken_in_their_order() {
    let second = Break { on_the_way: true, ..pause(50, 60) };
    let mut problem = with_breaks(&[pause(20, 30), second]);
    assert_eq!(ends(&problem), Some(150));
    problem.vehicles[0].breaks[1].windows = vec![window(50, 54)];
    assert_eq!(ends(&problem), Some(170));
    problem.vehicles[0].breaks[1].windows = vec![window(40, 49)];
    assert_eq!(breach(&problem, &all(&problem)), (Some(1), Constraint::Break { index: 0 }));
    problem.vehicles[0].breaks[1].windows = vec![window(40, 49), window(110, 120)];
    assert_eq!(ends(&problem), Some(150));
}

#[test]
fn little_is_on_board_during_a_break_that_wants_it_so() {
    let light = Break { max_load: Some([2; 4]), ..pause(25, 60) };
    let mut problem = with_breaks(&[light]);
    problem.visits[0].pickup = [2; 4];
    assert_eq!(ends(&problem), Some(120));
    problem.visits[0].pickup = [2, 2, 3, 2];
    assert_eq!(ends(&problem), Some(145), "at the start");
    problem.visits[0].delivery = [3; 4];
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::Break { index: 0 }));
    problem.visits[1].delivery = [3; 4];
    problem.visits[0].pickup = [0; 4];
    assert_eq!(ends(&problem), Some(120), "at the last stop");
}

#[test]
fn a_break_may_be_taken_before_the_release() {
    let mut problem = with_breaks(&[pause(20, 100)]);
    problem.visits[1].release = 60;
    assert_eq!(ends(&problem), Some(125));
    problem.vehicles[0].breaks[0].on_the_way = true;
    assert_eq!(ends(&problem), Some(125));
}

#[test]
fn a_break_that_the_route_names_is_taken_there() {
    let mut problem = with_breaks(&[pause(5, 100)]);
    let [a, b, rest] = [Task::Visit(0), Task::Visit(1), Task::Break(0)];
    problem.vehicles[0].latest = 120;
    assert_eq!(cost(&problem, &[a, b]), 80);
    assert_eq!(cost(&problem, &[a, rest, b]), 80);
    assert_eq!(cost(&problem, &[a, b, rest]), 80);
    let too_late = (None, Constraint::Break { index: 0 });
    assert_eq!(breach(&problem, &[rest, a, b]), too_late);
    problem.vehicles[0].latest = 125;
    assert_eq!(cost(&problem, &[rest, a, b]), 80);
    assert_eq!(breach(&problem, &[rest, a, rest, b]), (Some(1), Constraint::Break { index: 0 }));
    assert_eq!(breach(&problem, &[Task::Break(1), a]), (Some(0), Constraint::Break { index: 1 }));
}

#[test]
fn overtime_and_lateness_decide_where_a_break_is_taken() {
    let mut problem = with_breaks(&[pause(0, 30)]);
    problem.lateness = Some(1);
    problem.visits[1].windows = vec![window(0, 45)];
    problem.vehicles[0].latest = 90;
    // Anywhere, it makes the second visit and the end late.
    assert_eq!(cost(&problem, &all(&problem)), 80 + 30 + 30);
    problem.vehicles[0].breaks[0].windows = vec![window(0, 50)];
    assert_eq!(cost(&problem, &all(&problem)), 80 + 30, "after the second visit");
}

#[test]
fn a_break_is_taken_where_lateness_costs_least() {
    // At the start it makes the first visit 30 seconds late; later it has to be waited for, and the
    // route ends at 130 instead of 120.
    let mut problem = with_breaks(&[pause(0, 0)]);
    problem.vehicles[0].breaks[0].windows.push(window(60, 100));
    problem.lateness = Some(1);
    problem.visits[0].windows = vec![window(0, 20)];
    assert_eq!(cost(&problem, &all(&problem)), 80);
    problem.vehicles[0].latest = 120;
    assert_eq!(cost(&problem, &all(&problem)), 80 + 10);
    problem.vehicles[0].breaks[0].windows[1] = window(81, 100);
    assert_eq!(cost(&problem, &all(&problem)), 80 + 30);
}
