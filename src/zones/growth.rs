//! Cutting a connected set of tiles into connected parts of about one shift's work.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::adjacency;
use super::counts::Tiles;
use crate::geo::{CellIndex, centre};

/// A piece cut off from the rest stays a part of its own from this share of a shift, in percent;
/// below, it joins the side that cut it off.
const OWN_PART_PERCENT: i128 = 60;

/// The tiles as a graph. Index `i` is the same tile in each array.
pub(super) struct Graph {
    /// The work in tile `i`, seconds.
    pub(super) work_s: Vec<i64>,
    /// The tiles that touch tile `i`, ascending.
    pub(super) neighbours: Vec<Vec<u32>>,
    /// The middle of tile `i` on the unit sphere, where straight distances hold all over the globe.
    middle: Vec<[f64; 3]>,
}

impl Graph {
    /// The graph of a tiling.
    pub(super) fn new(tiles: &Tiles) -> Self {
        Self {
            work_s: tiles.work_s.clone(),
            neighbours: adjacency::neighbours(&tiles.cells),
            middle: tiles.cells.iter().map(|&cell| on_sphere(cell)).collect(),
        }
    }

    /// The work of a set of tiles, seconds.
    pub(super) fn sum_s(&self, part: &[u32]) -> i64 {
        part.iter().fold(0, |sum: i64, &tile| sum.saturating_add(self.work_s[tile as usize]))
    }

    /// Splits a set of tiles into its connected components, in the order of their first tiles.
    fn components(&self, part: &[u32]) -> Vec<Vec<u32>> {
        let mut free = self.mask(part);
        let mut components = Vec::new();
        for &start in part {
            let mut component = Vec::new();
            let mut open = vec![start];
            while let Some(tile) = open.pop() {
                if std::mem::take(&mut free[tile as usize]) {
                    component.push(tile);
                    open.extend(&self.neighbours[tile as usize]);
                }
            }
            if !component.is_empty() {
                component.sort_unstable();
                components.push(component);
            }
        }
        components
    }

    /// Marks the tiles of a set.
    fn mask(&self, part: &[u32]) -> Vec<bool> {
        let mut mask = vec![false; self.work_s.len()];
        for &tile in part {
            mask[tile as usize] = true;
        }
        mask
    }

    /// The tile with work, or any where there is none, that lies farthest from a position.
    fn farthest(&self, part: &[u32], from: [f64; 3]) -> u32 {
        let key = |&&tile: &&u32| {
            let tile = tile as usize;
            (self.work_s[tile] > 0, Ordered(distance2(self.middle[tile], from)))
        };
        part.iter().max_by_key(key).copied().unwrap_or_default()
    }

    /// The position in the middle of a set of tiles.
    fn centroid(&self, part: &[u32]) -> [f64; 3] {
        let mut sum = [0.0; 3];
        for &tile in part.iter().filter(|&&tile| self.work_s[tile as usize] > 0) {
            for (axis, value) in sum.iter_mut().zip(self.middle[tile as usize]) {
                *axis += value;
            }
        }
        let length = distance2(sum, [0.0; 3]).sqrt().max(f64::MIN_POSITIVE);
        sum.map(|axis| axis / length)
    }
}

/// Cuts all tiles into connected parts of about `target_s` each.
pub(super) fn partition(graph: &Graph, target_s: i64) -> Vec<Vec<u32>> {
    let all: Vec<u32> = (0..).take(graph.work_s.len()).collect();
    let mut open = graph.components(&all);
    let mut parts = Vec::new();
    while let Some(part) = open.pop() {
        match cut(graph, &part, target_s) {
            Some(pieces) => open.extend(pieces),
            None => parts.push(part),
        }
    }
    parts
}

