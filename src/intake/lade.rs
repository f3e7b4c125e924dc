//! A day of `LaDe-P`, Cainiao's published pickup orders.
//!
//! Read are `order_id, accept_time, time_window_start, time_window_end, lng, lat`; the rest of the
//! columns is ignored. Times are `MM-DD HH:MM:SS` by the city's clock, without a year: the caller
//! names one. The degrees are taken as WGS-84. What the rows do not tell (devices, values, people)
//! is made up by [`city::lade_bookings`](crate::city::lade_bookings).
//!
//! Real data has oddities. No row vanishes silently: each is taken, taken with a note, or left out
//! with a note.
//!
//! | oddity | what becomes of the row |
//! | --- | --- |
//! | accepted after its window opened | taken as it is: the customer asked in mid-window |
//! | accepted after its window ended, or not said when | taken, as asked for when the window opened |
//! | a window of no length | taken as it is: an appointment to the second |
//! | a window over midnight | cut to the date on which it ends: a visit belongs to one service date |
//! | a window on another date than most | taken, for that date |
//! | a window that ends before it starts | left out: which end is wrong cannot be told |
//! | times or coordinates that cannot be read, an order that came before | left out |

use super::cell::degrees;
use super::fault::{Fault, FaultLog, Faults};
use super::sheet::{Columns, Reported, Row, RowReader, Unique, quoted, rows};
use crate::geo::Point;
use crate::model::{TimeWindow, local_moment};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;

const COLUMNS: Columns = Columns {
    required: &["order_id", "accept_time", "time_window_start", "time_window_end", "lng", "lat"],
    optional: &[],
};

/// The year that the published times are read in where nobody names another.
pub const YEAR: i32 = 2022;

/// A pickup order as the file tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct LadeOrder {
    /// The line it stands on, from 1.
    pub line: u64,
    /// The order's number.
    pub order_id: String,
    /// When the request was accepted.
    pub requested_at: DateTime<Utc>,
    /// When the pickup was promised.
    pub window: TimeWindow,
    /// Where.
    pub place: Point,
}

/// Something odd about a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whether the row was taken nevertheless.
    pub taken: bool,
    /// What is odd, where, and what became of it.
    pub remark: Fault,
}

/// The orders of a file, and what was odd about them.
#[derive(Clone, Debug, PartialEq)]
pub struct LadeDay {
    /// In the file's order.
    pub orders: Vec<LadeOrder>,
    /// By line.
    pub notes: Vec<Note>,
    /// The service date of most orders; nothing where there is none.
    pub date: Option<NaiveDate>,
}

/// Reads the orders of a file. `zone` is the city's time zone, `year` the one its dates are in.
///
/// # Errors
/// What is wrong with the file's form: encoding, header, rows that break off. A row that cannot be
/// used is no error but a [`Note`].
pub fn orders(bytes: &[u8], file: &str, zone: Tz, year: i32) -> Result<LadeDay, Faults> {
    let mut log = FaultLog::new(file);
    let rows = rows(bytes, &COLUMNS, &mut log);
    log.finish(())?;
    let mut ids = Unique::new();
    let mut day = LadeDay { orders: Vec::new(), notes: Vec::new(), date: None };
    for row in &rows {
        let mut scratch = FaultLog::new(file);
        let mut oddities = Vec::new();
        let order = order(row, (zone, year), &mut ids, &mut scratch, &mut oddities);
        let faults = scratch.finish(()).err();
        day.notes.extend(faults.iter().flat_map(Faults::as_slice).map(|fault| Note {
            taken: false,
            remark: Fault { message: format!("{}; left out", fault.message), ..fault.clone() },
        }));
        if let (Ok(order), None) = (order, faults) {
            day.notes.extend(
                oddities.into_iter().map(|(column, message)| note(file, row, column, message)),
            );
            day.orders.push(order);
        }
    }
    note_other_dates(&mut day, file, zone);
    Ok(day)
}

/// A note on a row that was taken.
fn note(file: &str, row: &Row, column: &str, message: String) -> Note {
    let column = Some(super::sheet::column_name(row.item, column));
    Note {
        taken: true,
        remark: Fault { file: file.to_owned(), line: Some(row.line), column, message },
    }
}

