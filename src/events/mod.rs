//! Events out: endpoints of others are told what happened, as Standard Webhooks has it.
//!
//! * The truth is the log of events. A [`Worker`] queues what it has not queued yet, one delivery
//!   for each event and endpoint, exactly once (`store/outbox.rs`).
//! * It claims what is due with a lease, sends it, and records what came of it: at least once, under
//!   a message id that stays the same. Any number of processes do so side by side.
//! * What was not taken is sent again over three days (`schedule.rs`). A receiver that hangs takes
//!   a few requests at most, and never those of others.
//! * Every address is guarded, when it is given and on each connection ([`Guard`]).
//!
//! [`Webhooks`] is what administrators do with endpoints. No secret, address or body is logged.

mod address;
mod endpoints;
mod error;
mod guard;
mod message;
mod schedule;
mod signature;
mod transport;
mod verdict;
mod worker;

pub use endpoints::{NewWebhook, WebhookChange, Webhooks};
pub use error::WebhookError;
pub use guard::{Guard, GuardError, Looking};
pub use worker::{Worker, WorkerSettings};
