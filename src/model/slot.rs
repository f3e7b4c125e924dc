//! The bookable windows of a region's day.

use super::{Seconds, TimeWindow, local_moment};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A bookable window and the moment it closes for booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    /// What is promised: the courier begins at the door inside it.
    pub window: TimeWindow,
    /// From this moment on it cannot be booked.
    pub cutoff_at: DateTime<Utc>,
}

/// How a region cuts its day into slots, by the wall clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SlotTemplate {
    /// Start of the first slot.
    pub first: NaiveTime,
    /// No slot ends later.
    pub last_end: NaiveTime,
    /// How long a slot is.
    pub length_s: Seconds,
    /// From the start of one slot to the start of the next.
    pub step_s: Seconds,
    /// A slot closes for booking this long before its end.
    pub cutoff_before_end_s: Seconds,
    /// A flexible promise is fixed, and told, this long before the first of its windows begins.
    pub flexible_told_before_s: Seconds,
    /// How many days ahead can be booked, today included.
    pub horizon_days: u32,
    /// How long an offer from a search can be held.
    pub offer_ttl_s: Seconds,
}

impl Default for SlotTemplate {
    /// Two-hour slots from 09:00 to 21:00, today and two days more, closing two hours before
    /// their end: what the large Chinese carriers publish.
    fn default() -> Self {
        Self {
            first: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
            last_end: NaiveTime::from_hms_opt(21, 0, 0).unwrap_or_default(),
            length_s: Seconds(7_200),
            step_s: Seconds(7_200),
            cutoff_before_end_s: Seconds(7_200),
            flexible_told_before_s: Seconds(7_200),
            horizon_days: 3,
            offer_ttl_s: Seconds(600),
        }
    }
}

impl SlotTemplate {
    /// The slots of one date in the order of their starts. On days when the clocks change, a slot
    /// keeps its wall times; one that would be empty is left out.
    #[must_use]
    pub fn slots(&self, zone: Tz, date: NaiveDate) -> Vec<Slot> {
        let step = self.step_s.0.max(60);
        let mut slots = Vec::new();
        let mut start = self.first;
        loop {
            let (end, next_day) = start.overflowing_add_signed(self.length_s.delta());
            if next_day != 0 || end > self.last_end {
                return slots;
            }
            let window = TimeWindow {
                start: local_moment(zone, date, start),
                end: local_moment(zone, date, end),
            };
            if window.start < window.end {
                let cutoff_at = window.end - self.cutoff_before_end_s.delta();
                slots.push(Slot { window, cutoff_at });
            }
            let (next, next_day) = start.overflowing_add_signed(Seconds(step).delta());
            if next_day != 0 {
                return slots;
            }
            start = next;
        }
    }

    /// Whether the numbers make sense.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        (60..=86_400).contains(&self.length_s.0)
            && (60..=86_400).contains(&self.step_s.0)
            && (0..=7 * 86_400).contains(&self.cutoff_before_end_s.0)
            && (0..=2 * 86_400).contains(&self.flexible_told_before_s.0)
            && (1..=31).contains(&self.horizon_days)
            && (10..=86_400).contains(&self.offer_ttl_s.0)
            && self.first < self.last_end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(zone: Tz, date: &str) -> Vec<String> {
        SlotTemplate::default()
            .slots(zone, date.parse().unwrap())
            .iter()
            .map(|slot| slot.window.start.to_rfc3339())
            .collect()
    }

    #[test]
    fn the_default_day_has_six_two_hour_slots() {
        let slots = starts(chrono_tz::Asia::Shanghai, "2026-03-02");
        assert_eq!(slots.len(), 6);
        assert_eq!(slots[0], "2026-03-02T01:00:00+00:00");
        assert_eq!(slots[5], "2026-03-02T11:00:00+00:00");
    }

    #[test]
    fn slots_keep_their_wall_times_when_the_clocks_change() {
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(starts(berlin, "2026-03-28")[0], "2026-03-28T08:00:00+00:00");
        assert_eq!(starts(berlin, "2026-03-29")[0], "2026-03-29T07:00:00+00:00");
    }

    #[test]
    fn a_night_slot_inside_the_gap_is_left_out() {
        let template = SlotTemplate {
            first: NaiveTime::MIN,
            length_s: Seconds(3_600),
            step_s: Seconds(3_600),
            ..SlotTemplate::default()
        };
        let date = "2026-03-29".parse().unwrap();
        let slots = template.slots(chrono_tz::Europe::Berlin, date);
        assert_eq!(slots.len(), 20);
        assert!(slots.windows(2).all(|pair| pair[0].window.end <= pair[1].window.start));
    }
}
