//! What is wrong with a file, and where.

use std::fmt;

/// The most faults that are kept; the rest is only counted.
const FAULTS_MAX: usize = 50;

/// One thing that is wrong with a file.
///
/// Reads as `line 7, column 12 (/jobs/3/service): …`, with as much of the place as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line and column, from 1.
    pub position: Option<(usize, usize)>,
    /// The value's place in a JSON document, as a JSON pointer.
    pub pointer: Option<String>,
    /// What was found, what was expected, what to do.
    pub message: String,
}

impl Fault {
    pub(super) fn at(line: usize, column: usize, message: impl fmt::Display) -> Self {
        Self { position: Some((line, column)), pointer: None, message: message.to_string() }
    }

    pub(super) fn in_file(message: impl fmt::Display) -> Self {
        Self { position: None, pointer: None, message: message.to_string() }
    }

    pub(super) fn pointer(pointer: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { position: None, pointer: Some(pointer.into()), message: message.to_string() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.position, &self.pointer) {
            (Some((line, column)), Some(pointer)) => {
                write!(f, "line {line}, column {column} ({pointer}): ")?;
            }
            (Some((line, column)), None) => write!(f, "line {line}, column {column}: ")?,
            (None, Some(pointer)) => write!(f, "{pointer}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.message)
    }
}

/// All that is wrong with a file; nothing of it was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    faults: Vec<Fault>,
    more: usize,
}

impl Faults {
    /// The faults, 50 at most.
    #[must_use]
    pub fn as_slice(&self) -> &[Fault] {
        &self.faults
    }

    /// How many there are, those beyond the first 50 included.
    #[must_use]
    pub fn count(&self) -> usize {
        self.faults.len() + self.more
    }

    pub(super) fn push(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// Notes a fault at a place in a JSON document.
    pub(super) fn note(&mut self, pointer: impl Into<String>, message: impl fmt::Display) {
        self.push(Fault::pointer(pointer, message));
    }

    /// The value, if nothing was wrong.
    pub(super) fn finish<T>(self, value: T) -> Result<T, Self> {
        if self.faults.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self { faults: vec![fault], more: 0 }
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

/// A piece of a file in quotes, cut short: a word may hold megabytes.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((cut, _)) => format!("'{}…'", &text[..cut]),
        None => format!("'{text}'"),
    }
}
