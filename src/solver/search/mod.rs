//! The search: greedy construction, then ruin and recreate under simulated annealing.

mod anneal;
mod build;
mod cells;
mod dice;
mod construct;
mod drive;
mod field;
mod fleet;
mod legs;
mod local;
#[cfg(test)]
mod made;
mod neighbours;
mod pairs;
mod plan;
mod recreate;
mod ruin;
mod settings;
mod split;
mod tails;
mod workbench;
mod worker;

pub use drive::solve;
pub use settings::{Control, Objective, Progress, Settings};
#[doc(hidden)]
pub use workbench::{Part, prepare};
