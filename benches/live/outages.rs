//! A courier falls ill at 11:00 on a full day: how fast the others cover, and how many promises the
//! whole-day search would have kept in a minute.

use chrono::{DateTime, Utc};
use doorstep::clock::Stopwatch;
use doorstep::model::BookingId;
use doorstep::planning::{
    Control, DayPlan, Effort, Progress, Repair, RouteShift, given_up, repair, replan, served_again,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// When it happens, on the second of March.
const AT: &str = "2026-03-02T03:00:00Z";
/// Outages that are repaired.
const OUTAGES: usize = 20;
/// Of these, those that the long search is tried on too.
const SEARCHED: usize = 3;
/// What the service gives the search for places for those who are left, on both cores.
const REPAIR_TIME: Duration = Duration::from_millis(700);
const REPAIR_THREADS: usize = 2;
/// So often, and for so long on one core, whose promise is given up is tried again.
const TRIES: u64 = 12;
const TRY_TIME: Duration = Duration::from_secs(1);
/// What the long search is given.
const SEARCH_TIME: Duration = Duration::from_mins(1);

pub(crate) fn measure(day: &DayPlan) {
    let now: DateTime<Utc> = AT.parse().expect("a moment");
    let used = (0..day.routes.len()).filter(|&route| day.routes[route].entries.len() > 10);
    let used: Vec<usize> = used.collect();
    let step = (used.len() / OUTAGES).max(1);
    let (mut times, mut displaced, mut broken, mut unsearched) = (Vec::new(), 0, 0, 0);
    let mut in_the_end = 0;
    for (n, &route) in used.iter().step_by(step).take(OUTAGES).enumerate() {
        let upset = without_courier(day, route);
        let watch = Stopwatch::start();
        let found = controlled(REPAIR_TIME, REPAIR_THREADS, |effort, control| {
            repair(&upset, now, effort, control)
        });
        times.push(watch.elapsed());
        displaced += found.displaced.len();
        let ours = broken_by(&found);
        broken += ours;
        let finally = tried_again(&upset, &found, now);
        in_the_end += finally;
        unsearched += broken_by(&controlled(REPAIR_TIME, 1, |effort, control| {
            repair(&upset, now, &Effort { iterations: Some(0), ..*effort }, control)
        }));
        if n < SEARCHED {
            compare(&upset, &found, now, (ours, finally));
        }
    }
    super::line("a courier's outage repaired", times);
    say(&format!(
        "{OUTAGES} outages: {displaced} visits displaced, {broken} promises broken at once, {in_the_end} after up to \
         {TRIES} more tries; {unsearched} by insertion and others making way alone"
    ));
}

fn broken_by(repair: &Repair) -> usize {
    repair.left.len() + repair.late.len()
}

/// Promises that are broken after the desk's further tries, as of the same moment.
fn tried_again(upset: &DayPlan, found: &Repair, now: DateTime<Utc>) -> usize {
    let mut day = upset.clone();
    take(&mut day, found);
    let asked: BTreeSet<BookingId> = found.displaced.iter().map(|e| e.booking.id).collect();
    let open = |day: &DayPlan| -> BTreeSet<BookingId> {
        given_up(day, now).intersection(&asked).copied().collect()
    };
    for seed in 1..=TRIES {
        let who = open(&day);
        if who.is_empty() {
            break;
        }
        let found = controlled(TRY_TIME, 1, |effort, control| {
            served_again(&day, &who, now, &Effort { seed, ..*effort }, control)
        });
        let placed: BTreeSet<BookingId> = found.displaced.iter().map(|e| e.booking.id).collect();
        day.unassigned.retain(|entry| !placed.contains(&entry.booking.id));
        take(&mut day, &found);
    }
    open(&day).len()
}

fn take(day: &mut DayPlan, found: &Repair) {
    for change in &found.changes {
        day.routes[change.route] = Arc::new(change.plan.clone());
    }
    day.unassigned.extend(found.left.iter().map(|(entry, _)| Arc::clone(entry)));
}

/// The same outage by the whole-day search, which may move everything that is not under way.
fn compare(upset: &DayPlan, found: &Repair, now: DateTime<Utc>, (ours, finally): (usize, usize)) {
    let mut open = upset.clone();
    for entry in &found.displaced {
        let id = entry.booking.id;
        let at = upset.routes.iter().position(|route| route.ordinal(id).is_some());
        if let Some((route, ordinal)) = at.and_then(|at| Some((at, open.routes[at].ordinal(id)?))) {
            let shorter = open.routes[route].without(ordinal, now.timestamp());
            open.routes[route] = Arc::new(shorter);
        }
        open.unassigned.push(Arc::clone(entry));
    }
    open.unassigned.sort_by_key(|entry| entry.booking.id);
    let long = controlled(SEARCH_TIME, 2, |effort, control| replan(&open, now, effort, control));
    let theirs = long.unassigned.len();
    let visits = upset.entries().count();
    let less = 100.0 * share(ours.saturating_sub(theirs), visits);
    say(&format!(
        "{} displaced: {ours} broken by the repair, {finally} in the end, {theirs} by a search of {} s: \
         {less:.2} % fewer promises kept at once of {visits}",
        found.displaced.len(),
        SEARCH_TIME.as_secs(),
    ));
}

fn without_courier(day: &DayPlan, route: usize) -> DayPlan {
    let mut upset = day.clone();
    let mut of = RouteShift::clone(&day.routes[route].of);
    (of.is_out, of.shift.rest) = (true, None);
    upset.routes[route] = Arc::new(day.routes[route].under(day, of));
    upset
}

fn controlled<T>(
    limit: Duration,
    threads: usize,
    work: impl FnOnce(&Effort, Control<'_>) -> T,
) -> T {
    let effort = Effort { seed: 1, threads, iterations: None, time_limit: Some(limit) };
    let watch = Stopwatch::start();
    let elapsed = || watch.elapsed();
    let never = AtomicBool::new(false);
    let progress = &mut |_: Progress| {};
    work(&effort, Control { elapsed: &elapsed, cancel: &never, progress })
}

#[expect(clippy::cast_precision_loss, reason = "a day has fewer than 2^52 visits")]
fn share(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

#[expect(clippy::print_stdout, reason = "the figures are what this is for")]
fn say(line: &str) {
    println!("{line}");
}