/// A column and what is odd about it.
type Oddity = (&'static str, String);

fn order(
    row: &Row,
    (zone, year): (Tz, i32),
    ids: &mut Unique<String>,
    log: &mut FaultLog,
    oddities: &mut Vec<Oddity>,
) -> Result<LadeOrder, Reported> {
    let mut reader = RowReader { columns: &COLUMNS, row, log };
    let order_id = reader.parsed("order_id", |text| super::cell::words(text, 100));
    if let Ok(id) = &order_id {
        ids.check(&mut reader, "order_id", id);
    }
    let accepted = reader.optional("accept_time", |text| local(text, zone, year));
    let start = reader.parsed("time_window_start", |text| local(text, zone, year));
    let end = reader.parsed("time_window_end", |text| local(text, zone, year));
    let (lng, lat) = (reader.parsed("lng", degrees), reader.parsed("lat", degrees));
    let place = match Point::new(lng?, lat?) {
        Ok(place) => place,
        Err(error) => return reader.fault("lat", &error),
    };
    let (start, end) = (start?, end?);
    if end < start {
        return reader.fault("time_window_end", &"the window ends before it starts");
    }
    let window = one_date(TimeWindow { start, end }, zone, oddities);
    let requested_at = requested_at(accepted?, window, oddities);
    Ok(LadeOrder { line: row.line, order_id: order_id?, requested_at, window, place })
}

/// `MM-DD HH:MM:SS` by the clock of `zone`.
fn local(text: &str, zone: Tz, year: i32) -> Result<DateTime<Utc>, String> {
    super::cell::check_year(year, &year.to_string())?;
    NaiveDateTime::parse_from_str(&format!("{year}-{text}"), "%Y-%m-%d %H:%M:%S")
        .map(|wall| local_moment(zone, wall.date(), wall.time()))
        .map_err(|_| format!("{} is not a moment of {year}: MM-DD HH:MM:SS", quoted(text)))
}

fn requested_at(
    accepted: Option<DateTime<Utc>>,
    window: TimeWindow,
    oddities: &mut Vec<Oddity>,
) -> DateTime<Utc> {
    let mut odd = |message: String| oddities.push(("accept_time", message));
    match accepted {
        None => {
            odd("is empty; taken as asked for when its window opened".to_owned());
            window.start
        }
        Some(at) if at > window.end => {
            odd("accepted after its window ended; taken as asked for when it opened".to_owned());
            window.start
        }
        Some(at) if at > window.start => {
            let minutes = (at - window.start).num_minutes();
            odd(format!("accepted {minutes} min after its window opened; taken as it is"));
            at
        }
        Some(at) => at,
    }
}

/// The window cut to the date on which it ends. Midnight itself belongs to the date before.
fn one_date(window: TimeWindow, zone: Tz, oddities: &mut Vec<Oddity>) -> TimeWindow {
    let mut odd = |message: String| oddities.push(("time_window_start", message));
    if window.start == window.end {
        odd("the window has no length; taken as it is".to_owned());
        return window;
    }
    let date = (window.end - TimeDelta::seconds(1)).with_timezone(&zone).date_naive();
    let midnight = local_moment(zone, date, NaiveTime::MIN);
    if window.start >= midnight {
        return window;
    }
    let hours = (window.end - window.start).num_hours();
    odd(format!("the window of {hours} h passes midnight; cut to {date}, on which it ends"));
    TimeWindow { start: midnight, ..window }
}

/// Finds the date of most orders, and notes those of another.
fn note_other_dates(day: &mut LadeDay, file: &str, zone: Tz) {
    let date_of = |order: &LadeOrder| order.window.start.with_timezone(&zone).date_naive();
    let mut counts: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for order in &day.orders {
        *counts.entry(date_of(order)).or_default() += 1;
    }
    day.date = counts.into_iter().max_by_key(|&(_, count)| count).map(|(date, _)| date);
    let Some(most) = day.date else { return };
    let others = day.orders.iter().filter(|order| date_of(order) != most);
    day.notes.extend(others.map(|order| {
        let date = date_of(order);
        let message = format!("the window is on {date}, most are on {most}; taken for {date}");
        let column = Some("time_window_start".to_owned());
        let file = file.to_owned();
        Note { taken: true, remark: Fault { file, line: Some(order.line), column, message } }
    }));
    day.notes.sort_by_key(|note| note.remark.line);
}
