//! CSV as rows of named cells.
//!
//! Tolerated: a byte-order mark, CRLF, any order of columns, extra columns, blank lines, any case
//! in the header. Refused, with line and column: missing and repeated columns, rows that end
//! early or go on too long, and a quote that never closes.

use super::fault::FaultLog;
use super::sheet::{Columns, Row, quoted};
use csv::{ReaderBuilder, StringRecord};

/// Reads the rows below the header.
pub(super) fn rows(text: &str, columns: &Columns, log: &mut FaultLog) -> Vec<Row> {
    let open = open_quote(text);
    let lines = LineStarts::of(text);
    let mut records = Records::of(text);
    let mut header = None;
    let mut rows = Vec::new();
    while let Some((from, record, to)) = records.next(log) {
        let line = lines.line_at(from);
        if let Some(open) = open.as_ref().filter(|open| to > open.byte) {
            let column = header.as_ref().and_then(|header: &Header| header.name(open.field));
            log.push(
                lines.line_at(open.byte),
                column.map(str::to_owned),
                &"the quote that opens here is never closed; is the end of the file missing?",
            );
            break;
        }
        match &header {
            None => header = Some(Header::of(&record, line, columns, log)),
            Some(header) => rows.push(header.row(&record, line, columns, log)),
        }
    }
    rows
}

/// The records of a text that are not blank, each with the bytes it spans.
struct Records<'a> {
    text: &'a str,
    reader: csv::Reader<&'a [u8]>,
}

impl<'a> Records<'a> {
    fn of(text: &'a str) -> Self {
        let mut builder = ReaderBuilder::new();
        let reader = builder.has_headers(false).flexible(true).from_reader(text.as_bytes());
        Self { text, reader }
    }

    /// The first byte of a record, the record, and the byte after it.
    fn next(&mut self, log: &mut FaultLog) -> Option<(usize, StringRecord, usize)> {
        let mut record = StringRecord::new();
        loop {
            match self.reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    log.push(None, None, &error);
                    return None;
                }
            }
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let from = record.position().map_or(0, csv::Position::byte);
            let from = usize::try_from(from).unwrap_or(self.text.len());
            let to = usize::try_from(self.reader.position().byte()).unwrap_or(self.text.len());
            // The crate counts the line ends before a record to it.
            let line_ends = self.text.as_bytes()[from..].iter().take_while(|b| b"\r\n".contains(b));
            let from = from + line_ends.count();
            return Some((from, record, to));
        }
    }
}

/// Where the known columns are.
struct Header {
    names: Vec<String>,
    /// For each of [`Columns::all`], its index in a record.
    places: Vec<Option<usize>>,
}

impl Header {
    fn of(record: &StringRecord, line: u64, columns: &Columns, log: &mut FaultLog) -> Self {
        let names: Vec<String> = record.iter().map(|n| n.trim().to_ascii_lowercase()).collect();
        if let ([only], Some(mark)) = (&names[..], separator_in(record)) {
            let message =
                format!("the columns of {} are separated by {mark}; use commas", quoted(only));
            log.push(line, None, &message);
            return Self { names, places: vec![None; columns.all().count()] };
        }
        for name in columns.all() {
            let count = names.iter().filter(|given| *given == name).count();
            if count == 0 && columns.is_required(name) {
                let list = columns.required.join(", ");
                let message = format!("this column is missing; the header needs {list}");
                log.push(line, Some(name.to_owned()), &message);
            }
            if count > 1 {
                let message = format!("this column is in the header {count} times; keep one");
                log.push(line, Some(name.to_owned()), &message);
            }
        }
        let places = columns.all().map(|name| names.iter().position(|n| n == name)).collect();
        Self { names, places }
    }

    fn name(&self, field: usize) -> Option<&str> {
        self.names.get(field).map(String::as_str)
    }

    fn row(&self, record: &StringRecord, line: u64, columns: &Columns, log: &mut FaultLog) -> Row {
        let (given, expected) = (record.len(), self.names.len());
        if given < expected {
            let name = self.name(given).map(str::to_owned);
            let message = format!("the row ends here, after {given} of {expected} columns");
            log.push(line, name, &message);
        }
        if record.iter().skip(expected).any(|cell| !cell.trim().is_empty()) {
            let message = format!(
                "the row has {given} fields for {expected} columns; put quotes around texts with commas"
            );
            log.push(line, None, &message);
        }
        let cells = columns.all().zip(&self.places).map(|(name, place)| match place {
            Some(place) => record.get(*place).map(str::to_owned),
            None => (!columns.is_required(name)).then(String::new),
        });
        Row { line, item: None, cells: cells.collect() }
    }
}

/// What a header of one column is likely to be separated by instead of commas.
fn separator_in(record: &StringRecord) -> Option<&'static str> {
    let cell = record.get(0)?;
    [(';', "semicolons"), ('\t', "tabs")].into_iter().find(|(c, _)| cell.contains(*c)).map(|s| s.1)
}

/// A quote that is still open at the end of the text.
struct OpenQuote {
    byte: usize,
    field: usize,
}

/// Finds it by the rules of the csv crate, which takes such a file without a word: a quote opens
/// only at the start of a field, a doubled quote inside is a character.
fn open_quote(text: &str) -> Option<OpenQuote> {
    #[derive(PartialEq)]
    enum In {
        FieldStart,
        Plain,
        Quotes,
        /// A quote inside quotes: the end, or the first of two.
        Closing,
    }
    let (mut state, mut field, mut opened) = (In::FieldStart, 0, OpenQuote { byte: 0, field: 0 });
    for (byte, &b) in text.as_bytes().iter().enumerate() {
        state = match (state, b) {
            (In::Quotes, b'"') => In::Closing,
            (In::Quotes, _) | (In::Closing, b'"') => In::Quotes,
            (In::FieldStart, b'"') => {
                opened = OpenQuote { byte, field };
                In::Quotes
            }
            (_, b',') => {
                field += 1;
                In::FieldStart
            }
            (_, b'\r' | b'\n') => {
                field = 0;
                In::FieldStart
            }
            (In::FieldStart | In::Plain | In::Closing, _) => In::Plain,
        };
    }
    (state == In::Quotes).then_some(opened)
}

/// Where lines begin: after `\n`, or after a `\r` that stands alone.
struct LineStarts(Vec<usize>);

impl LineStarts {
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes
            .iter()
            .enumerate()
            .filter(|&(at, &b)| b == b'\n' || (b == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
        Self(ends.map(|(at, _)| at + 1).collect())
    }

    fn line_at(&self, byte: usize) -> u64 {
        1 + self.0.partition_point(|&start| start <= byte) as u64
    }
}
