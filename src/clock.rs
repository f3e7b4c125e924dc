//! The only caller of the system clock.
//!
//! A service may run on the real time, on a time that starts elsewhere and runs faster (for
//! rehearsals), or on one that stands still until it is told to go on (for tests).

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// What time it is for the service. Clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    System,
    Rehearsal { began: Instant, at: DateTime<Utc>, speed: f64 },
    Manual(watch::Sender<DateTime<Utc>>),
}

/// How often a sleeper on a clock looks again: bounds how late it wakes when the system's time
/// is set back or forth.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

impl Clock {
    /// The machine's time.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Kind::System))
    }

    /// A time that is `at` now and runs `speed` times as fast as the machine's.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the Clock")]
    pub fn rehearsal(at: DateTime<Utc>, speed: f64) -> Self {
        Self(Arc::new(Kind::Rehearsal { began: Instant::now(), at, speed }))
    }

    /// A time that stands still until [`Clock::advance_to`].
    #[must_use]
    pub fn manual(at: DateTime<Utc>) -> Self {
        Self(Arc::new(Kind::Manual(watch::Sender::new(at))))
    }

    /// The moment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the Clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match &*self.0 {
            Kind::System => Utc::now(),
            Kind::Rehearsal { began, at, speed } => {
                let passed = began.elapsed().mul_f64(*speed);
                *at + TimeDelta::from_std(passed).unwrap_or(TimeDelta::MAX)
            }
            Kind::Manual(at) => *at.borrow(),
        }
    }

    /// What this clock shows once so much time has really passed. A manual one stands still.
    #[must_use]
    pub fn after(&self, real: Duration) -> DateTime<Utc> {
        if matches!(&*self.0, Kind::Manual(_)) {
            return self.now();
        }
        self.now() + TimeDelta::from_std(real.mul_f64(self.speed())).unwrap_or(TimeDelta::zero())
    }

    /// Sets a manual clock forward and wakes who waits for it. Other clocks run by themselves.
    pub fn advance_to(&self, moment: DateTime<Utc>) {
        if let Kind::Manual(at) = &*self.0 {
            at.send_if_modified(|at| {
                let later = moment > *at;
                *at = moment.max(*at);
                later
            });
        }
    }

    /// Waits until this clock shows `moment` or later.
    pub async fn sleep_until(&self, moment: DateTime<Utc>) {
        if let Kind::Manual(at) = &*self.0 {
            // The sender lives as long as `self`, so that waiting cannot fail.
            let _ = at.subscribe().wait_for(|now| *now >= moment).await;
            return;
        }
        loop {
            let left = (moment - self.now()).to_std().unwrap_or(Duration::ZERO);
            if left.is_zero() {
                return;
            }
            let real = left.div_f64(self.speed()).max(Duration::from_millis(1));
            tokio::time::sleep(real.min(LOOK_AGAIN)).await;
        }
    }

    fn speed(&self) -> f64 {
        match &*self.0 {
            Kind::Rehearsal { speed, .. } => *speed,
            Kind::System | Kind::Manual(_) => 1.0,
        }
    }
}

/// Time since it was started, whatever becomes of the system's time.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts one.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the Clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_its_sleepers_and_never_goes_back() {
        let noon: DateTime<Utc> = "2026-03-02T12:00:00Z".parse().unwrap();
        let one = noon + TimeDelta::hours(1);
        let clock = Clock::manual(noon);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(one).await }
        });
        clock.advance_to(one);
        sleeper.await.unwrap();
        clock.advance_to(noon);
        assert_eq!(clock.now(), one);
    }

    #[test]
    fn real_time_counts_as_the_clock_runs() {
        let noon: DateTime<Utc> = "2026-03-02T12:00:00Z".parse().unwrap();
        let second = Duration::from_secs(1);
        assert_eq!(Clock::manual(noon).after(second), noon);
        assert!(Clock::rehearsal(noon, 600.0).after(second) >= noon + TimeDelta::minutes(10));
    }
}
