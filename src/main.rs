//! The `doorstep` command.

use clap::Parser;
use doorstep::cli::{Cli, run};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::builder()
        .with_default_directive(tracing::Level::INFO.into())
        .with_env_var("DOORSTEP_LOG")
        .from_env_lossy()
        .add_directive("sqlx=warn".parse().expect("the directive is well-formed"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::debug!(status = error.status(), "the command failed");
            #[expect(clippy::print_stderr, reason = "the message is for the person who called")]
            {
                eprintln!("doorstep: {error}");
            }
            ExitCode::from(error.status())
        }
    }
}
