//! The command line as a newcomer meets it: every test runs the binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "cli/bad_input.rs"]
mod bad_input;
#[path = "cli/databases.rs"]
mod databases;
#[path = "cli/demo.rs"]
mod demo;
#[path = "cli/doorstep.rs"]
mod doorstep;
#[path = "cli/importing.rs"]
mod importing;
#[path = "cli/keys.rs"]
mod keys;
#[path = "cli/planning.rs"]
mod planning;
#[path = "cli/serving.rs"]
mod serving;
#[path = "cli/solving.rs"]
mod solving;
#[path = "cli/usage.rs"]
mod usage;
