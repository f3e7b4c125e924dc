//! What is wrong with a file, where, and what to do about it.

use std::fmt;

/// The most faults that are kept of one file; the rest is only counted.
const FAULTS_MAX: usize = 200;
/// The longest message, in characters: a cell may hold megabytes, a message quotes the start.
const MESSAGE_CHARS_MAX: usize = 400;

/// One thing that is wrong with a file.
///
/// Reads as `bookings.csv, line 17, column window_end: the window ends before it starts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, as the caller called it.
    pub file: String,
    /// The line, from 1, on which the row (or the JSON value) begins.
    pub line: Option<u64>,
    /// A column's name, in JSON `[2].lon` (the third item's field); or `byte N` of the line,
    /// from 1, where the fault lies below the level of columns.
    pub column: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        match &self.column {
            Some(byte) if byte.starts_with("byte ") => write!(f, ", {byte}")?,
            Some(column) => write!(f, ", column {column}")?,
            None => {}
        }
        write!(f, ": {}", self.message)
    }
}

/// All faults of a file, in the order of its lines; nothing of the file was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    faults: Vec<Fault>,
    more: usize,
}

impl Faults {
    /// The faults, 200 at most.
    #[must_use]
    pub fn as_slice(&self) -> &[Fault] {
        &self.faults
    }

    /// How many there are, those beyond the first 200 included.
    #[must_use]
    pub fn count(&self) -> usize {
        self.faults.len() + self.more
    }
}

impl fmt::Display for Faults {
    /// One fault a line, no newline at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            let newline = if index == 0 { "" } else { "\n" };
            write!(f, "{newline}{fault}")?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for Faults {}

/// Collects the faults of one file while it is read.
pub(super) struct FaultLog {
    file: String,
    faults: Vec<Fault>,
    more: usize,
}

impl FaultLog {
    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), faults: Vec::new(), more: 0 }
    }

    /// A fault of this file, not yet counted against it.
    pub(super) fn fault(
        &self,
        line: Option<u64>,
        column: Option<String>,
        message: &dyn fmt::Display,
    ) -> Fault {
        let message = shortened(&message.to_string(), MESSAGE_CHARS_MAX);
        Fault { file: self.file.clone(), line, column, message }
    }

    /// Counts a fault.
    pub(super) fn push(
        &mut self,
        line: impl Into<Option<u64>>,
        column: Option<String>,
        message: &dyn fmt::Display,
    ) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(self.fault(line.into(), column, message));
        } else {
            self.more += 1;
        }
    }

    /// The value when there was no fault, else the faults in the order of their lines.
    pub(super) fn finish<T>(mut self, value: T) -> Result<T, Faults> {
        if self.faults.is_empty() {
            return Ok(value);
        }
        self.faults.sort_by_key(|fault| fault.line);
        Err(Faults { faults: self.faults, more: self.more })
    }
}

/// The first `chars` characters, with an ellipsis where something was cut off.
pub(super) fn shortened(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_as_file_line_column_and_message() {
        let log = FaultLog::new("bookings.csv");
        let at = |line, column: Option<&str>| {
            log.fault(line, column.map(str::to_owned), &"it is wrong").to_string()
        };
        assert_eq!(
            at(Some(17), Some("window_end")),
            "bookings.csv, line 17, column window_end: it is wrong"
        );
        assert_eq!(at(Some(3), Some("byte 9")), "bookings.csv, line 3, byte 9: it is wrong");
        assert_eq!(at(None, None), "bookings.csv: it is wrong");
    }

    #[test]
    fn faults_come_in_the_order_of_lines_and_the_rest_is_counted() {
        let mut log = FaultLog::new("f");
        for line in (1..=250).rev() {
            log.push(line, None, &"x".repeat(1_000));
        }
        let faults = log.finish(()).unwrap_err();
        assert_eq!(faults.count(), 250);
        assert_eq!(faults.as_slice()[0].line, Some(51));
        assert!(faults.to_string().ends_with("…\nand 50 more"));
    }
}
