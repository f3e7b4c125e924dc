//! Parts of the search by themselves, for the benchmarks.

use super::build::{Layout, Task, with_field};
use super::dice::Dice;
use super::field::Field;
use super::legs::Legs;
use super::local::Bench;
use super::plan::Plan;
use super::recreate::{best_place, recreate};
use super::settings::Objective;
use super::split::Routes;
use super::tails::try_tails;
use crate::solver::Problem;

/// A part of the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Where a visit goes at least cost, each visit in turn.
    Insertion,
    /// Two rests of routes joined, each visit in turn.
    Merge,
    /// Strings that move, all visits with all their neighbours.
    Relocate,
    /// Strings that change places, all visits with all their neighbours.
    Swap,
    /// Tails exchanged, all visits with all their neighbours.
    Tails,
    /// Stretches turned round, all visits with all their neighbours.
    Reverse,
    /// Visits exchanged between all routes that lie across each other.
    Exchange,
    /// Tails exchanged at random, a thousand tries taken back.
    Shuffle,
    /// From the constructed routes to a local optimum.
    Polish,
}

/// Constructs routes for a problem and hands `measure` one part's work, to be done again and again:
/// each time the same. What it returns depends on all of it, so that nothing is left out.
pub fn prepare(problem: &Problem, part: Part, measure: &mut dyn FnMut(&mut dyn FnMut() -> i64)) {
    with_field(problem, Objective::Distance, Prepared { part, measure });
}

struct Prepared<'a> {
    part: Part,
    measure: &'a mut dyn FnMut(&mut dyn FnMut() -> i64),
}

impl Task for Prepared<'_> {
    type Answer = ();

    fn run<L: Legs>(self, field: &Field<L>, _: &Layout) {
        let mut plan = Plan::new(field);
        let all: Vec<u32> = (0..field.visits).collect();
        plan.load((0..field.vehicles()).map(|vehicle| (vehicle, &[][..])), &all);
        recreate_all(&mut plan);
        let of = (0..field.vehicles()).map(|vehicle| plan.visits_of(vehicle).collect()).collect();
        let routes = Routes { of, absent: plan.absent.clone() };
        match self.part {
            Part::Insertion => (self.measure)(&mut || insertions(&mut plan)),
            Part::Shuffle => (self.measure)(&mut || shuffles(&mut plan)),
            part => {
                let mut bench = Bench::new(field, routes);
                (self.measure)(&mut || bench.run(part));
            }
        }
    }
}

fn recreate_all<L: Legs>(plan: &mut Plan<'_, L>) {
    let mut dice = Dice::new(1, 0);
    loop {
        let before = plan.absent.len();
        recreate(plan, &mut dice, 0.0, 0);
        if plan.absent.len() == before || plan.absent.is_empty() {
            break;
        }
    }
    plan.keep();
}

fn insertions<L: Legs>(plan: &mut Plan<'_, L>) -> i64 {
    let mut dice = Dice::new(1, 1);
    let best = (0..plan.field.visits).filter_map(|visit| best_place(plan, &mut dice, 0.0, visit));
    best.map(|place| place.cost).sum()
}

fn shuffles<L: Legs>(plan: &mut Plan<'_, L>) -> i64 {
    let mut dice = Dice::new(1, 2);
    let tries = (0..1_000).map(|_| {
        let done = try_tails(plan, &mut dice, f64::INFINITY);
        plan.undo();
        i64::from(done)
    });
    tries.sum()
}
