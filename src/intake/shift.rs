//! `shifts.csv`: the roster.

use super::cell::{service_date, time_of_day, whole};
use super::fault::{FaultLog, Faults};
use super::sheet::{Columns, Reported, RowReader, rows, unknown};
use crate::model::{BreakRule, Courier, CourierId, RosterEntry, Seconds, ShiftDay, ShiftError};
use chrono::{NaiveDate, NaiveTime};
use std::collections::{BTreeMap, HashMap, HashSet};

const COLUMNS: Columns = Columns {
    required: &["courier", "date", "starts", "ends", "break_earliest", "break_latest", "break_s"],
    optional: &[],
};

/// Reads roster entries. The three break columns are empty where there is no break.
///
/// With `couriers`, each entry must name one of them. A courier may have several shifts on a day,
/// as long as they do not overlap.
///
/// # Errors
/// Every fault of the file.
pub fn shifts(
    bytes: &[u8],
    file: &str,
    couriers: Option<&[Courier]>,
) -> Result<Vec<RosterEntry>, Faults> {
    let mut log = FaultLog::new(file);
    let rows = rows(bytes, &COLUMNS, &mut log);
    let known: Option<HashSet<&CourierId>> =
        couriers.map(|couriers| couriers.iter().map(|courier| &courier.id).collect());
    let mut taken = Taken::default();
    let mut entries = Vec::new();
    for row in &rows {
        let mut reader = RowReader { columns: &COLUMNS, row, log: &mut log };
        let Ok(entry) = entry(&mut reader) else { continue };
        if let Some(known) = known.as_ref().filter(|known| !known.contains(&entry.courier)) {
            let names = known.iter().map(|id| id.as_str());
            let message = unknown("courier", entry.courier.as_str(), names);
            reader.report("courier", &message);
        }
        taken.take(&entry, &mut reader);
        entries.push(entry);
    }
    log.finish(entries)
}

fn entry(reader: &mut RowReader<'_>) -> Result<RosterEntry, Reported> {
    let courier = reader.parsed("courier", str::parse::<CourierId>);
    let date = reader.parsed("date", day);
    let starts = reader.parsed("starts", time_of_day);
    let ends = reader.parsed("ends", time_of_day);
    let rest = rest(reader);
    let entry =
        RosterEntry { courier: courier?, date: date?, starts: starts?, ends: ends?, rest: rest? };
    match entry.validate() {
        Ok(()) => Ok(entry),
        Err(error @ ShiftError::Break { .. }) => reader.fault("break_earliest", &error),
        Err(error) => reader.fault("ends", &error),
    }
}

fn day(text: &str) -> Result<ShiftDay, String> {
    let day: ShiftDay = text.parse().map_err(|error: ShiftError| error.to_string())?;
    if let ShiftDay::Date(_) = day {
        service_date(text)?;
    }
    Ok(day)
}

/// The break: all three columns, or none.
fn rest(reader: &mut RowReader<'_>) -> Result<Option<BreakRule>, Reported> {
    let earliest = reader.optional("break_earliest", time_of_day);
    let latest = reader.optional("break_latest", time_of_day);
    let duration = reader.optional("break_s", |text| whole(text, 1..=86_400));
    match (earliest?, latest?, duration?) {
        (None, None, None) => Ok(None),
        (Some(earliest), Some(latest), Some(duration)) => {
            Ok(Some(BreakRule { earliest, latest, duration_s: Seconds(duration) }))
        }
        (earliest, latest, _) => {
            let missing = match (earliest, latest) {
                (None, _) => "break_earliest",
                (_, None) => "break_latest",
                _ => "break_s",
            };
            reader.fault(missing, &"is empty; give all three columns of the break, or none")
        }
    }
}

/// A day on which an entry makes a shift.
#[derive(PartialEq, Eq, Hash)]
enum Day {
    Date(NaiveDate),
    /// 0 is Monday.
    Weekday(u8),
}

impl Day {
    fn of(days: ShiftDay) -> Vec<Self> {
        match days {
            ShiftDay::Date(date) => vec![Self::Date(date)],
            ShiftDay::Weekly(bits) => {
                (0..7).filter(|day| bits & (1 << day) != 0).map(Self::Weekday).collect()
            }
        }
    }
}

/// The hours of each courier's day that earlier rows have taken: start to end and line.
#[derive(Default)]
struct Taken(HashMap<(CourierId, Day), BTreeMap<NaiveTime, (NaiveTime, u64)>>);

impl Taken {
    /// Takes an entry's hours, or reports the earlier row that has some of them.
    fn take(&mut self, entry: &RosterEntry, reader: &mut RowReader<'_>) {
        for day in Day::of(entry.date) {
            let hours = self.0.entry((entry.courier.clone(), day)).or_default();
            let before = hours.range(..entry.ends).next_back();
            if let Some((starts, (ends, line))) =
                before.filter(|(_, (ends, _))| *ends > entry.starts)
            {
                let courier = &entry.courier;
                let message = format!("{courier} already works {starts} to {ends} by line {line}");
                reader.report("starts", &message);
                return;
            }
            hours.insert(entry.starts, (entry.ends, reader.row.line));
        }
    }
}
