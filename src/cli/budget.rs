//! How long a search goes on, how it is watched, and how it is told to stop.

use super::CliError;
use super::serve::StopSignal;
use crate::config::time_limit;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What a search may cost.
#[derive(Debug, Args)]
pub(super) struct BudgetArgs {
    /// Stop in time for the answer to be written so long after the command's start: `500ms`, `10s`,
    /// `2m`. Where there is no other limit, a day is planned in 5s and a problem solved in 10s.
    #[arg(long, value_parser = time_limit)]
    time_limit: Option<Duration>,
    /// Stop after so many iterations; 0 stops at the constructed plan.
    #[arg(long)]
    iterations: Option<u64>,
    /// Threads; all cores, if not given.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1_024))]
    threads: Option<u16>,
    /// The same seed, threads and iterations give the same answer.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What a search may cost, all of it known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) time_limit: Option<Duration>,
    pub(super) iterations: Option<u64>,
    pub(super) threads: usize,
    pub(super) seed: u64,
}

impl BudgetArgs {
    /// The budget of a search that goes on for `usual` where nothing is said. What it takes to
    /// write the answer is kept of the time, but no more than a quarter.
    pub(super) fn budget(&self, usual: Duration, writing: Duration) -> Budget {
        let limit = match (self.time_limit, self.iterations) {
            (None, None) => Some(usual),
            (limit, _) => limit,
        };
        let all_cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Budget {
            time_limit: limit.map(|limit| limit.saturating_sub(writing.min(limit / 4))),
            iterations: self.iterations,
            threads: self.threads.map_or_else(all_cores, usize::from),
            seed: self.seed,
        }
    }
}

impl Budget {
    /// How far the search is, for people who look on.
    pub(super) fn bar(&self) -> ProgressBar {
        if !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let length = match (self.time_limit, self.iterations) {
            (Some(limit), _) => milliseconds(limit),
            (None, iterations) => iterations.unwrap_or(0),
        };
        let style = ProgressStyle::with_template("{bar:30} {percent:>3}% {msg}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(length).with_style(style)
    }

    /// Where the bar is after so much time and so many iterations.
    pub(super) fn position(&self, elapsed: Duration, iteration: u64) -> u64 {
        match self.time_limit {
            Some(_) => milliseconds(elapsed),
            None => iteration,
        }
    }
}

/// Set by the first Ctrl-C or SIGTERM: the best plan so far is written. The second ends the command.
pub(super) fn stop_when_told() -> Result<Arc<AtomicBool>, CliError> {
    let cancel = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime =
        runtime.map_err(|error| CliError::failed(format!("cannot await signals: {error}")))?;
    let first = runtime.block_on(async { StopSignal::listen() })?;
    let told = Arc::clone(&cancel);
    std::thread::spawn(move || {
        runtime.block_on(async {
            first.told().await;
            told.store(true, Ordering::Relaxed);
            if let Ok(again) = StopSignal::listen() {
                again.told().await;
                std::process::exit(1);
            }
        });
    });
    Ok(cancel)
}

pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
