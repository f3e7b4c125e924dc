//! Trial by fire: the service as its own process, killed, crowded and doubled.
//!
//! Nothing acknowledged is lost, nothing is promised twice, and the plan is sound after it all, on
//! SQLite and on PostgreSQL. The processes run on clocks of their own, so that no outcome depends on
//! the machine's date. A thousand callers at once need as many sockets: `ulimit -n` 2,048 or more.
#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

#[path = "fire/board.rs"]
mod board;
#[path = "support/caller.rs"]
mod caller;
#[path = "fire/city.rs"]
mod city;
#[path = "fire/crash.rs"]
mod crash;
#[path = "fire/crowd.rs"]
mod crowd;
#[path = "fire/customers.rs"]
mod customers;
#[path = "support/database.rs"]
mod database;
#[path = "fire/expiry.rs"]
mod expiry;
#[path = "fire/faults.rs"]
mod faults;
#[path = "fire/process.rs"]
mod process;
#[path = "fire/proxy.rs"]
mod proxy;
#[path = "fire/replicas.rs"]
mod replicas;
#[path = "fire/server.rs"]
mod server;
#[path = "fire/trial.rs"]
mod trial;

use tokio::sync::Mutex;

/// These tests fill a machine: one goes at a time.
static ALONE: Mutex<()> = Mutex::const_new(());
