//! The judge itself: it lets the right plan pass and finds what is planted in a wrong one.

use crate::example::{all, pause, problem, window};
use crate::judge::{Fault, Violation, judge, route};
use doorstep::solver::{Problem, Solution, Step, Task, timeline};

/// Vehicle 0 visits places 1 and 3, with a break at 20.
fn day() -> (Problem, Vec<Step>) {
    let mut problem = problem(&[1, 3]);
    problem.vehicles[0].breaks = vec![pause(20, 20)];
    problem.visits[0].setup = 2;
    problem.visits[0].delivery = [4; 4];
    let steps = timeline(&problem, 0, &all(&problem));
    (problem, steps)
}

fn faults(problem: &Problem, steps: &[Step]) -> Vec<Fault> {
    let (found, _) = route(problem, 0, &all(problem), steps);
    let faults = found.iter().map(|violation| match violation {
        Violation::OnRoute { what, .. } => *what,
        other => panic!("{other:?}"),
    });
    faults.collect()
}

#[test]
fn a_right_route_has_no_faults() {
    let (problem, steps) = day();
    assert_eq!(faults(&problem, &steps), []);
}

/// Makes something wrong.
type Plant = fn(&mut Problem, &mut [Step]);

#[test]
fn planted_faults_are_found() {
    let planted: [(Plant, Fault); 18] = [
        (|p, _| p.vehicles[0].earliest = 500, Fault::StartsBeforeShift),
        (|p, _| p.vehicles[0].latest = 60, Fault::ShiftEnd),
        (|p, _| p.vehicles[0].capacity = [9, 9, 3, 9], Fault::Overload { dimension: 2 }),
        (|p, _| p.vehicles[0].limits.stops = Some(1), Fault::Stops),
        (|p, _| p.vehicles[0].limits.travel = Some(59), Fault::TravelLimit),
        (|p, _| p.vehicles[0].limits.distance = Some(59), Fault::DistanceLimit),
        (|p, _| p.vehicles[0].limits.duration = Some(60), Fault::Duration),
        (|p, _| p.vehicles[0].breaks[0].windows[0] = window(30, 40), Fault::BreakWindow),
        (|p, _| p.vehicles[0].breaks[0].max_load = Some([-1; 4]), Fault::BreakLoad),
        (|p, _| p.vehicles[0].breaks.push(pause(0, 900)), Fault::BreakMissing),
        (|p, _| p.visits[0].windows[0].closes = 9, Fault::Window),
        (|p, _| p.visits[0].release = 300, Fault::SetsOffBeforeRelease),
        (|p, _| p.visits[1].skills = vec![3], Fault::Skill),
        (|p, _| p.visits[1].vehicle = Some(1), Fault::Pinned),
        (|_, steps| steps[1].setup = 0, Fault::Setup),
        (|_, steps| steps[3].travel -= 1, Fault::Travel),
        (|_, steps| steps[2].place = None, Fault::BreakPlace),
        (|_, steps| steps[0].load = [0; 4], Fault::LoadReported),
    ];
    for (plant, expected) in planted {
        let (mut problem, mut steps) = day();
        plant(&mut problem, &mut steps);
        let found = faults(&problem, &steps);
        assert!(found.contains(&expected), "{expected:?} is not in {found:?}");
    }
}

#[test]
fn a_plan_serves_each_visit_once_at_the_cost_it_claims() {
    let (problem, _) = day();
    let of = |route: &[u32], unserved: &[u32], cost| {
        let route = route.iter().map(|visit| Task::Visit(*visit)).collect();
        let solution = Solution { routes: vec![route], unserved: unserved.to_vec(), cost };
        judge(&problem, &solution, timeline)
    };
    assert_eq!(of(&[0, 1], &[], 60), []);
    assert_eq!(of(&[0], &[1], 20), []);
    assert_eq!(of(&[0, 1], &[], 59), [Violation::Cost { claimed: 59, found: 60 }]);
    assert_eq!(of(&[0], &[], 20), [Violation::Lost { visit: 1 }]);
    assert_eq!(of(&[0, 1], &[1], 60), [Violation::ServedAndUnserved { visit: 1 }]);
    assert_eq!(of(&[0, 1, 1], &[], 60), [Violation::ServedTwice { visit: 1 }]);
    assert_eq!(of(&[0], &[1, 1], 20), [Violation::UnservedOrder]);
    let unknown = Violation::UnknownTask { vehicle: 0, task: Task::Visit(9) };
    assert_eq!(of(&[0, 1, 9], &[], 60), [unknown]);
    let nobody = Solution { routes: Vec::new(), unserved: vec![0, 1], cost: 0 };
    assert_eq!(judge(&problem, &nobody, timeline), [Violation::Routes { found: 0 }]);
}
