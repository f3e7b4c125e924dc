//! A solution in VROOM's JSON.
//!
//! Every route is walked again here: nothing is written that [`evaluate`](crate::solver::evaluate)
//! does not find feasible.

mod document;
mod number;
mod reasons;
mod route;

use super::{Input, Names};
use crate::solver::{Problem, Rules, Solution, Walker};
use document::{ComputingTimes, Document, Summary, Sums, Unassigned};
use std::fmt;

/// Milliseconds that things took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Reading.
    pub loading: u64,
    /// The search.
    pub solving: u64,
}

/// A route that breaks a constraint: a fault of the search, never of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsound {
    vehicle: u64,
    code: &'static str,
}

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the route found for vehicle {} breaks a constraint ({}): this is a fault of the \
             search, nothing was written; report it with the file",
            self.vehicle, self.code
        )
    }
}

impl std::error::Error for Unsound {}

/// The document, without a line break at the end.
///
/// # Errors
///
/// A route that is not feasible.
pub fn solution_json(input: &Input, solution: &Solution, times: Times) -> Result<Vec<u8>, Unsound> {
    let Input { problem, names } = input;
    // Prepared once: it takes a look at every visit.
    let rules = Rules::new(problem);
    let mut judge = Judge { problem, rules: &rules, walker: Walker::new(&rules) };
    let routes: Vec<route::Walked<'_>> = (0..)
        .zip(&solution.routes)
        .filter(|(_, tasks)| !tasks.is_empty())
        .map(|(vehicle, tasks)| route::walk(&mut judge, names, vehicle, tasks))
        .collect::<Result<_, _>>()?;
    let mut sums = Sums::default();
    for walked in &routes {
        sums.add(&walked.sums);
    }
    let document = Document {
        code: 0,
        summary: Summary {
            totals: sums.totals(names),
            routes: routes.len(),
            unassigned: solution.unserved.len(),
            computing_times: ComputingTimes {
                loading: times.loading,
                solving: times.solving,
                routing: 0,
            },
        },
        unassigned: unassigned(&mut judge, names, &solution.unserved),
        routes: routes.into_iter().map(|walked| walked.route).collect(),
    };
    // Strings, numbers and lists: there is nothing that could fail to be written.
    Ok(serde_json::to_vec(&document).unwrap_or_default())
}

/// What routes are walked with.
struct Judge<'p> {
    problem: &'p Problem,
    rules: &'p Rules<'p>,
    walker: Walker<'p>,
}

fn unassigned<'a>(
    judge: &mut Judge<'_>,
    names: &'a Names,
    unserved: &[u32],
) -> Vec<Unassigned<'a>> {
    let reasons = reasons::of(judge, unserved);
    let entries = unserved.iter().zip(reasons).map(|(&visit, reason)| {
        let name = &names.visits[visit as usize];
        Unassigned {
            id: name.id,
            kind: name.kind.name(),
            location: name.spot.location,
            location_index: name.spot.index,
            description: name.description.as_deref(),
            reason,
        }
    });
    entries.collect()
}
