//! The HTTP API as its callers see it: a real server, on both databases, on a clock that stands
//! still. Each path: works, twice, unknown, invalid, wrong role, no key. Every answer is held
//! against the API document.
#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

#[path = "api/actors.rs"]
mod actors;
#[path = "api/admin.rs"]
mod admin;
#[path = "api/audit.rs"]
mod audit;
#[path = "api/checkout.rs"]
mod checkout;
#[path = "api/courier.rs"]
mod courier;
#[path = "api/crew.rs"]
mod crew;
#[path = "api/custody.rs"]
mod custody;
#[path = "support/database.rs"]
mod database;
#[path = "api/dispatcher.rs"]
mod dispatcher;
#[path = "api/disturbances.rs"]
mod disturbances;
#[path = "api/document.rs"]
mod document;
#[path = "api/extra_shifts.rs"]
mod extra_shifts;
#[path = "api/far_off.rs"]
mod far_off;
#[path = "api/finding.rs"]
mod finding;
#[path = "api/flexible.rs"]
mod flexible;
#[path = "api/goods.rs"]
mod goods;
#[path = "api/idempotency.rs"]
mod idempotency;
#[path = "api/listener.rs"]
mod listener;
#[path = "api/live.rs"]
mod live;
#[path = "api/locks.rs"]
mod locks;
#[path = "api/logs.rs"]
mod logs;
#[path = "api/moves.rs"]
mod moves;
#[path = "api/once.rs"]
mod once;
#[path = "api/operations.rs"]
mod operations;
#[path = "api/pages.rs"]
mod pages;
#[path = "api/picker.rs"]
mod picker;
#[path = "api/problems.rs"]
mod problems;
#[path = "api/proofs.rs"]
mod proofs;
#[path = "api/random.rs"]
mod random;
#[path = "api/rebalance.rs"]
mod rebalance;
#[path = "api/receiver.rs"]
mod receiver;
#[path = "api/reoffers.rs"]
mod reoffers;
#[path = "api/replans.rs"]
mod replans;
#[path = "api/reschedule.rs"]
mod reschedule;
#[path = "api/service.rs"]
mod service;
#[path = "api/streams.rs"]
mod streams;
#[path = "api/tracking.rs"]
mod tracking;
#[path = "api/trips.rs"]
mod trips;
#[path = "api/undo.rs"]
mod undo;
#[path = "api/urgent.rs"]
mod urgent;
#[path = "api/visits_again.rs"]
mod visits_again;
#[path = "api/webhook_sending.rs"]
mod webhook_sending;
#[path = "api/webhooks.rs"]
mod webhooks;
#[path = "api/why.rs"]
mod why;
