//! Short words for reading and for what must be refused.

use doorstep::formats::{Format, Input, Options, Times, read, solution_json};
use doorstep::solver::{Solution, Task};
use serde_json::Value;

pub(crate) fn options() -> Options {
    Options { detour: 1.3, speed_kmh: 18.0, vehicles: None }
}

/// A file that must be right.
#[track_caller]
pub(crate) fn taken(format: Format, text: &str) -> Input {
    match read(format, text.as_bytes(), &options()) {
        Ok(input) => input,
        Err(faults) => panic!("{faults}"),
    }
}

/// What is said of a file that must be wrong.
#[track_caller]
pub(crate) fn refused(format: Format, text: &str) -> String {
    match read(format, text.as_bytes(), &options()) {
        Ok(_) => panic!("was taken:\n{text}"),
        Err(faults) => faults.to_string(),
    }
}

#[track_caller]
pub(crate) fn vroom(json: &Value) -> Input {
    taken(Format::Vroom, &json.to_string())
}

/// An answer with the routes of `(vehicle, visits)`, all else unserved.
pub(crate) fn answer(input: &Input, routes: &[(usize, &[Task])]) -> Value {
    let mut solution = Solution {
        routes: vec![Vec::new(); input.problem.vehicles.len()],
        unserved: Vec::new(),
        cost: 0,
    };
    for (vehicle, tasks) in routes {
        solution.routes[*vehicle] = tasks.to_vec();
    }
    let served = |visit: &u32| solution.routes.iter().flatten().any(|t| *t == Task::Visit(*visit));
    let count = u32::try_from(input.problem.visits.len()).unwrap();
    let unserved = (0..count).filter(|visit| !served(visit)).collect();
    solution.unserved = unserved;
    let json = solution_json(input, &solution, Times { loading: 3, solving: 4 }).unwrap();
    serde_json::from_slice(&json).unwrap()
}
