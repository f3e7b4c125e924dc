//! A VRPLIB file told apart into its header and its sections.

use crate::formats::bench::words::{self, Line, Word};
use crate::formats::fault::{Fault, Faults, quoted};
use std::collections::HashMap;

/// Sections that are read, or that say nothing about the problem.
const SECTIONS: [&str; 8] = [
    "NODE_COORD_SECTION",
    "DEMAND_SECTION",
    "DEPOT_SECTION",
    "EDGE_WEIGHT_SECTION",
    "TIME_WINDOW_SECTION",
    "SERVICE_TIME_SECTION",
    "RELEASE_TIME_SECTION",
    "DISPLAY_DATA_SECTION",
];

/// Header lines that are read, or that say nothing about the problem.
const HEADERS: [&str; 12] = [
    "NAME",
    "COMMENT",
    "TYPE",
    "DIMENSION",
    "CAPACITY",
    "VEHICLES",
    "DISTANCE",
    "SERVICE_TIME",
    "EDGE_WEIGHT_TYPE",
    "EDGE_WEIGHT_FORMAT",
    "NODE_COORD_TYPE",
    "DISPLAY_DATA_TYPE",
];

/// A file's parts by their names.
pub(super) struct Sections<'a> {
    headers: HashMap<String, Word<'a>>,
    sections: HashMap<String, Section<'a>>,
}

struct Section<'a> {
    words: Vec<Word<'a>>,
}

/// Rows of as many words as there are columns.
#[derive(Clone)]
pub(super) struct Values<'a> {
    words: Vec<Word<'a>>,
    columns: usize,
}

impl<'a> Sections<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Faults> {
        let mut all = Self { headers: HashMap::new(), sections: HashMap::new() };
        let mut faults = Faults::default();
        let mut open: Option<String> = None;
        for line in words::lines(text) {
            if line.text.trim() == "EOF" {
                break;
            }
            match all.take(line, open.take()) {
                Ok(next) => open = next,
                Err(fault) => {
                    faults.push(fault);
                    break;
                }
            }
        }
        faults.finish(all)
    }

    /// Takes a line in; returns the section that is open behind it.
    fn take(&mut self, line: Line<'a>, open: Option<String>) -> Result<Option<String>, Fault> {
        let name = line.text.trim().trim_end_matches(':').trim_end();
        if name.ends_with("_SECTION") && !name.contains(char::is_whitespace) {
            return self.begin(line, name).map(Some);
        }
        if let Some(colon) = line.text.find(':') {
            self.header_line(line, colon)?;
            return Ok(open);
        }
        match open.as_ref().and_then(|name| self.sections.get_mut(name)) {
            Some(section) => {
                section.words.extend(line.words());
                Ok(open)
            }
            None => Err(line.fault(format!(
                "found {}, expected a header line such as 'DIMENSION : 101' or the name of a \
                 section",
                quoted(line.text.trim())
            ))),
        }
    }

    fn begin(&mut self, line: Line<'a>, name: &str) -> Result<String, Fault> {
        if !SECTIONS.contains(&name) {
            let known = SECTIONS.join(", ");
            let message = format!("found {}, expected one of {known}", quoted(name));
            return Err(line.fault(message));
        }
        if self.sections.insert(name.to_owned(), Section { words: Vec::new() }).is_some() {
            return Err(line.fault(format!("found {name} a second time, expected once")));
        }
        Ok(name.to_owned())
    }

    fn header_line(&mut self, line: Line<'a>, colon: usize) -> Result<(), Fault> {
        let name = line.text[..colon].trim();
        if !HEADERS.contains(&name) {
            let known = HEADERS.join(", ");
            let message = format!("found header {}, expected one of {known}", quoted(name));
            return Err(line.fault(message));
        }
        if matches!(name, "NAME" | "COMMENT") {
            return Ok(());
        }
        let start = line.text.as_ptr().addr();
        let ends = |word: &Word<'_>| word.text.as_ptr().addr() - start + word.text.len();
        let Some(word) = line.words().find(|word| ends(word) > colon + 1) else {
            return Err(line.fault(format!("found no value of {name}, expected one")));
        };
        self.headers.insert(name.to_owned(), word.after_colon());
        Ok(())
    }

    pub(super) fn header(&self, name: &str) -> Option<Word<'a>> {
        self.headers.get(name).copied()
    }

    pub(super) fn words(&self, name: &str) -> Option<&[Word<'a>]> {
        self.sections.get(name).map(|section| section.words.as_slice())
    }

    /// A section as rows.
    pub(super) fn values(
        &self,
        name: &'static str,
        columns: &[&'static str],
    ) -> Result<Option<Values<'a>>, Fault> {
        let Some(section) = self.sections.get(name) else { return Ok(None) };
        let (words, width) = (section.words.clone(), columns.len());
        if words.len() % width == 0 {
            return Ok(Some(Values { words, columns: width }));
        }
        let columns = columns.join(", ");
        let message = format!("{name} ends within a row, expected rows of {width}: {columns}");
        Err(words.last().map_or_else(|| Fault::in_file(&message), |word| word.refuse(&message)))
    }
}

impl<'a> Values<'a> {
    pub(super) fn rows(&self) -> impl Iterator<Item = &[Word<'a>]> {
        self.words.chunks_exact(self.columns)
    }

    /// Each row's first word, a node's number.
    pub(super) fn numbers(&self) -> Result<Vec<(u64, Option<Word<'a>>)>, Fault> {
        self.rows().map(|row| Ok((row[0].count("number of a node")?, Some(row[0])))).collect()
    }
}
