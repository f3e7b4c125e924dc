//! A small world: places on a line, ten seconds and ten metres from each to the next.

use doorstep::solver::{
    Breach, Break, Constraint, Costs, Limits, Plane, Problem, Task, Travel, Vehicle, Visit, Window,
    evaluate,
};

/// The line, with 10 places.
pub(crate) fn line() -> Travel {
    let points: Vec<[f64; 2]> = (0..10).map(|x| [f64::from(x) * 10.0, 0.0]).collect();
    Travel::Plane(Plane::new(&points, 1.0))
}

pub(crate) fn window(opens: i32, closes: i32) -> Window {
    Window { opens, closes }
}

/// A visit that is always open and takes five seconds.
pub(crate) fn visit(place: u32) -> Visit {
    Visit {
        place,
        windows: vec![window(0, 1_000)],
        service: 5,
        setup: 0,
        release: i32::MIN,
        pickup: [0; 4],
        delivery: [0; 4],
        skills: Vec::new(),
        priority: 0,
        vehicle: None,
    }
}

/// A vehicle at place 0, from 0 to 1,000, that pays a unit for each second.
pub(crate) fn vehicle() -> Vehicle {
    Vehicle {
        profile: 0,
        start: Some(0),
        end: Some(0),
        earliest: 0,
        latest: 1_000,
        overtime: None,
        capacity: [10; 4],
        skills: Vec::new(),
        breaks: Vec::new(),
        hub_returns: None,
        limits: Limits::default(),
        costs: Costs { fixed: 0, per_second: 1, per_metre: 0 },
        frozen: 0,
    }
}

/// A break of 30 seconds.
pub(crate) fn pause(opens: i32, closes: i32) -> Break {
    Break { windows: vec![window(opens, closes)], duration: 30, max_load: None, on_the_way: false }
}

/// Visits at these places, in this order, by one vehicle.
pub(crate) fn problem(places: &[u32]) -> Problem {
    Problem {
        travel: vec![line()],
        vehicles: vec![vehicle()],
        visits: places.iter().map(|place| visit(*place)).collect(),
        shipments: Vec::new(),
        initial: Vec::new(),
        lateness: None,
    }
}

/// All visits in order.
pub(crate) fn all(problem: &Problem) -> Vec<Task> {
    (0..).take(problem.visits.len()).map(Task::Visit).collect()
}

/// The total cost of a feasible route of vehicle 0.
pub(crate) fn cost(problem: &Problem, tasks: &[Task]) -> i64 {
    evaluate(problem, 0, tasks).unwrap().total()
}

/// Where a route of vehicle 0 is stopped, and why.
pub(crate) fn breach(problem: &Problem, tasks: &[Task]) -> (Option<u32>, Constraint) {
    let Breach { at, what } = evaluate(problem, 0, tasks).unwrap_err();
    (at, what)
}
