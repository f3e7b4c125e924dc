//! Windows between two moments, and how a region's wall clock becomes moments.

use super::Seconds;
use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A window that ends before it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the window ends ({end}) before it starts ({start})")]
pub struct EmptyWindow {
    /// Where it starts.
    pub start: DateTime<Utc>,
    /// Where it ends.
    pub end: DateTime<Utc>,
}

/// A closed window `[start, end]`: the service at a door must *begin* inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TimeWindow {
    /// The first moment that counts as inside.
    pub start: DateTime<Utc>,
    /// The last moment that counts as inside.
    pub end: DateTime<Utc>,
}

impl TimeWindow {
    /// A window, if it does not end before it starts.
    ///
    /// # Errors
    /// [`EmptyWindow`] when `end < start`.
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, EmptyWindow> {
        if end < start { Err(EmptyWindow { start, end }) } else { Ok(Self { start, end }) }
    }

    /// Whether `moment` lies inside, ends included.
    #[must_use]
    pub fn contains(self, moment: DateTime<Utc>) -> bool {
        (self.start..=self.end).contains(&moment)
    }

    /// How long the two windows overlap; zero when they only touch or are apart.
    #[must_use]
    pub fn overlap(self, other: Self) -> Seconds {
        let shared = self.end.min(other.end) - self.start.max(other.start);
        Seconds::from(shared.max(TimeDelta::zero()))
    }
}

/// The moment at which the clocks of `zone` show `time` on `date`.
///
/// Where the clocks jump forward over it, the first moment after the gap; where they show it
/// twice, the first of the two. So every wall time of every day has exactly one moment, and later
/// wall times never come earlier.
#[must_use]
pub fn local_moment(zone: Tz, date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let wall = date.and_time(time);
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => moment.to_utc(),
        LocalResult::None => after_the_gap(zone, wall),
    }
}

/// Gaps are at most a day long (Samoa skipped one), and zone offsets are whole minutes today.
fn after_the_gap(zone: Tz, wall: chrono::NaiveDateTime) -> DateTime<Utc> {
    (1..=24 * 60)
        .map(|minutes| wall + TimeDelta::minutes(minutes))
        .find_map(|later| zone.from_local_datetime(&later).earliest())
        .map_or_else(|| wall.and_utc(), |moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn wall(zone: Tz, date: &str, time: &str) -> DateTime<Utc> {
        local_moment(zone, date.parse().unwrap(), time.parse().unwrap())
    }

    #[test]
    fn a_wall_time_in_a_spring_gap_is_the_moment_after_it() {
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(wall(berlin, "2026-03-29", "02:30:00"), at("2026-03-29T01:00:00Z"));
        assert_eq!(wall(berlin, "2026-03-29", "03:00:00"), at("2026-03-29T01:00:00Z"));
    }

    #[test]
    fn a_wall_time_shown_twice_is_the_first_of_the_two() {
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(wall(berlin, "2026-10-25", "02:30:00"), at("2026-10-25T00:30:00Z"));
    }

    #[test]
    fn windows_do_not_end_before_they_start() {
        let (noon, one) = (at("2026-03-02T12:00:00Z"), at("2026-03-02T13:00:00Z"));
        assert!(TimeWindow::new(one, noon).is_err());
        let window = TimeWindow::new(noon, one).unwrap();
        assert!(window.contains(noon) && window.contains(one));
        assert_eq!(window.overlap(TimeWindow::new(noon, noon).unwrap()), Seconds(0));
        assert_eq!(window.overlap(window), Seconds(3600));
    }
}
