//! The store's contract: every query and every kind of error, on both engines.

#[path = "storage/applied.rs"]
mod applied;
#[path = "storage/bookings.rs"]
mod bookings;
#[path = "storage/changes.rs"]
mod changes;
#[path = "storage/commits.rs"]
mod commits;
#[path = "support/database.rs"]
mod database;
#[path = "storage/days.rs"]
mod days;
#[path = "storage/keys.rs"]
mod keys;
#[path = "storage/lost_connections.rs"]
mod lost_connections;
#[path = "storage/news.rs"]
mod news;
#[path = "storage/opening.rs"]
mod opening;
#[path = "storage/operations.rs"]
mod operations;
#[path = "storage/outbox.rs"]
mod outbox;
#[path = "storage/proposals.rs"]
mod proposals;
#[path = "storage/receipts.rs"]
mod receipts;
#[path = "storage/registry.rs"]
mod registry;
#[path = "storage/sample.rs"]
mod sample;
#[path = "storage/schema.rs"]
mod schema;
