//! The search: greedy construction, then ruin and recreate under simulated annealing.

mod anneal;
mod answer;
mod budget;
mod build;
mod cells;
mod couples;
mod dice;
mod exact;
mod field;
mod hubs;
mod initial;
mod legs;
mod neighbours;
mod pairs;
mod plan;
mod recreate;
mod refill;
mod rich;
mod ruin;
mod drive;
mod fleet;
mod split;

pub use drive::{Control, Objective, Progress, Settings, solve};
