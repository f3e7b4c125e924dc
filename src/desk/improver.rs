//! Days that are improved between bookings, a few neighbouring routes at a time.
//!
//! One thread searches while no slot search waits for a core, and rests as long as it has worked.
//! What it finds goes to the day's writer like any command, as a group of routes with their versions:
//! if a booking came to one of them meanwhile, the group is dropped. A day is left alone once every
//! part of it has been searched in vain, until it changes again.

use super::command::Command;
use super::{Desk, Shared};
use crate::clock::Stopwatch;
use crate::geo::Point;
use crate::model::RegionId;
use crate::planning::{Control, DayPlan, Effort, Replan, improve_near};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Routes searched together.
const ROUTES: usize = 8;
/// How long to wait for a change where there is nothing to do: the desk may be gone, or calm again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// How far a day has been searched.
#[derive(Clone, Copy, Default)]
struct Progress {
    /// The next route to search around.
    next: usize,
    /// Routes searched around in vain, one after the other.
    in_vain: usize,
    /// Version of the plan that was searched last.
    version: i64,
}

/// Improves loaded days until the desk is gone.
pub(super) async fn keep_improving(desk: Weak<Shared>, effort: Effort) {
    let mut progress: HashMap<(RegionId, NaiveDate), Progress> = HashMap::new();
    let stop = Arc::new(AtomicBool::new(false));
    let _stopped = StopOnDrop(Arc::clone(&stop));
    let mut effort = effort;
    loop {
        let Some(open) = desk.upgrade().map(Desk::of) else { return };
        let now = open.clock().now();
        let mut plans = open.loaded_plans();
        plans.retain(|plan| plan.date >= plan.region.date_of(now));
        progress.retain(|key, _| plans.iter().any(|plan| is_of(plan, key)));
        let mut worked = Duration::ZERO;
        for plan in plans {
            let key = (plan.region.id.clone(), plan.date);
            let at = progress.entry(key).or_default();
            let Some(point) = at.next_point(&plan) else { continue };
            if !open.is_calm() {
                continue;
            }
            effort.seed = effort.seed.wrapping_add(1);
            let watch = Stopwatch::start();
            let found = search(&open, &plan, point, effort, &stop).await;
            worked += watch.elapsed();
            at.in_vain = if found.is_some() { 0 } else { at.in_vain + 1 };
            if let Some(replan) = found {
                open.take_improved(&plan, replan).await;
            }
        }
        let changed = Arc::clone(&open.0.context.changed);
        drop(open);
        if worked.is_zero() {
            let _or_time_is_up = tokio::time::timeout(LOOK_AGAIN, changed.notified()).await;
        } else {
            tokio::time::sleep(worked).await;
        }
    }
}

impl Progress {
    /// Around which point to search next; nothing where all was searched in vain since the last
    /// change, or there is nothing to move.
    fn next_point(&mut self, plan: &DayPlan) -> Option<Point> {
        let version = plan.version();
        if version != self.version {
            (self.version, self.in_vain) = (version, 0);
        }
        let busy: Vec<usize> =
            (0..plan.routes.len()).filter(|&at| !plan.routes[at].entries.is_empty()).collect();
        if self.in_vain >= busy.len() {
            return None;
        }
        let route = &plan.routes[busy[self.next % busy.len()]];
        self.next = (self.next + 1) % busy.len();
        Some(route.entries[route.entries.len() / 2].booking.place())
    }
}

async fn search(
    desk: &Desk,
    plan: &Arc<DayPlan>,
    point: Point,
    effort: Effort,
    stop: &Arc<AtomicBool>,
) -> Option<Replan> {
    // What couriers will have set off to by the time it is committed stays.
    let taken_at = desk.clock().after(effort.time_limit.unwrap_or_default() * 3);
    let (plan, stop) = (Arc::clone(plan), Arc::clone(stop));
    let searching = move || around(&plan, point, taken_at, &effort, &stop);
    tokio::task::spawn_blocking(searching).await.ok().flatten()
}

fn around(
    plan: &DayPlan,
    point: Point,
    taken_at: DateTime<Utc>,
    effort: &Effort,
    cancel: &AtomicBool,
) -> Option<Replan> {
    let watch = Stopwatch::start();
    let elapsed = || watch.elapsed();
    let control = Control { elapsed: &elapsed, cancel, progress: &mut |_| {} };
    improve_near(plan, (point, ROUTES), taken_at, effort, control)
}

fn is_of(plan: &DayPlan, key: &(RegionId, NaiveDate)) -> bool {
    (&plan.region.id, plan.date) == (&key.0, key.1)
}

impl Desk {
    fn is_calm(&self) -> bool {
        self.0.searches.is_calm()
    }

    /// Has a day's writer take better routes, if they still hold.
    async fn take_improved(&self, plan: &DayPlan, replan: Replan) {
        let command = Command::Apply(Box::new(replan));
        if let Err(error) = self.send(&plan.region.id, plan.date, command, None).await {
            tracing::debug!(error = %error, "better routes were not taken");
        }
    }
}

/// Ends a search under way when the task is dropped.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
