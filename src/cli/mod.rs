//! The command line: one file per command.
//!
//! Numbers go to standard output, progress and logs to standard error. Exit status 0 is done,
//! 1 failed, 2 wrong use.

mod bookings_file;
mod budget;
pub mod city;
mod clock;
mod demo;
mod demo_keys;
mod error;
mod files;
mod import;
mod keys;
mod plan;
mod plan_document;
mod plan_input;
mod plan_report;
mod plan_unserved;
mod serve;
mod solve;

pub use error::CliError;

use crate::config::Connection;
use clap::{Parser, Subcommand};

/// Schedules free device pickup and delivery for trade-in programmes.
#[derive(Debug, Parser)]
#[command(name = "doorstep", version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API.
    Serve(serve::ServeArgs),
    /// Serve a seeded city on an embedded database, with a day that books itself.
    Demo(demo::DemoArgs),
    /// Take regions, hubs, couriers, shifts or bookings into the database.
    Import(import::ImportArgs),
    /// Plan a day from files, check it, and show what each courier does.
    Plan(plan::PlanArgs),
    /// Solve a routing problem from a file, and write VROOM's solution JSON.
    Solve(solve::SolveArgs),
    /// Make, list and revoke API keys.
    Keys(keys::KeysArgs),
    /// Bring the database to this version's schema.
    Migrate(Connection),
    /// Print the API's OpenAPI document.
    Openapi,
    /// Write a seeded city as the files that `import` and `plan` read.
    City(city::CityArgs),
}

impl Cli {
    /// What is logged where nobody asks for something else: the demo shows a progress bar, which
    /// a line per request would tear.
    #[must_use]
    pub fn log_filter(&self) -> &'static str {
        match self.command {
            Command::Demo(_) => "warn,doorstep::cli=info",
            _ => "info,sqlx=warn",
        }
    }
}

/// Does what the command line says.
///
/// # Errors
/// [`CliError`] with a message for people and an exit status.
pub fn run(cli: Cli) -> Result<(), CliError> {
    match cli.command {
        Command::Serve(args) => on_runtime(serve::run(args)),
        Command::Demo(args) => on_runtime(demo::run(args)),
        Command::Import(args) => on_runtime(import::run(args)),
        Command::Plan(args) => plan::run(&args),
        Command::Solve(args) => solve::run(&args),
        Command::Keys(args) => on_runtime(keys::run(args)),
        Command::Migrate(connection) => on_runtime(migrate(connection)),
        Command::Openapi => openapi(),
        Command::City(args) => city::run(&args).map_err(CliError::failed),
    }
}

fn on_runtime(work: impl Future<Output = Result<(), CliError>>) -> Result<(), CliError> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| CliError::failed(format!("cannot start the runtime: {error}")))?;
    runtime.block_on(work)
}

async fn migrate(connection: Connection) -> Result<(), CliError> {
    let store = connection.open().await?;
    store.close().await;
    tracing::info!("the database has this version's schema");
    Ok(())
}

fn openapi() -> Result<(), CliError> {
    let document = crate::http::openapi();
    let json = document.to_pretty_json().map_err(CliError::failed)?;
    files::print(&format!("{json}\n"))
}
