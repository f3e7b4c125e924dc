//! Who works when: roster entries, and the shifts they make on a date.

use super::{CourierId, Region, Seconds, TimeWindow, local_moment};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a roster entry makes no shift.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShiftError {
    /// The text of a day is neither a date nor a pattern of weekdays.
    #[error(
        "'{0}' is not a day: give a date (2026-03-02), 'daily', or weekdays (mon-fri, sat,sun)"
    )]
    Day(String),
    /// The shift ends before it starts.
    #[error("the shift ends ({ends}) at or before it starts ({starts})")]
    Empty {
        /// Local start.
        starts: NaiveTime,
        /// Local end.
        ends: NaiveTime,
    },
    /// The break does not fit into the shift.
    #[error(
        "the break cannot be taken: it may begin from {earliest} to {latest} and takes {duration_s} s, \
         but the shift is {starts} to {ends}"
    )]
    Break {
        /// Local time before which it may not begin.
        earliest: NaiveTime,
        /// Local time after which it may not begin.
        latest: NaiveTime,
        /// How long it takes.
        duration_s: i64,
        /// Local start of the shift.
        starts: NaiveTime,
        /// Local end of the shift.
        ends: NaiveTime,
    },
}

/// The days a roster entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ShiftDay {
    /// One date. It replaces the courier's weekly entries on that date.
    Date(NaiveDate),
    /// Weekdays, as a bit set: bit 0 is Monday.
    Weekly(u8),
}

impl ShiftDay {
    /// Every day of the week.
    pub const DAILY: Self = Self::Weekly(0b111_1111);

    /// Whether a shift of this entry happens on `date`.
    #[must_use]
    pub fn includes(self, date: NaiveDate) -> bool {
        match self {
            Self::Date(day) => day == date,
            Self::Weekly(days) => days & bit(date.weekday()) != 0,
        }
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.num_days_from_monday()
}

impl FromStr for ShiftDay {
    type Err = ShiftError;
    fn from_str(text: &str) -> Result<Self, ShiftError> {
        let bad = || ShiftError::Day(text.chars().take(40).collect());
        let text = text.trim().to_ascii_lowercase();
        if let Ok(date) = text.parse() {
            return Ok(Self::Date(date));
        }
        if text == "daily" {
            return Ok(Self::DAILY);
        }
        let days = text.split(',').map(days_of).try_fold(0, |all, days| Some(all | days?));
        days.map(Self::Weekly).ok_or_else(bad)
    }
}

/// `mon` or `mon-fri`; a range may pass Sunday (`sat-mon`).
fn days_of(text: &str) -> Option<u8> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last): (Weekday, Weekday) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let mut days = bit(last);
    let mut day = first;
    while day != last {
        days |= bit(day);
        day = day.succ();
    }
    Some(days)
}

impl fmt::Display for ShiftDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            &Self::DAILY => f.write_str("daily"),
            Self::Weekly(days) => {
                let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
                let chosen: Vec<_> =
                    (0..7).filter(|d| days & (1 << d) != 0).map(|d| names[d]).collect();
                f.write_str(&chosen.join(","))
            }
        }
    }
}

impl TryFrom<String> for ShiftDay {
    type Error = ShiftError;
    fn try_from(text: String) -> Result<Self, ShiftError> {
        text.parse()
    }
}

impl From<ShiftDay> for String {
    fn from(day: ShiftDay) -> Self {
        day.to_string()
    }
}

/// A break by the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakRule {
    /// It may not begin earlier.
    pub earliest: NaiveTime,
    /// It may not begin later.
    pub latest: NaiveTime,
    /// How long it takes.
    pub duration_s: Seconds,
}

/// A line of the roster: a courier works on these days from then to then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterEntry {
    /// Who.
    pub courier: CourierId,
    /// On which days.
    pub date: ShiftDay,
    /// Local start.
    pub starts: NaiveTime,
    /// Local end, on the same day.
    pub ends: NaiveTime,
    /// The break, if there is one.
    #[serde(default, rename = "break", skip_serializing_if = "Option::is_none")]
    pub rest: Option<BreakRule>,
}

