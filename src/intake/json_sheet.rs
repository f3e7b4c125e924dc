//! JSON as rows of named cells: an array of flat objects, or one object.

use super::fault::FaultLog;
use super::sheet::{Columns, Row, column_name};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// One item of a JSON array, not yet read.
pub(super) struct Item<'a> {
    /// Its index in the array.
    pub(super) index: usize,
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    /// Its text.
    pub(super) text: &'a str,
}

impl Item<'_> {
    /// Reports that the item cannot be read, at the line where reading stopped.
    pub(super) fn report(&self, error: &serde_json::Error, log: &mut FaultLog) {
        let line = self.line + (error.line() as u64).saturating_sub(1);
        log.push(line, Some(format!("[{}]", self.index)), &without_position(error));
    }
}

/// The items of an array, or the one object that the text is.
pub(super) fn items<'a>(text: &'a str, log: &mut FaultLog) -> Vec<Item<'a>> {
    let read = if text.trim_start().starts_with('[') {
        serde_json::from_str::<Vec<&'a RawValue>>(text)
    } else {
        serde_json::from_str::<&'a RawValue>(text).map(|object| vec![object])
    };
    let values = read.unwrap_or_else(|error| {
        let byte = format!("byte {}", error.column());
        log.push(error.line() as u64, Some(byte), &without_position(&error));
        Vec::new()
    });
    let (mut line, mut seen) = (1, 0);
    let placed = values.into_iter().enumerate().map(|(index, value)| {
        let start = value.get().as_ptr().addr() - text.as_ptr().addr();
        line += text[seen..start].matches('\n').count() as u64;
        seen = start;
        Item { index, line, text: value.get() }
    });
    placed.collect()
}

/// `serde_json` ends its messages with a position relative to the text it was given; faults carry
/// their own.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned()
}

/// Reads each item's fields into cells.
pub(super) fn rows(text: &str, columns: &Columns, log: &mut FaultLog) -> Vec<Row> {
    let mut rows = Vec::new();
    for item in items(text, log) {
        match serde_json::from_str(item.text) {
            Ok(Fields(fields)) => rows.push(row(&item, fields, columns, log)),
            Err(error) => item.report(&error, log),
        }
    }
    rows
}

fn row(
    item: &Item<'_>,
    fields: Vec<(String, Value)>,
    columns: &Columns,
    log: &mut FaultLog,
) -> Row {
    let mut report = |name: &str, message: &str| {
        log.push(item.line, Some(column_name(Some(item.index), name)), &message);
    };
    let mut given: Vec<Option<Result<String, ()>>> = columns.all().map(|_| None).collect();
    for (name, value) in fields {
        let Some(at) = columns.all().position(|column| column == name) else { continue };
        if given[at].is_some() {
            report(&name, "this field is given twice; keep one");
        }
        given[at] = Some(cell(value).map_err(|message| report(&name, message)));
    }
    let cells = columns.all().zip(given).map(|(name, cell)| match cell {
        Some(cell) => cell.ok(),
        None if columns.is_required(name) => {
            report(name, "this field is missing");
            None
        }
        None => Some(String::new()),
    });
    Row { line: item.line, item: Some(item.index), cells: cells.collect() }
}

/// A value as the text that a CSV cell would hold; a list of texts is joined by `;`.
fn cell(value: Value) -> Result<String, &'static str> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Array(list) => {
            let texts = list.iter().map(|item| item.as_str().ok_or("give a list of texts"));
            Ok(texts.collect::<Result<Vec<_>, _>>()?.join(";"))
        }
        Value::Bool(_) | Value::Object(_) => Err("give a text or a number"),
    }
}

/// The fields of an object in their order, repeated ones included.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the fields of a row")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}
