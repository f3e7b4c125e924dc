//! Schedules against its plain definition: whole random problems, judged by the walk alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot build its input has to stop")]

#[path = "schedule/construction.rs"]
mod construction;
#[path = "schedule/examples.rs"]
mod examples;
#[path = "schedule/insertion.rs"]
mod insertion;
#[path = "schedule/plain_route.rs"]
mod plain_route;
#[path = "schedule/problems.rs"]
mod problems;
#[path = "schedule/removal.rs"]
mod removal;
