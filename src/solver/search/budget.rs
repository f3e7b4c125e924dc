//! How much of a search is done.

use super::drive::Settings;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What ends a search.
#[derive(Clone, Copy)]
pub(super) struct Budget<'a> {
    iterations: Option<u64>,
    time_limit: Option<f64>,
    threads: u64,
    /// When improving began, in seconds.
    begun: f64,
    elapsed: &'a (dyn Fn() -> Duration + Sync),
    cancel: &'a AtomicBool,
}

impl<'a> Budget<'a> {
    /// The budget of a search whose plan has just been constructed.
    pub(super) fn new(
        settings: &Settings,
        elapsed: &'a (dyn Fn() -> Duration + Sync),
        cancel: &'a AtomicBool,
    ) -> Self {
        Self {
            iterations: settings.iterations,
            time_limit: settings.time_limit.map(|limit| limit.as_secs_f64()),
            threads: settings.threads.max(1) as u64,
            begun: elapsed().as_secs_f64(),
            elapsed,
            cancel,
        }
    }

    /// The share that is done once a thread has done so many iterations: 1 and more is the end.
    pub(super) fn done(&self, iterations: u64) -> f64 {
        if self.cancel.load(Ordering::Relaxed) {
            return f64::INFINITY;
        }
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { f64::INFINITY };
        let counted = self.iterations.map(|most| {
            share((iterations * self.threads) as f64, most as f64)
        });
        let timed = self.time_limit.map(|limit| {
            share((self.elapsed)().as_secs_f64() - self.begun, limit - self.begun)
        });
        match (counted, timed) {
            (None, None) => f64::INFINITY,
            (counted, timed) => counted.unwrap_or(0.0).max(timed.unwrap_or(0.0)),
        }
    }
}
