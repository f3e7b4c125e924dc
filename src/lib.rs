//! Doorstep schedules free device pickup and delivery for trade-in programmes: a checkout books
//! slots, couriers pull route lists, dispatchers watch the day.
//!
//! **A slot is a place on a route.** Every slot offered is backed by a feasible insertion into a
//! real courier's route, a hold takes that place, and a booking keeps it. There is no capacity
//! counter beside the routes that could drift from them.
//!
//! # The rooms
//!
//! Pure: no async, no clock, no I/O. Time, randomness and budgets are arguments.
//!
//! | room | what is in it |
//! | --- | --- |
//! | [`geo`] | points and datums, distances, H3 cells |
//! | [`model`] | the nouns, their state machines and rules; plain values |
//! | [`zones`] | demand per H3 cell, cells grown into zones of about one shift's work |
//! | [`schedule`] | one courier's day: timing, slack, where a visit fits in constant time |
//! | [`solver`] | routes for a whole day: construction, and a search that keeps improving |
//! | [`formats`] | routing problems from files, solutions in VROOM's JSON |
//! | [`planning`] | day plans: slot search, places, whole plans, reasons |
//! | [`check`] | an independent judge of a day's routes: every violation, by name |
//! | [`intake`] | the files that people bring, every fault at once |
//! | [`city`] | a seeded city with hubs, couriers and a day of customers |
//!
//! Shell: what touches the world.
//!
//! | room | what is in it |
//! | --- | --- |
//! | [`clock`] | the only caller of the system clock |
//! | [`store`] | SQLite and PostgreSQL: rows, transactions, migrations |
//! | [`config`] | settings of a process, read once |
//! | [`desk`] | one writer per region-day: batches, commits, publishes; keys; offers |
//! | [`events`] | webhooks: who is told what happened, and the sending |
//! | [`simulation`] | customers who book through the public API |
//! | [`http`] | the API and its pages: checkout, courier, dispatcher, admin |
//! | [`cli`] | the commands, one file each |
//!
//! A room uses those above it in its own half and, from the shell, any pure one; `check` uses only
//! `geo` and `model`; `store` and `events` never see `schedule` or `solver`; nothing but `cli` sees `http`.
//! `tests/architecture.rs` holds these directions.
//!
//! # Start here
//!
//! A slot search goes through [`http`] (`slot.rs`), [`desk::Desk::search_slots`],
//! [`planning::search`] and [`schedule::Schedule::gap`]; a hold through [`desk::Desk::hold`], the
//! day's writer (`desk/writer.rs`), [`planning::DayPlan::cheapest_place`] and
//! [`store::Store::commit_day`]. README has both walks with the files' names.
//!
//! # What holds at every commit
//!
//! * All held and booked visits of a day are feasible in the stored routes, or the breach is shown
//!   on the board.
//! * A booking with a place is on exactly one route; nothing is acknowledged before its commit.
//! * Every write names the versions it was computed on: no correctness rests on one process.
//! * A slot search reads memory alone. It takes no lock and asks no database.
//! * No contact, token or device number is logged.

pub mod check;
pub mod city;
pub mod cli;
pub mod clock;
pub mod config;
pub mod desk;
pub mod events;
pub mod formats;
pub mod geo;
pub mod http;
pub mod intake;
pub mod model;
pub mod planning;
pub mod schedule;
pub mod simulation;
pub mod solver;
pub mod store;
pub mod zones;
