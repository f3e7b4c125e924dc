//! The search: greedy construction, then ruin and recreate under simulated annealing.

mod anneal;
mod answer;
mod audit;
mod build;
mod cells;
mod construct;
mod couples;
mod dice;
mod drive;
mod exact;
mod field;
mod fleet;
mod hubs;
mod initial;
mod legs;
mod links;
mod local;
#[cfg(test)]
mod made;
mod neighbours;
mod number;
mod pairs;
mod plan;
mod recreate;
mod refill;
mod rich;
mod ruin;
mod settings;
mod sites;
mod split;
mod tails;
mod workbench;
mod worker;

pub use drive::solve;
pub use settings::{Control, Objective, Progress, Settings};
#[doc(hidden)]
pub use workbench::{Part, prepare};