/// Cuts a connected part near the middle of its work, in the better of two directions. `None` if
/// it is nearer to one shift's work than to two, or a single tile.
fn cut(graph: &Graph, part: &[u32], target_s: i64) -> Option<Vec<Vec<u32>>> {
    let shifts = shifts(graph.sum_s(part), target_s);
    if shifts < 2 {
        return None;
    }
    let wanted_s = share(graph.sum_s(part), shifts / 2, shifts);
    let one_end = graph.farthest(part, graph.centroid(part));
    let other_end = graph.farthest(part, graph.middle[one_end as usize]);
    [one_end, other_end]
        .into_iter()
        .map(|seed| cut_from(graph, part, seed, wanted_s, target_s))
        .filter(|pieces| pieces.len() > 1)
        .min_by_key(|pieces| {
            pieces.iter().map(|piece| misfit_s(graph.sum_s(piece), target_s)).sum::<i128>()
        })
}

/// Grows a region of `wanted_s` from `seed`; the pieces are the region, with whatever small it cut
/// off, and the rest.
fn cut_from(graph: &Graph, part: &[u32], seed: u32, wanted_s: i64, target_s: i64) -> Vec<Vec<u32>> {
    let mut region = region(graph, part, seed, wanted_s);
    let grown = graph.mask(&region);
    let rest: Vec<u32> = part.iter().copied().filter(|&tile| !grown[tile as usize]).collect();
    let mut pieces = graph.components(&rest);
    // The heaviest comes first and stays if it has any work; the first of equals, so that the
    // answer is one and the same.
    pieces.sort_by_key(|piece| Reverse(graph.sum_s(piece)));
    let own_s = i128::from(target_s) * OWN_PART_PERCENT / 100;
    let stays =
        |rank: usize, piece_s: i64| piece_s > 0 && (rank == 0 || i128::from(piece_s) >= own_s);
    let ranked = pieces.iter().enumerate();
    let own = ranked.take_while(|(rank, piece)| stays(*rank, graph.sum_s(piece))).count();
    for small in pieces.split_off(own) {
        region.extend(small);
    }
    region.sort_unstable();
    pieces.push(region);
    pieces
}

/// Grows from `seed` over adjacent tiles, nearest to the seed first, to `wanted_s` of work. A tile
/// that would overshoot by more than is missing is passed over.
fn region(graph: &Graph, part: &[u32], seed: u32, wanted_s: i64) -> Vec<u32> {
    let mut free = graph.mask(part);
    let origin = graph.middle[seed as usize];
    let mut rim = BinaryHeap::from([(Reverse(Ordered(0.0)), Reverse(seed))]);
    let mut region = Vec::new();
    let mut missing_s = i128::from(wanted_s);
    while let Some((_, Reverse(tile))) = rim.pop() {
        let work_s = i128::from(graph.work_s[tile as usize]);
        let overshoots = work_s > 2 * missing_s && !region.is_empty();
        if overshoots || !std::mem::take(&mut free[tile as usize]) {
            continue;
        }
        region.push(tile);
        missing_s -= work_s;
        if missing_s <= 0 {
            break;
        }
        for &next in graph.neighbours[tile as usize].iter().filter(|&&next| free[next as usize]) {
            let away = distance2(graph.middle[next as usize], origin);
            rim.push((Reverse(Ordered(away)), Reverse(next)));
        }
    }
    region
}

/// How many shifts some work is nearest to; at least one.
fn shifts(work_s: i64, target_s: i64) -> i128 {
    let (work, target) = (i128::from(work_s), i128::from(target_s));
    ((2 * work + target) / (2 * target)).max(1)
}

/// How far some work is from a whole number of shifts, seconds.
fn misfit_s(work_s: i64, target_s: i64) -> i128 {
    (i128::from(work_s) - shifts(work_s, target_s) * i128::from(target_s)).abs()
}

/// `work_s × part / whole`.
fn share(work_s: i64, part: i128, whole: i128) -> i64 {
    i64::try_from(i128::from(work_s) * part / whole).unwrap_or(i64::MAX)
}

/// The middle of a cell on the unit sphere.
fn on_sphere(cell: CellIndex) -> [f64; 3] {
    let middle = centre(cell);
    let (sin_lat, cos_lat) = middle.lat().to_radians().sin_cos();
    let (sin_lon, cos_lon) = middle.lon().to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

/// The squared straight distance between two positions.
fn distance2(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// A float in its total order, to be a key.
#[derive(Clone, Copy, PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}
