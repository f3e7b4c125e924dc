//! Words of a text, each with its line and column.

use crate::formats::fault::{Fault, quoted};

/// The largest number of a benchmark file; sums of squares stay exact enough far beyond.
const NUMBER_MAX: f64 = 1e9;

/// A word and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    line: &'a str,
    number: usize,
    start: usize,
}

/// A line that is not blank.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    pub(super) text: &'a str,
}

/// The text of a file.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let before = String::from_utf8_lossy(before);
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.chars().rev().take_while(|&c| c != '\n').count();
        let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
        Fault::at(line, column, format!("found byte {byte:#04x}, expected text in UTF-8"))
    })
}

/// The lines that are not blank.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let numbered = text.lines().enumerate().map(|(index, text)| Line { number: index + 1, text });
    numbered.filter(|line| !line.text.trim().is_empty())
}

impl<'a> Line<'a> {
    pub(super) fn words(self) -> impl Iterator<Item = Word<'a>> {
        self.text.split_whitespace().map(move |text| Word {
            text,
            line: self.text,
            number: self.number,
            start: text.as_ptr().addr() - self.text.as_ptr().addr(),
        })
    }

    /// A fault at the line's first word.
    pub(super) fn fault(self, message: impl std::fmt::Display) -> Fault {
        let indent = self.text.chars().take_while(|c| c.is_whitespace()).count();
        Fault::at(self.number, indent + 1, message)
    }

    /// The words, if there are as many as columns.
    pub(super) fn exactly<const N: usize>(
        self,
        columns: &[&str; N],
    ) -> Result<[Word<'a>; N], Fault> {
        let words: Vec<Word<'a>> = self.words().collect();
        let count = words.len();
        words.try_into().map_err(|_| {
            let expected = columns.join(", ");
            self.fault(format!("found {count} columns, expected {N}: {expected}"))
        })
    }
}

impl Word<'_> {
    pub(super) fn fault(&self, expected: &str) -> Fault {
        self.refuse(format!("found {}, expected {expected}", quoted(self.text)))
    }

    pub(super) fn refuse(&self, message: impl std::fmt::Display) -> Fault {
        let column = self.line[..self.start].chars().count() + 1;
        Fault::at(self.number, column, message)
    }

    /// What stands behind a colon in the word, as in `CAPACITY :100`.
    pub(super) fn after_colon(self) -> Self {
        match self.text.rfind(':') {
            Some(at) => {
                let text = &self.text[at + 1..];
                Self { text, start: self.start + at + 1, ..self }
            }
            None => self,
        }
    }

    /// A number between -1e9 and 1e9.
    pub(super) fn number(&self, what: &str) -> Result<f64, Fault> {
        let number: f64 =
            self.text.parse().map_err(|_| self.fault(&format!("{what}, a number")))?;
        if number.abs() <= NUMBER_MAX {
            return Ok(number);
        }
        Err(self.fault(&format!("{what}, a number from -1e9 to 1e9")))
    }

    /// A number from 0 to 1e9.
    pub(super) fn positive(&self, what: &str) -> Result<f64, Fault> {
        match self.number(what)? {
            number if number >= 0.0 => Ok(number),
            _ => Err(self.fault(&format!("{what}, a number that is not negative"))),
        }
    }

    /// A whole number; `3.0` is one.
    #[expect(clippy::cast_possible_truncation, reason = "whole and at most 1e9")]
    pub(super) fn whole(&self, what: &str) -> Result<i64, Fault> {
        let expected = || self.fault(&format!("{what}, a whole number"));
        if let Ok(number) = self.text.parse::<i64>() {
            return if number.unsigned_abs() <= 1 << 40 { Ok(number) } else { Err(expected()) };
        }
        match self.number(what)? {
            number if number.fract() == 0.0 => Ok(number as i64),
            _ => Err(expected()),
        }
    }

    /// A whole number from 0.
    pub(super) fn count(&self, what: &str) -> Result<u64, Fault> {
        u64::try_from(self.whole(what)?)
            .map_err(|_| self.fault(&format!("{what}, a whole number that is not negative")))
    }

    /// A time that may be so late that it stands for none.
    pub(super) fn moment(&self, what: &str) -> Result<f64, Fault> {
        match self.text.parse::<f64>() {
            Ok(number) if number >= 0.0 => Ok(number.min(NUMBER_MAX)),
            _ => Err(self.fault(&format!("{what}, a number that is not negative"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_their_line_and_column_in_characters() {
        let all: Vec<Line<'_>> = lines("\n 北京 x\r\n\n7\n").collect();
        let words: Vec<Word<'_>> = all.iter().flat_map(|line| line.words()).collect();
        let places: Vec<_> = words.iter().map(|w| (w.text, w.fault("y").position)).collect();
        let expected = [("北京", Some((2, 2))), ("x", Some((2, 5))), ("7", Some((4, 1)))];
        assert_eq!(places, expected);
    }

    #[test]
    fn numbers_are_finite_and_not_too_large() {
        let read = |text| {
            let line = Line { number: 1, text };
            line.words().next().unwrap().number("x")
        };
        assert_eq!(read("-3.5e2"), Ok(-350.0));
        for bad in ["nan", "inf", "1e10", "x", "1,5"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_placed() {
        let fault = text(b"ab\nc\xffd").unwrap_err();
        assert_eq!(fault.to_string(), "line 2, column 2: found byte 0xff, expected text in UTF-8");
    }
}
