//! Trying again while the database is away for a moment.

use crate::clock::Stopwatch;
use crate::store::StoreError;
use std::time::Duration;

/// How long it is tried again; the first attempt may take as long as the store waits.
const TIME_MAX: Duration = Duration::from_secs(5);
/// The first pause; each is twice as long as the one before, up to a limit.
const PAUSE_MIN: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_millis(500);

/// How much longer to try.
pub(super) struct Patience {
    watch: Stopwatch,
    pause: Duration,
}

impl Patience {
    pub(super) fn start() -> Self {
        Self { watch: Stopwatch::start(), pause: PAUSE_MIN }
    }

    /// Whether to try again after an error, once a pause is over: where nothing was written, since
    /// there was no connection or lock to be had or it was lost before the commit, and some time is
    /// left.
    pub(super) async fn is_left_after(&mut self, error: &StoreError) -> bool {
        let may_pass = matches!(error, StoreError::Unavailable(_) | StoreError::Locked(_));
        if !may_pass || self.watch.elapsed() >= TIME_MAX {
            return false;
        }
        tracing::warn!(error = %error, "the database is away; trying again");
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        true
    }
}
