//! Matrices, read row by row into one array.

use super::values::{Span, SpeedFactor};
use crate::formats::fault::Faults;
use crate::formats::limits::LONG;
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use std::fmt;
use std::sync::Arc;

/// An array of arrays of numbers.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    pub(super) rows: usize,
    cells: Vec<i32>,
    /// The first row that is not as long as the first, and its length.
    ragged: Option<(usize, usize)>,
    width: usize,
}

impl Matrix {
    /// Notes what keeps this from being a matrix of so many places.
    pub(super) fn check(&self, places: usize, pointer: &str, faults: &mut Faults) {
        if let Some((row, length)) = self.ragged {
            let message = format!("found {length} numbers, expected {} as in row 0", self.width);
            faults.note(format!("{pointer}/{row}"), message);
        } else if self.rows != self.width {
            let message = format!(
                "found {} rows of {} numbers, expected as many rows as numbers in a row",
                self.rows, self.width
            );
            faults.note(pointer, message);
        } else if self.rows != places {
            let message = format!(
                "found {} rows, expected {places} as in the other matrices: an index means the \
                 same place in all",
                self.rows
            );
            faults.note(pointer, message);
        }
    }

    pub(super) fn cells(&self) -> Arc<[i32]> {
        self.cells.as_slice().into()
    }

    /// Durations for a vehicle so much faster, rounded.
    pub(super) fn at_speed(&self, factor: SpeedFactor) -> Option<Arc<[i32]>> {
        let factor = i64::from(factor.0);
        let scaled = |cell: i32| (i64::from(cell) * 200 + factor) / (2 * factor);
        let fits = |seconds: i64| i32::try_from(seconds).ok().filter(|&seconds| seconds <= LONG);
        self.cells.iter().map(|&cell| fits(scaled(cell))).collect()
    }

    /// Costs in parts of a unit.
    pub(super) fn in_parts(&self, parts: i64) -> Option<Arc<[i32]>> {
        let scaled = |&cell: &i32| i32::try_from(i64::from(cell).checked_mul(parts)?).ok();
        self.cells.iter().map(scaled).collect()
    }
}

impl<'de> Deserialize<'de> for Matrix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(MatrixVisitor)
    }
}

struct MatrixVisitor;

impl<'de> Visitor<'de> for MatrixVisitor {
    type Value = Matrix;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a matrix: an array of arrays of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Self::Value, A::Error> {
        let mut matrix = Matrix::default();
        while let Some(length) = rows.next_element_seed(Row(&mut matrix.cells))? {
            if matrix.rows == 0 {
                matrix.width = length;
            } else if length != matrix.width && matrix.ragged.is_none() {
                matrix.ragged = Some((matrix.rows, length));
            }
            matrix.rows += 1;
        }
        Ok(matrix)
    }
}

/// Appends a row's numbers; answers how many there were.
struct Row<'a>(&'a mut Vec<i32>);

impl<'de> serde::de::DeserializeSeed<'de> for Row<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of a matrix: an array of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<usize, A::Error> {
        let before = self.0.len();
        while let Some(cell) = items.next_element::<Span>()? {
            self.0.push(cell.signed());
        }
        Ok(self.0.len() - before)
    }
}
