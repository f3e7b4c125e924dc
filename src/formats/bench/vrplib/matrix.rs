//! Matrices that a file spells out.

use super::sections::Sections;
use crate::formats::bench::words::Word;
use crate::formats::fault::Fault;
use crate::formats::limits::TABLE_NODES_MAX;

/// Which cells a file has, row by row. A format by columns is the other half by rows.
#[derive(Clone, Copy)]
enum Layout {
    Full,
    Lower { diagonal: bool },
    Upper { diagonal: bool },
}

const FORMATS: &str = "FULL_MATRIX, LOWER_ROW, UPPER_ROW, LOWER_DIAG_ROW, UPPER_DIAG_ROW or the \
                       same with COL";

impl Layout {
    fn named(word: &Word<'_>) -> Result<Self, Fault> {
        Ok(match word.text {
            "FULL_MATRIX" => Self::Full,
            "LOWER_ROW" | "UPPER_COL" => Self::Lower { diagonal: false },
            "LOWER_DIAG_ROW" | "UPPER_DIAG_COL" => Self::Lower { diagonal: true },
            "UPPER_ROW" | "LOWER_COL" => Self::Upper { diagonal: false },
            "UPPER_DIAG_ROW" | "LOWER_DIAG_COL" => Self::Upper { diagonal: true },
            _ => return Err(word.fault(FORMATS)),
        })
    }

    /// The columns of a row.
    fn columns(self, row: usize, nodes: usize) -> std::ops::Range<usize> {
        match self {
            Self::Full => 0..nodes,
            Self::Lower { diagonal } => 0..row + usize::from(diagonal),
            Self::Upper { diagonal } => row + usize::from(!diagonal)..nodes,
        }
    }
}

/// Lengths for each ordered pair of nodes.
pub(super) fn read(sections: &Sections<'_>, nodes: usize) -> Result<Vec<f64>, Fault> {
    let format = sections.header("EDGE_WEIGHT_FORMAT");
    let format = format.ok_or_else(|| {
        Fault::in_file(format!("found no EDGE_WEIGHT_FORMAT, expected {FORMATS}"))
    })?;
    let layout = Layout::named(&format)?;
    let words = sections
        .words("EDGE_WEIGHT_SECTION")
        .ok_or_else(|| Fault::in_file("found no EDGE_WEIGHT_SECTION, expected it with EXPLICIT"))?;
    if nodes > TABLE_NODES_MAX {
        let message = format!("a matrix of {nodes} nodes: at most {TABLE_NODES_MAX} can be read");
        return Err(Fault::in_file(message));
    }
    let expected: usize = (0..nodes).map(|row| layout.columns(row, nodes).len()).sum();
    if words.len() != expected {
        let message = format!(
            "EDGE_WEIGHT_SECTION has {} numbers, expected {expected}: {} of {nodes} nodes",
            words.len(),
            format.text
        );
        return Err(words.last().map_or_else(|| Fault::in_file(&message), |w| w.refuse(&message)));
    }
    let mut lengths = vec![0.0; nodes * nodes];
    let mut next = words.iter();
    for row in 0..nodes {
        for (column, word) in layout.columns(row, nodes).zip(&mut next) {
            let length = word.positive("length of a way")?;
            lengths[row * nodes + column] = length;
            if !matches!(layout, Layout::Full) {
                lengths[column * nodes + row] = length;
            }
        }
    }
    Ok(lengths)
}
