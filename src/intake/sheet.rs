//! A file as rows of named cells, whether it came as CSV or as JSON.
//!
//! The readers of hubs, couriers, shifts and bookings see only [`Row`]s. Whatever is wrong with
//! the file's form (encoding, header, quotes, short rows) is reported here, once; a cell that was
//! already reported reads as `None`, so that no fault is told twice.

use super::fault::{FaultLog, shortened};
use super::{csv_sheet, json_sheet};
use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;

/// The columns a reader knows. Others are ignored.
pub(super) struct Columns {
    /// Must be in the header (in JSON: in every item).
    pub(super) required: &'static [&'static str],
    /// May be left out, which is the same as empty.
    pub(super) optional: &'static [&'static str],
}

impl Columns {
    /// All known columns, the required ones first.
    pub(super) fn all(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.required.iter().chain(self.optional).copied()
    }

    pub(super) fn is_required(&self, column: &str) -> bool {
        self.required.contains(&column)
    }

    fn index(&self, column: &str) -> Option<usize> {
        self.all().position(|name| name == column)
    }
}

/// One row of a CSV file or one object of a JSON array.
pub(super) struct Row {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    /// Its index in a JSON array.
    pub(super) item: Option<usize>,
    /// In the order of [`Columns::all`]; `None` where a fault was reported.
    pub(super) cells: Vec<Option<String>>,
}

impl Row {
    /// How a column of this row is called in a fault.
    fn column(&self, name: &str) -> String {
        column_name(self.item, name)
    }
}

/// `lon` in CSV, `[2].lon` in JSON.
pub(super) fn column_name(item: Option<usize>, name: &str) -> String {
    item.map_or_else(|| name.to_owned(), |item| format!("[{item}].{name}"))
}

/// Reads the rows of a file, CSV or JSON by its first character.
pub(super) fn rows(bytes: &[u8], columns: &Columns, log: &mut FaultLog) -> Vec<Row> {
    let Some(Decoded { text, damaged }) = decode(bytes, log) else { return Vec::new() };
    let text = text.as_str();
    let mut rows = match text.trim_start().chars().next() {
        Some('[' | '{') => json_sheet::rows(text, columns, log),
        Some(_) => csv_sheet::rows(text, columns, log),
        None => {
            let header = columns.required.join(",");
            log.push(None, None, &format!("the file is empty; its first line should be {header}"));
            Vec::new()
        }
    };
    if damaged {
        // The bytes at fault were reported when the text was decoded.
        for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
            cell.take_if(|text| text.contains(char::REPLACEMENT_CHARACTER));
        }
    }
    rows
}

/// A file's text, and whether some of its bytes had to be replaced.
pub(super) struct Decoded {
    pub(super) text: String,
    damaged: bool,
}

/// The file as text without a byte-order mark. Each line that is not UTF-8 is a fault; what can
/// be read around it still is, so that the other faults of the file show as well.
pub(super) fn decode(bytes: &[u8], log: &mut FaultLog) -> Option<Decoded> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        log.push(1, Some("byte 1".to_owned()), &"the file is UTF-16; save it as UTF-8");
        return None;
    }
    let damaged = std::str::from_utf8(bytes).is_err();
    if damaged {
        for (line, content) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
            if let Err(error) = std::str::from_utf8(content) {
                let byte = format!("byte {}", error.valid_up_to() + 1);
                log.push(line, Some(byte), &"this is not UTF-8; save the file as UTF-8");
            }
        }
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
    Some(Decoded { text, damaged })
}

/// The fault is in the log: whoever gets this has nothing more to tell.
#[derive(Debug)]
pub(super) struct Reported;

/// Reads the cells of one row, reporting what cannot be read.
pub(super) struct RowReader<'a> {
    pub(super) columns: &'a Columns,
    pub(super) row: &'a Row,
    pub(super) log: &'a mut FaultLog,
}

impl<'a> RowReader<'a> {
    /// The trimmed text of a cell, perhaps empty.
    pub(super) fn text(&self, column: &str) -> Result<&'a str, Reported> {
        let index = self.columns.index(column).ok_or(Reported)?;
        let cell = self.row.cells.get(index).and_then(Option::as_deref);
        cell.map(str::trim).ok_or(Reported)
    }

    /// A cell that must not be empty.
    pub(super) fn parsed<T, E: Display>(
        &mut self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Reported> {
        match self.optional(column, parse)? {
            Some(value) => Ok(value),
            None => self.fault(column, &"is empty; a value is needed here"),
        }
    }

    /// A cell that may be empty.
    pub(super) fn optional<T, E: Display>(
        &mut self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Reported> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        match parse(text) {
            Ok(value) => Ok(Some(value)),
            Err(error) => self.fault(column, &error),
        }
    }

    /// Reports a fault of this row, for the caller to return.
    pub(super) fn fault<T>(&mut self, column: &str, message: &dyn Display) -> Result<T, Reported> {
        self.report(column, message);
        Err(Reported)
    }

    /// Reports a fault of this row, of which the rest is still read.
    pub(super) fn report(&mut self, column: &str, message: &dyn Display) {
        self.log.push(self.row.line, Some(self.row.column(column)), message);
    }
}

/// Finds values that must be unique over a file.
pub(super) struct Unique<K>(HashMap<K, u64>);

impl<K: Hash + Eq + Clone + Display> Unique<K> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    /// Reports `key` when an earlier row had it.
    pub(super) fn check(&mut self, reader: &mut RowReader<'_>, column: &str, key: &K) {
        if let Some(line) = self.0.get(key) {
            let quoted = quoted(&key.to_string());
            reader.report(column, &format!("{quoted} is already given on line {line}"));
        } else {
            self.0.insert(key.clone(), reader.row.line);
        }
    }
}

/// The start of a text in quotes, for messages.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", shortened(text, 40))
}

/// Says that a name is unknown, and which are known where they are few.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    const SHOWN_MAX: usize = 8;
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    let list = match known.len() {
        0 => "none is known; import them first".to_owned(),
        1..=SHOWN_MAX => format!("known: {}", known.join(", ")),
        n => format!("{n} are known, such as {}", known[..3].join(", ")),
    };
    format!("there is no {what} {}; {list}", quoted(name))
}
