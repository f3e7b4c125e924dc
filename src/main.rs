//! The `doorstep` command.

use clap::Parser;
use doorstep::cli::{Cli, run};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr(cli.log_filter());
    match run(cli) {
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

/// Logs what `DOORSTEP_LOG` asks for, or else what the command's own filter lets through.
fn log_to_stderr(default: &str) {
    let given = EnvFilter::try_from_env("DOORSTEP_LOG").ok();
    tracing_subscriber::fmt()
        .with_env_filter(given.unwrap_or_else(|| EnvFilter::new(default)))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
}
