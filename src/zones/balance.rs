//! Merging zones that are too small, and evening out their work.

use std::collections::BTreeSet;

use super::growth::Graph;

/// A zone below this share of a shift, in percent, is merged into a neighbour…
const SMALL_PERCENT: i128 = 50;
/// …unless the two together exceed this.
const MERGED_PERCENT: i128 = 160;
/// Rounds of moving tiles; most days settle in three.
const ROUNDS_MAX: usize = 8;

/// Improves a partition, keeping each part connected and all tiles covered.
pub(super) fn balance(graph: &Graph, parts: Vec<Vec<u32>>, target_s: i64) -> Vec<Vec<u32>> {
    let mut zones = Zones::new(graph, parts);
    zones.merge_small(i128::from(target_s));
    for _ in 0..ROUNDS_MAX {
        if !zones.even_out() {
            break;
        }
    }
    zones.parts.into_iter().filter(|part| !part.is_empty()).collect()
}

/// A partition, and who owns what in it.
struct Zones<'a> {
    graph: &'a Graph,
    /// The tiles of each zone; empty once merged into another.
    parts: Vec<Vec<u32>>,
    /// The work of each zone, seconds.
    work_s: Vec<i64>,
    /// The zone of each tile.
    owner: Vec<usize>,
}

impl<'a> Zones<'a> {
    fn new(graph: &'a Graph, parts: Vec<Vec<u32>>) -> Self {
        let mut owner = vec![0; graph.work_s.len()];
        for (zone, part) in parts.iter().enumerate() {
            for &tile in part {
                owner[tile as usize] = zone;
            }
        }
        let work_s = parts.iter().map(|part| graph.sum_s(part)).collect();
        Self { graph, parts, work_s, owner }
    }

    /// Merges each small zone, lightest first, into the lightest zone it touches.
    fn merge_small(&mut self, target_s: i128) {
        let is_small = |work_s: i64| i128::from(work_s) * 100 < target_s * SMALL_PERCENT;
        let mut small: BTreeSet<(i64, usize)> =
            self.work_s.iter().zip(0..).map(|(&work, zone)| (work, zone)).collect();
        while let Some((work_s, zone)) = small.pop_first().filter(|&(work, _)| is_small(work)) {
            let Some(into) = self.lightest_touching(zone) else { continue };
            let together = self.work_s[into].saturating_add(work_s);
            if i128::from(together) * 100 > target_s * MERGED_PERCENT {
                continue;
            }
            small.remove(&(self.work_s[into], into));
            self.merge(zone, into);
            small.insert((together, into));
        }
    }

    fn lightest_touching(&self, zone: usize) -> Option<usize> {
        let tiles = self.parts[zone].iter();
        tiles
            .flat_map(|&tile| &self.graph.neighbours[tile as usize])
            .map(|&tile| self.owner[tile as usize])
            .filter(|&other| other != zone)
            .min_by_key(|&other| (self.work_s[other], other))
    }

    fn merge(&mut self, zone: usize, into: usize) {
        let tiles = std::mem::take(&mut self.parts[zone]);
        for &tile in &tiles {
            self.owner[tile as usize] = into;
        }
        self.parts[into].extend(tiles);
        self.work_s[into] = self.work_s[into].saturating_add(self.work_s[zone]);
        self.work_s[zone] = 0;
    }

    /// Moves tiles from zones to lighter ones next to them, where that brings the two closer and
    /// leaves both connected. Whether anything moved.
    fn even_out(&mut self) -> bool {
        let mut moved = false;
        for tile in (0..).take(self.owner.len()) {
            if let Some(to) = self.better_owner(tile) {
                self.give(tile, to);
                moved = true;
            }
        }
        moved
    }

    /// The lightest zone next to `tile` that had better own it: cheapest test first.
    fn better_owner(&self, tile: u32) -> Option<usize> {
        let owner = self.owner[tile as usize];
        let work_s = self.graph.work_s[tile as usize];
        if work_s == 0 {
            return None;
        }
        let touching =
            || self.graph.neighbours[tile as usize].iter().map(|&t| self.owner[t as usize]);
        let sides = |zone: usize| touching().filter(|&other| other == zone).count();
        let to = touching()
            .filter(|&other| other != owner)
            .min_by_key(|&other| (self.work_s[other], other))?;
        let closer = self.work_s[owner] - self.work_s[to] > work_s;
        // A tile that mostly touches its own zone would be a dent in one and a spike of the other.
        let snug = 2 * sides(to) >= sides(owner);
        (closer && snug && self.stays_connected_without(tile)).then_some(to)
    }

    /// Whether the zone of `tile` is not empty and in one piece without it.
    fn stays_connected_without(&self, tile: u32) -> bool {
        let zone = self.owner[tile as usize];
        let inside = |next: &&u32| self.owner[**next as usize] == zone && **next != tile;
        let neighbours = |at: u32| self.graph.neighbours[at as usize].iter().filter(inside);
        let Some(&start) = neighbours(tile).next() else { return false };
        let mut seen = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            open.extend(neighbours(at).filter(|&&next| seen.insert(next)));
        }
        // Usually the neighbours alone would tell; a whole search is exact, and zones are small.
        seen.len() + 1 == self.parts[zone].len()
    }

    fn give(&mut self, tile: u32, to: usize) {
        let from = self.owner[tile as usize];
        let work_s = self.graph.work_s[tile as usize];
        self.parts[from].retain(|&other| other != tile);
        self.parts[to].push(tile);
        self.work_s[from] -= work_s;
        self.work_s[to] = self.work_s[to].saturating_add(work_s);
        self.owner[tile as usize] = to;
    }
}
