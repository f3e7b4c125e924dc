//! A square grid over points on a plane, for the nearest of very many.

use super::number::{count, real, whole};

/// Points by cell.
#[derive(Clone)]
pub(super) struct Cells {
    points: Vec<[f64; 2]>,
    origin: [f64; 2],
    size: f64,
    columns: usize,
    rows: usize,
    starts: Vec<u32>,
    members: Vec<u32>,
}

/// Points in a cell on average.
const PER_CELL: f64 = 3.0;

impl Cells {
    pub(super) fn new(points: Vec<[f64; 2]>) -> Self {
        let least = |axis: usize| points.iter().map(|p| p[axis]).fold(f64::INFINITY, f64::min);
        let most = |axis: usize| points.iter().map(|p| p[axis]).fold(f64::NEG_INFINITY, f64::max);
        let origin = [least(0), least(1)];
        let extent = [most(0) - origin[0], most(1) - origin[1]].map(|side| side.max(1e-9));
        let size = (extent[0] * extent[1] * PER_CELL / real(points.len().max(1))).sqrt();
        let size = size.max(extent[0].max(extent[1]) / 4_096.0);
        let (columns, rows) =
            (whole(extent[0] / size) as usize + 1, whole(extent[1] / size) as usize + 1);
        let mut cells =
            Self { points, origin, size, columns, rows, starts: vec![], members: vec![] };
        cells.fill();
        cells
    }

    fn fill(&mut self) {
        let homes: Vec<usize> = self.points.iter().map(|&point| self.home(point)).collect();
        let mut starts = vec![0_u32; self.columns * self.rows + 1];
        for &home in &homes {
            starts[home + 1] += 1;
        }
        for cell in 1..starts.len() {
            starts[cell] += starts[cell - 1];
        }
        let mut next = starts.clone();
        self.members = vec![0; homes.len()];
        for (point, &home) in homes.iter().enumerate() {
            self.members[next[home] as usize] = count(point);
            next[home] += 1;
        }
        self.starts = starts;
    }

    fn column_row(&self, point: [f64; 2]) -> (usize, usize) {
        let at = |axis: usize| whole((point[axis] - self.origin[axis]) / self.size) as usize;
        (at(0).min(self.columns - 1), at(1).min(self.rows - 1))
    }

    fn home(&self, point: [f64; 2]) -> usize {
        let (column, row) = self.column_row(point);
        row * self.columns + column
    }

    /// At least `most` points around point `index` (all there are, if fewer), nearest cells first.
    pub(super) fn around(&self, index: u32, most: usize) -> Vec<u32> {
        let (column, row) = self.column_row(self.points[index as usize]);
        let mut found = Vec::with_capacity(most * 2);
        let mut enough_at = None;
        let widest = self.columns.max(self.rows);
        for ring in 0..=widest {
            self.ring(column, row, ring, &mut found);
            // One ring more than needed: the corners of the last square are not its nearest.
            match enough_at {
                None if found.len() > most => enough_at = Some(ring + ring.div_ceil(3)),
                _ => {}
            }
            if enough_at.is_some_and(|last| ring >= last) {
                break;
            }
        }
        found
    }

    fn ring(&self, column: usize, row: usize, ring: usize, found: &mut Vec<u32>) {
        let low = |at: usize| at.saturating_sub(ring);
        let (right, bottom) =
            ((column + ring).min(self.columns - 1), (row + ring).min(self.rows - 1));
        for y in low(row)..=bottom {
            let edge = y + ring == row || y == row + ring;
            for x in low(column)..=right {
                if edge || x + ring == column || x == column + ring {
                    let cell = y * self.columns + x;
                    let members = self.starts[cell] as usize..self.starts[cell + 1] as usize;
                    found.extend_from_slice(&self.members[members]);
                }
            }
        }
    }

    /// Points in an order that keeps near ones together: along a curve through the cells.
    pub(super) fn order(&self) -> Vec<u32> {
        let mut order: Vec<(u64, u32)> = (0..count(self.points.len()))
            .map(|point| {
                let (column, row) = self.column_row(self.points[point as usize]);
                (hilbert(count(column), count(row)), point)
            })
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, point)| point).collect()
    }
}

/// The position of a cell on Hilbert's curve of order 16.
fn hilbert(mut x: u32, mut y: u32) -> u64 {
    let mut position = 0_u64;
    let mut side = 1_u32 << 15;
    while side > 0 {
        let (right, up) = (u32::from(x & side > 0), u32::from(y & side > 0));
        position += u64::from(side) * u64::from(side) * u64::from((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                x = (side.wrapping_mul(2) - 1) & !x;
                y = (side.wrapping_mul(2) - 1) & !y;
            }
            std::mem::swap(&mut x, &mut y);
        }
        x &= side.wrapping_sub(1);
        y &= side.wrapping_sub(1);
        side /= 2;
    }
    position
}
