//! The faults of a body that was taken in as a file.

use super::problem::{FieldError, Problem};
use crate::intake::{Fault, Faults};

impl From<Faults> for Problem {
    fn from(faults: Faults) -> Self {
        Self::invalid(faults.as_slice().iter().map(FieldError::from).collect())
    }
}

impl From<&Fault> for FieldError {
    /// JSON columns read `[2].lon`; CSV columns are names.
    fn from(fault: &Fault) -> Self {
        let pointer = fault.column.as_deref().and_then(pointer);
        let is_json = pointer.is_some();
        Self {
            pointer,
            line: fault.line.filter(|_| !is_json),
            column: fault.column.clone().filter(|_| !is_json),
            message: fault.message.clone(),
        }
    }
}

/// `[2].lon` as `/2/lon`.
fn pointer(column: &str) -> Option<String> {
    let (item, field) = column.strip_prefix('[')?.split_once(']')?;
    let item: usize = item.parse().ok()?;
    let field = field.strip_prefix('.').unwrap_or(field);
    Some(match field {
        "" => format!("/{item}"),
        field => format!("/{item}/{}", field.replace('~', "~0").replace('/', "~1")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_columns_become_pointers() {
        assert_eq!(pointer("[2].lon").as_deref(), Some("/2/lon"));
        assert_eq!(pointer("[0]").as_deref(), Some("/0"));
        assert_eq!(pointer("closes"), None);
        assert_eq!(pointer("byte 7"), None);
    }
}
