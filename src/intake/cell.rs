//! What the text of one cell may be.

use super::sheet::{Reported, RowReader, quoted};
use crate::geo::{Datum, Place, Point, PointError};
use crate::model::Skill;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike, Utc};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// The years that a date may be in: what lies beyond is a slip of the keyboard, and calendars
/// are safe to calculate with inside.
const YEARS: RangeInclusive<i32> = 2000..=2100;

/// `HH:MM` or `HH:MM:SS`.
pub(super) fn time_of_day(text: &str) -> Result<NaiveTime, String> {
    let time = NaiveTime::parse_from_str(text, "%H:%M:%S")
        .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M"));
    // chrono reads second 60 as a leap second; wall clocks of a shift have none.
    time.ok().filter(|time| time.nanosecond() == 0).ok_or_else(|| {
        format!("{} is not a time of day: give HH:MM from 00:00 to 23:59", quoted(text))
    })
}

/// RFC 3339 with an offset.
pub(super) fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let moment = DateTime::parse_from_rfc3339(text).map_err(|_| {
        let text = quoted(text);
        format!(
            "{text} is not a moment: give it with its offset, such as 2026-03-02T14:00:00+08:00"
        )
    })?;
    check_year(moment.year(), text)?;
    Ok(moment.to_utc())
}

/// Refuses years that no roster or booking is about.
pub(super) fn check_year(year: i32, text: &str) -> Result<(), String> {
    if YEARS.contains(&year) {
        return Ok(());
    }
    let (first, last) = (YEARS.start(), YEARS.end());
    Err(format!("{} is not in the years {first} to {last}", quoted(text)))
}

/// Reads a service date such as `2026-03-02`, from the command line or a file.
///
/// # Errors
/// A message where the text is no date, or none of the years 2000 to 2100.
pub fn service_date(text: &str) -> Result<NaiveDate, String> {
    let date: NaiveDate = text
        .parse()
        .map_err(|_| format!("{} is not a date: give it as 2026-03-02", quoted(text)))?;
    check_year(date.year(), text)?;
    Ok(date)
}

/// A whole number in a range.
pub(super) fn whole(text: &str, range: RangeInclusive<i64>) -> Result<i64, String> {
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let (low, high) = (range.start(), range.end());
        format!("{} is not a whole number from {low} to {high}", quoted(text))
    })
}

/// A text of a limited length without control characters. It is never quoted in a message: it
/// may be somebody's address.
pub(super) fn words(text: &str, chars_max: usize) -> Result<String, String> {
    if text.chars().count() > chars_max {
        return Err(format!("the text is longer than {chars_max} characters"));
    }
    if text.chars().any(char::is_control) {
        return Err("the text has control characters, such as a line break".to_owned());
    }
    Ok(text.to_owned())
}

/// Skills separated by `;` or `|`, lower-cased.
pub(super) fn skills(text: &str) -> Result<BTreeSet<Skill>, String> {
    const SKILLS_MAX: usize = 20;
    let names = text.split([';', '|']).map(str::trim).filter(|name| !name.is_empty());
    let skills: BTreeSet<Skill> = names.map(str::to_ascii_lowercase).collect();
    if skills.len() > SKILLS_MAX {
        return Err(format!("{} skills are too many: give up to {SKILLS_MAX}", skills.len()));
    }
    let usable = |skill: &&Skill| {
        skill.len() > 40 || !skill.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    match skills.iter().find(usable) {
        Some(skill) => Err(format!(
            "{} is not a usable skill: give letters, digits, '-', '_' or '.', and separate with ';'",
            quoted(skill)
        )),
        None => Ok(skills),
    }
}

/// A coordinate in degrees.
pub(super) fn degrees(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .ok_or_else(|| format!("{} is not a number of degrees, such as 121.4737", quoted(text)))
}

/// Reads `lon`, `lat` and `datum` as numbers that are a position; the datum where one is named.
pub(super) fn position(reader: &mut RowReader<'_>) -> Result<(f64, f64, Option<Datum>), Reported> {
    let lon = reader.parsed("lon", degrees);
    let lat = reader.parsed("lat", degrees);
    let datum = reader.optional("datum", |text| text.to_ascii_lowercase().parse());
    let (lon, lat) = (lon?, lat?);
    match Point::new(lon, lat) {
        Ok(_) => Ok((lon, lat, datum?)),
        Err(error @ PointError::Longitude(_)) => reader.fault("lon", &error),
        Err(error) => reader.fault("lat", &error),
    }
}

/// The WGS-84 position of degrees in a datum.
pub(super) fn to_wgs84(lon: f64, lat: f64, datum: Datum) -> Result<Point, PointError> {
    Place { lon, lat, datum }.to_wgs84()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_have_minutes_and_perhaps_seconds() {
        assert_eq!(time_of_day("08:30"), Ok(NaiveTime::from_hms_opt(8, 30, 0).unwrap()));
        assert_eq!(time_of_day("23:59:59"), Ok(NaiveTime::from_hms_opt(23, 59, 59).unwrap()));
        for text in ["24:00", "8", "08:30 pm", "23:59:60", "-1:00", "08:60"] {
            assert!(time_of_day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn moments_need_an_offset_and_a_year_of_this_century() {
        assert!(moment("2026-03-02T14:00:00+08:00").is_ok());
        assert!(moment("2026-03-02T06:00:00Z").is_ok());
        for text in ["2026-03-02T14:00:00", "2026-03-02", "0226-03-02T14:00:00Z", "tomorrow"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn skills_are_separated_by_semicolons_or_bars() {
        assert_eq!(skills("Desktop; inspection|desktop").unwrap().len(), 2);
        assert!(skills("two words").is_err());
        assert!(skills("é").is_err());
    }
}
