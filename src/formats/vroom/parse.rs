//! From bytes to the document, or to a fault with line, column and path.

use super::document::Document;
use crate::formats::fault::Fault;
use serde_path_to_error::{Path, Segment};
use std::fmt::Write as _;

/// Paths cost time, so that they are looked for only where there is a fault to place.
pub(super) fn parse(bytes: &[u8]) -> Result<Document, Fault> {
    serde_json::from_slice(bytes).map_err(|error| {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let again: Result<Document, _> = serde_path_to_error::deserialize(&mut deserializer);
        match again {
            Err(placed) => fault(placed.inner(), pointer(placed.path())),
            // What follows the document is wrong, and belongs to no path.
            Ok(_) => fault(&error, None),
        }
    })
}

fn fault(error: &serde_json::Error, pointer: Option<String>) -> Fault {
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let position = (error.line() > 0).then(|| (error.line(), error.column().max(1)));
    Fault { position, pointer, message: found(message) }
}

/// A message in the words of the other faults.
fn found(message: &str) -> String {
    let kinds = ["invalid type: ", "invalid value: ", "invalid "];
    let rest = kinds.iter().find_map(|kind| message.strip_prefix(kind));
    match rest {
        Some(rest) if rest.contains(", expected ") => format!("found {rest}"),
        _ => message.to_owned(),
    }
}

/// A path as a JSON pointer; nothing at the root.
fn pointer(path: &Path) -> Option<String> {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => {
                let _ = write!(pointer, "/{index}");
            }
            Segment::Map { key } => {
                let _ = write!(pointer, "/{}", escaped(key));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    (!pointer.is_empty()).then_some(pointer)
}

/// A key as a part of a JSON pointer (RFC 6901).
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
