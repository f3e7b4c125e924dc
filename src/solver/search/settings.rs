//! What a search is asked for, and how it is watched.

use super::number::{real, real_i64};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What comes first, once everybody is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The least cost.
    Distance,
    /// The fewest routes, then the least cost.
    Vehicles,
    /// As many visits served as can be, by whatever routes: it ends once all are.
    Served,
}

/// What to search for, and for how long.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What comes first.
    pub objective: Objective,
    /// The same seed, threads and iterations give the same answer.
    pub seed: u64,
    /// At least one.
    pub threads: usize,
    /// Of all threads together. `Some(0)` stops at the constructed plan.
    pub iterations: Option<u64>,
    /// Counted by [`Control::elapsed`]. With both limits, the first reached ends the search; with
    /// neither, it ends with the constructed plan.
    pub time_limit: Option<Duration>,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Since the search was asked for.
    pub elapsed: Duration,
    /// Iterations done.
    pub iteration: u64,
    /// Visits on no route.
    pub unserved: usize,
    /// Routes used.
    pub routes: usize,
    /// Cost of the best routes so far.
    pub cost: i64,
}

/// How a search is told the time, stopped, and watched.
pub struct Control<'a> {
    /// Time since the budget began.
    pub elapsed: &'a (dyn Fn() -> Duration + Sync),
    /// Once set, the search ends with what it has.
    pub cancel: &'a AtomicBool,
    /// Called with each step forward.
    pub progress: &'a mut dyn FnMut(Progress),
}

/// Iterations as a number to divide.
fn many(iterations: u64) -> f64 {
    real_i64(i64::try_from(iterations).unwrap_or(i64::MAX))
}

/// Iterations of a thread in a second, about, on a small problem.
const PACE: f64 = 300_000.0;

/// The part of the budget that is spent.
pub(super) struct Budget<'a> {
    time: &'a (dyn Fn() -> Duration + Sync),
    cancel: &'a AtomicBool,
    began: f64,
    seconds: Option<f64>,
    /// Of each thread.
    iterations: Option<f64>,
}

impl<'a> Budget<'a> {
    pub(super) fn new(
        settings: &Settings,
        time: &'a (dyn Fn() -> Duration + Sync),
        cancel: &'a AtomicBool,
    ) -> Self {
        let began = time().as_secs_f64();
        let threads = real(settings.threads.max(1));
        Self {
            time,
            cancel,
            began,
            seconds: settings.time_limit.map(|limit| (limit.as_secs_f64() - began).max(1e-9)),
            iterations: settings.iterations.map(|iterations| many(iterations) / threads),
        }
    }

    /// From 0 to 1, for a thread that has done so many iterations; more where it is over.
    pub(super) fn spent(&self, iterations: u64) -> f64 {
        if self.cancel.load(Ordering::Relaxed) {
            return 2.0;
        }
        let by_count = match self.iterations {
            Some(most) if most > 0.0 => many(iterations) / most,
            Some(_) => 1.0,
            None => 0.0,
        };
        let by_time = self
            .seconds
            .map_or(0.0, |seconds| ((self.time)().as_secs_f64() - self.began) / seconds);
        match (self.iterations, self.seconds) {
            (None, None) => 1.0,
            _ => by_count.max(by_time),
        }
    }

    /// Whether the time limit has come, or the search is to stop: iterations do not matter.
    pub(super) fn is_over(&self) -> bool {
        let by_time = |seconds| (self.time)().as_secs_f64() - self.began >= seconds;
        self.cancel.load(Ordering::Relaxed) || self.seconds.is_some_and(by_time)
    }

    /// As [`Self::is_over`], for the first plan: it is given at least half as long as all before it
    /// took, since a plan of a few visits, made in time, is of less use than one of nearly all.
    pub(super) fn is_over_for_first_plan(&self) -> bool {
        let by_time = |seconds: f64| {
            (self.time)().as_secs_f64() - self.began >= seconds.max(self.began / 2.0)
        };
        self.cancel.load(Ordering::Relaxed) || self.seconds.is_some_and(by_time)
    }

    /// The share of the budget that so many seconds are; nothing where no time limit is set.
    pub(super) fn share(&self, seconds: f64) -> f64 {
        self.seconds.map_or(0.0, |all| seconds / all)
    }

    /// About how many iterations there will be, on so many threads.
    pub(super) fn iterations(&self, threads: usize) -> f64 {
        let by_count = self.iterations.unwrap_or(f64::INFINITY);
        let by_time = self.seconds.map_or(f64::INFINITY, |seconds| seconds * PACE);
        by_count.min(by_time) * real(threads)
    }

    /// Time since the search was asked for.
    pub(super) fn passed(&self) -> Duration {
        (self.time)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    /// Whether the search and the first plan are over at a second, begun at another.
    fn over(limit_s: u64, began_s: u64, at_s: u64) -> (bool, bool) {
        let now_s = AtomicU64::new(began_s);
        let time = || Duration::from_secs(now_s.load(Ordering::Relaxed));
        let (cancel, time_limit) = (AtomicBool::new(false), Some(Duration::from_secs(limit_s)));
        let objective = Objective::Distance;
        let settings = Settings { objective, seed: 1, threads: 1, iterations: None, time_limit };
        let budget = Budget::new(&settings, &time, &cancel);
        now_s.store(at_s, Ordering::Relaxed);
        let over = (budget.is_over(), budget.is_over_for_first_plan());
        cancel.store(true, Ordering::Relaxed);
        assert!(budget.is_over() && budget.is_over_for_first_plan(), "cancelled");
        over
    }

    #[test]
    fn the_first_plan_is_given_half_as_long_as_all_before_it() {
        assert_eq!(over(10, 2, 9), (false, false));
        assert_eq!(over(10, 2, 10), (true, true));
        assert_eq!(over(10, 8, 11), (true, false));
        assert_eq!(over(10, 8, 12), (true, true));
        assert_eq!(over(4, 20, 29), (true, false));
        assert_eq!(over(4, 20, 30), (true, true));
    }
}