impl RosterEntry {
    /// Checks that the shift is not empty and that its break can be taken.
    ///
    /// # Errors
    /// [`ShiftError`] naming what does not fit.
    pub fn validate(&self) -> Result<(), ShiftError> {
        let (starts, ends) = (self.starts, self.ends);
        if ends <= starts {
            return Err(ShiftError::Empty { starts, ends });
        }
        let Some(BreakRule { earliest, latest, duration_s: Seconds(duration_s) }) = self.rest
        else {
            return Ok(());
        };
        let room_s = (ends - earliest.max(starts)).num_seconds();
        if latest < earliest.max(starts) || duration_s <= 0 || duration_s > room_s {
            return Err(ShiftError::Break { earliest, latest, duration_s, starts, ends });
        }
        Ok(())
    }

    /// The shift it makes on `date`, or nothing when it is not for that date.
    #[must_use]
    pub fn on(&self, region: &Region, date: NaiveDate) -> Option<Shift> {
        let moment = |time| local_moment(region.time_zone, date, time);
        self.date.includes(date).then(|| Shift {
            starts: moment(self.starts),
            ends: moment(self.ends),
            rest: self.rest.map(|rule| Break {
                window: TimeWindow {
                    start: moment(rule.earliest),
                    end: moment(rule.latest).max(moment(rule.earliest)),
                },
                duration_s: rule.duration_s,
            }),
        })
    }
}

/// A break that must begin inside its window. It is taken wherever the courier then is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// When it may begin.
    pub window: TimeWindow,
    /// How long it takes.
    pub duration_s: Seconds,
}

/// A working day of a courier, as moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// The courier may leave the hub from here on.
    pub starts: DateTime<Utc>,
    /// The courier is back at the hub by then.
    pub ends: DateTime<Utc>,
    /// The break, if there is one.
    #[serde(default, rename = "break", skip_serializing_if = "Option::is_none")]
    pub rest: Option<Break>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates_or_patterns_of_weekdays() {
        let monday: NaiveDate = "2026-03-02".parse().unwrap();
        for (text, includes) in [
            ("2026-03-02", true),
            ("2026-03-03", false),
            ("daily", true),
            ("Mon-Fri", true),
            ("sat-mon", true),
            ("tue, sun", false),
        ] {
            assert_eq!(text.parse::<ShiftDay>().unwrap().includes(monday), includes, "{text}");
        }
        for text in ["", "2026-02-30", "workdays", "mon-"] {
            assert!(text.parse::<ShiftDay>().is_err(), "{text}");
        }
        assert_eq!("fri,mon".parse::<ShiftDay>().unwrap().to_string(), "mon,fri");
        assert_eq!("mon-sun".parse::<ShiftDay>().unwrap(), ShiftDay::DAILY);
    }

    #[test]
    fn a_shift_that_ends_early_or_a_break_outside_it_is_refused() {
        let time = |text: &str| text.parse::<NaiveTime>().unwrap();
        let entry = |ends: &str, rest| RosterEntry {
            courier: CourierId::new("c").unwrap(),
            date: ShiftDay::DAILY,
            starts: time("09:00:00"),
            ends: time(ends),
            rest,
        };
        let rest = |earliest: &str, latest: &str, duration| {
            let duration_s = Seconds(duration);
            Some(BreakRule { earliest: time(earliest), latest: time(latest), duration_s })
        };
        assert!(entry("17:00:00", None).validate().is_ok());
        assert!(entry("17:00:00", rest("11:30:00", "14:00:00", 2_700)).validate().is_ok());
        assert!(entry("09:00:00", None).validate().is_err());
        assert!(entry("17:00:00", rest("14:00:00", "11:30:00", 2_700)).validate().is_err());
        assert!(entry("17:00:00", rest("07:00:00", "08:00:00", 2_700)).validate().is_err());
        assert!(entry("12:00:00", rest("11:30:00", "14:00:00", 2_700)).validate().is_err());
    }
}
