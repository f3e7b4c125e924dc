//! The HTTP API as its callers see it: a real server, on both databases, on a clock that stands
//! still. Each path: works, twice, unknown, invalid, wrong role, no key. Every answer is held
//! against the API document.
#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

#[path = "api/actors.rs"]
mod actors;
#[path = "api/admin.rs"]
mod admin;
#[path = "api/checkout.rs"]
mod checkout;
#[path = "api/courier.rs"]
mod courier;
#[path = "api/crew.rs"]
mod crew;
#[path = "support/database.rs"]
mod database;
#[path = "api/dispatcher.rs"]
mod dispatcher;
#[path = "api/document.rs"]
mod document;
#[path = "api/flexible.rs"]
mod flexible;
#[path = "api/idempotency.rs"]
mod idempotency;
#[path = "api/logs.rs"]
mod logs;
#[path = "api/moves.rs"]
mod moves;
#[path = "api/problems.rs"]
mod problems;
#[path = "api/random.rs"]
mod random;
#[path = "api/rebalance.rs"]
mod rebalance;
#[path = "api/reschedule.rs"]
mod reschedule;
#[path = "api/service.rs"]
mod service;
#[path = "api/why.rs"]
mod why;
