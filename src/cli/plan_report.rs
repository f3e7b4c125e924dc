//! A plan for people: a table with a bar per courier, the sums, and what has no place.
//!
//! No line of the table is wider than a terminal of 80 columns.

use super::plan_unserved;
use crate::check::Violation;
use crate::model::{BookingId, Reason, Seconds};
use crate::planning::{DayPlan, RoutePlan};
use std::fmt::Write;
use std::time::Duration;

/// Columns of the narrowest terminal that shows a line whole, but for the last one.
pub(super) const LINE_WIDTH: usize = 79;
/// Columns of a line that are neither the courier's name nor their bar.
const NUMBERS_WIDTH: usize = 31;
/// Columns of a courier's name; longer ones are cut in the middle.
const NAME_WIDTHS: std::ops::RangeInclusive<usize> = 7..=24;
/// Violations that are spelled out.
const VIOLATIONS_SHOWN: usize = 20;

/// A plan with what became of it.
pub(super) struct Report<'a> {
    pub(super) plan: &'a DayPlan,
    pub(super) unserved: &'a [(BookingId, Vec<Reason>)],
    pub(super) violations: &'a [Violation],
}

impl Report<'_> {
    /// One line per courier with a bar for the time on the road and at doors, then the sums.
    pub(super) fn table(&self, took: Duration) -> String {
        let mut text = String::new();
        let (busy, idle): (Vec<_>, Vec<_>) =
            self.plan.routes.iter().partition(|route| !route.entries.is_empty());
        if !busy.is_empty() {
            let widest = busy.iter().map(|route| name(route).len()).max().unwrap_or(0);
            let width = widest.clamp(*NAME_WIDTHS.start(), *NAME_WIDTHS.end());
            let _ = writeln!(
                text,
                "a shift: █ at doors ▒ travel ░ neither\n\n\
                 {:<width$} {:>5} {:>6} {:>7} {:>7}  shift",
                "courier", "stops", "travel", "km", "working"
            );
            for route in busy {
                let _ = writeln!(text, "{}", self.line(route, width));
            }
            text.push('\n');
        }
        if let [first, others @ ..] = &idle[..] {
            let more = match others.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let _ = writeln!(text, "without a stop: {}{more}\n", name(first));
        }
        self.summary(&mut text, took);
        plan_unserved::describe(&mut text, self.plan, self.unserved);
        text
    }

    fn line(&self, route: &RoutePlan, width: usize) -> String {
        let stored = route.to_route(self.plan);
        let bar_width = LINE_WIDTH - NUMBERS_WIDTH - width;
        let at_doors: Seconds = stored.stops.iter().map(|stop| stop.service_s).sum();
        let shift = Seconds::from(stored.shift.ends - stored.shift.starts);
        let doors = cells(at_doors, shift, bar_width);
        let road = cells(stored.travel_s(), shift, bar_width).min(bar_width - doors);
        format!(
            "{:<width$} {:>5} {:>6} {:>7} {:>7}  {}{}{}",
            shortened(name(route), width),
            route.entries.len(),
            hours(stored.travel_s()),
            kilometres(stored.distance_m().get()),
            hours(stored.duration_s()),
            "█".repeat(doors),
            "▒".repeat(road),
            "░".repeat(bar_width - doors - road),
        )
    }

    fn summary(&self, text: &mut String, took: Duration) {
        let sums = self.sums();
        let couriers = match self.plan.routes.len() {
            0 => "nobody works that day: check the shifts".to_owned(),
            count => format!("{} of {count} couriers have stops", sums.couriers_used),
        };
        let _ = writeln!(
            text,
            "{}, {}: {} of {} bookings served, {couriers}",
            self.plan.region.id,
            self.plan.date,
            sums.served,
            sums.served + self.unserved.len(),
        );
        let _ = writeln!(
            text,
            "travel {} h, {} km; planned in {:.2} s",
            hours(Seconds(sums.travel_s)),
            kilometres(sums.distance_m),
            took.as_secs_f64(),
        );
        if self.violations.is_empty() {
            text.push_str("check: no violation\n");
        }
        for violation in self.violations.iter().take(VIOLATIONS_SHOWN) {
            let _ = writeln!(text, "check: {violation}");
        }
        let more = self.violations.len().saturating_sub(VIOLATIONS_SHOWN);
        if more > 0 {
            let _ = writeln!(text, "check: and {more} more");
        }
    }

    pub(super) fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for route in &self.plan.routes {
            let travel = route.schedule.travel();
            sums.served += route.entries.len();
            sums.couriers_used += usize::from(!route.entries.is_empty());
            sums.travel_s += travel.travel_s.get();
            sums.distance_m += travel.distance_m.get();
        }
        sums
    }
}

#[derive(Default)]
pub(super) struct Sums {
    pub(super) served: usize,
    pub(super) couriers_used: usize,
    pub(super) travel_s: i64,
    pub(super) distance_m: i64,
}

fn name(route: &RoutePlan) -> &str {
    route.of.courier.id.as_str()
}

/// A name of at most `width` characters: the start and the end of one that is longer, since names
/// of a fleet often differ at their ends alone.
pub(super) fn shortened(name: &str, width: usize) -> String {
    let characters: Vec<char> = name.chars().collect();
    if characters.len() <= width {
        return name.to_owned();
    }
    let tail = width / 2;
    let (head, tail) = (&characters[..width - tail - 1], &characters[characters.len() - tail..]);
    head.iter().chain(&['…']).chain(tail).collect()
}

/// The cells of a bar of `width` that a part of the shift takes.
fn cells(part: Seconds, shift: Seconds, width: usize) -> usize {
    let widths = part.get() * i64::try_from(width).unwrap_or(0);
    usize::try_from(widths / shift.get().max(1)).unwrap_or(0).min(width)
}

fn hours(seconds: Seconds) -> String {
    let minutes = seconds.get() / 60;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

fn kilometres(metres: i64) -> String {
    format!("{}.{}", metres / 1_000, metres % 1_000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_ends() {
        assert_eq!(shortened("courier-1", 9), "courier-1");
        assert_eq!(shortened("night-shift-courier-0042", 10), "nigh…-0042");
        for width in 7..=24 {
            assert_eq!(shortened(&"x".repeat(64), width).chars().count(), width);
        }
    }

    #[test]
    fn a_bar_never_outgrows_its_room() {
        assert_eq!(cells(Seconds(1_800), Seconds(3_600), 32), 16);
        assert_eq!(cells(Seconds(9_000), Seconds(3_600), 32), 32);
        assert_eq!(cells(Seconds(60), Seconds(0), 32), 32);
    }

    #[test]
    fn times_and_ways_read_as_people_write_them() {
        assert_eq!(hours(Seconds(3_660)), "1:01");
        assert_eq!(kilometres(1_950), "1.9");
    }
}
