//! The solver against its plain definition: whole random problems, judged by the walk alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot build its input has to stop")]

#[path = "solver/construction.rs"]
mod construction;
#[path = "solver/examples.rs"]
mod examples;
#[path = "solver/insertion.rs"]
mod insertion;
#[path = "solver/plain_route.rs"]
mod plain_route;
#[path = "solver/problems.rs"]
mod problems;
#[path = "solver/removal.rs"]
mod removal;
