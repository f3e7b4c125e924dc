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

/// Points around one, and what they were chosen by: kept from one to the next.
#[derive(Default)]
pub(super) struct Around {
    keys: Vec<u64>,
    /// The points, in no order.
    pub(super) points: Vec<u32>,
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

    /// Looks for the `most` points nearest to point `index`, itself among them (all there are, if
    /// fewer). Those of the cells around count: of the farthest, a few may be missing.
    pub(super) fn around(&self, index: u32, most: usize, found: &mut Around) {
        self.closest(index, most, &mut found.keys);
        found.points.clear();
        found.points.extend(found.keys.iter().map(|&key| point_of(key, index)));
    }

    /// The `most` points nearest to point `index`, nearest first. Of those at the same place, each
    /// point has others first.
    pub(super) fn nearest(&self, index: u32, most: usize) -> Vec<u32> {
        let mut keys = Vec::new();
        self.closest(index, most, &mut keys);
        keys.sort_unstable();
        keys.into_iter().map(|key| point_of(key, index)).collect()
    }

    /// Keys of the `most` points nearest to one, in no order.
    fn closest(&self, index: u32, most: usize, keys: &mut Vec<u64>) {
        self.square(index, most, keys);
        if keys.len() > most && most > 0 {
            keys.select_nth_unstable(most - 1);
            keys.truncate(most);
        }
    }

    /// Keys of more than `most` points around one: of whole cells, ring by ring.
    fn square(&self, index: u32, most: usize, keys: &mut Vec<u64>) {
        let centre = self.points[index as usize];
        let (column, row) = self.column_row(centre);
        keys.clear();
        let mut enough_at = None;
        let widest = self.columns.max(self.rows);
        for ring in 0..=widest {
            self.ring(column, row, ring, |members| {
                let key = |&point: &u32| key(centre, self.points[point as usize], point ^ index);
                keys.extend(members.iter().map(key));
            });
            // One ring more than needed: the corners of the last square are not its nearest.
            match enough_at {
                None if keys.len() > most => enough_at = Some(ring + ring.div_ceil(3).max(1)),
                _ => {}
            }
            if enough_at.is_some_and(|last| ring >= last) {
                break;
            }
        }
    }

    /// Shows the members of each cell in a ring.
    fn ring(&self, column: usize, row: usize, ring: usize, mut show: impl FnMut(&[u32])) {
        let low = |at: usize| at.saturating_sub(ring);
        let (right, bottom) =
            ((column + ring).min(self.columns - 1), (row + ring).min(self.rows - 1));
        for y in low(row)..=bottom {
            let edge = y + ring == row || y == row + ring;
            for x in low(column)..=right {
                if edge || x + ring == column || x == column + ring {
                    let cell = y * self.columns + x;
                    let members = self.starts[cell] as usize..self.starts[cell + 1] as usize;
                    show(&self.members[members]);
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

/// A point's squared distance, its last digits left out, and what tells it from others in the bits below.
fn key(centre: [f64; 2], at: [f64; 2], mark: u32) -> u64 {
    let [x, y] = [centre[0] - at[0], centre[1] - at[1]];
    (x * x + y * y).to_bits() >> u32::BITS << u32::BITS | u64::from(mark)
}

/// The point of a key around point `index`.
#[expect(clippy::cast_possible_truncation, reason = "the bits below are the mark")]
fn point_of(key: u64, index: u32) -> u32 {
    key as u32 ^ index
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solver::search::dice::Dice;

    #[test]
    fn nearly_all_of_the_nearest_are_found_in_their_order() {
        let mut dice = Dice::new(1, 0);
        // Half of them crowd together.
        let mut point = |spread: f64| [dice.unit() * spread, dice.unit() * spread];
        let points: Vec<[f64; 2]> =
            (0..2_000).map(|at| point(if at % 2 == 0 { 1.0 } else { 0.1 })).collect();
        let cells = Cells::new(points.clone());
        let (most, mut missing) = (50, 0);
        for index in (0..2_000).step_by(37) {
            let square = |&other: &u32| {
                let [a, b] = [points[index as usize], points[other as usize]];
                (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)
            };
            let mut all: Vec<u32> = (0..2_000).collect();
            all.sort_by(|a, b| square(a).total_cmp(&square(b)));
            let found = cells.nearest(index, most);
            assert_eq!((found.len(), found[0]), (most, index));
            assert!(found.is_sorted_by(|a, b| square(a) <= square(b) * 1.000_01));
            missing += all[..most].iter().filter(|other| !found.contains(other)).count();
            let mut around = Around::default();
            cells.around(index, most, &mut around);
            assert_eq!(sorted(around.points), sorted(found));
        }
        assert!(missing < 55 * most / 100, "{missing} missing");
        assert_eq!(cells.nearest(0, 5_000).len(), 2_000);
    }

    #[test]
    fn of_many_at_one_place_each_is_near_to_some() {
        let mut points = vec![[1.0, 1.0]; 300];
        points.extend([[0.0, 0.0], [2.0, 2.0]]);
        let cells = Cells::new(points);
        let others = |index| cells.nearest(index, 20).into_iter().skip(1);
        let mut found: Vec<u32> = (0..300).flat_map(others).collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, (0..300).collect::<Vec<_>>());
    }

    fn sorted(mut points: Vec<u32>) -> Vec<u32> {
        points.sort_unstable();
        points
    }
}
