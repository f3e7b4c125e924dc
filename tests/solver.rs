//! Routes of the solver: the walk against a naive one, timelines before an independent judge.

#![expect(clippy::unwrap_used, reason = "a test that cannot build its input has to stop")]

#[path = "solver/breaks.rs"]
mod breaks;
#[path = "solver/brute_force.rs"]
mod brute_force;
#[path = "solver/constraints.rs"]
mod constraints;
#[path = "solver/example.rs"]
mod example;
#[path = "solver/judge.rs"]
mod judge;
#[path = "solver/judging.rs"]
mod judging;
#[path = "solver/naive.rs"]
mod naive;
#[path = "solver/problems.rs"]
mod problems;
#[path = "solver/search.rs"]
mod search;
#[path = "solver/timing.rs"]
mod timing;
#[path = "solver/walking.rs"]
mod walking;
