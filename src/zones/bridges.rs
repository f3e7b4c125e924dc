//! Bridges of empty cells between cells with demand.
//!
//! All cells with demand search outwards at once, step by step. Where two searches meet, their
//! cells are joined by a shortest path; joining in order of length and never twice is Kruskal's
//! algorithm on the graph of nearest meetings, whose result is a minimum spanning tree
//! (Mehlhorn, Information Processing Letters 27, 1988).

use std::collections::{BTreeSet, HashMap};

use crate::geo::{CellIndex, ring};

/// Cells farther apart than this are not joined: nobody serves both in one zone.
const GAP_KM_MAX: f64 = 60.0;
/// The search ends when it has seen this many cells, so that demand scattered over a country
/// costs a bounded time; what is not joined by then stays apart.
const SEEN_MAX: usize = 200_000;
/// An empty cell with at least this many of its six neighbours taken is taken too.
const ENCLOSED: usize = 4;

/// How a search reached a cell.
struct Seen {
    /// The search, by the position of the cell it started from.
    search: usize,
    /// The cell before this one; itself at the start.
    from: CellIndex,
    /// Steps from the start.
    steps: u32,
}

/// A place where two searches met.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Meeting {
    steps: u32,
    cells: (CellIndex, CellIndex),
}

/// The given cells of one resolution, with the empty cells that join them, in order.
pub(super) fn join(cells: BTreeSet<CellIndex>) -> BTreeSet<CellIndex> {
    let mut joined = cells;
    let mut search = Search::new(&joined);
    while let Some(meetings) = search.step() {
        for meeting in meetings {
            search.bridge(&meeting, &mut joined);
        }
    }
    fill(&mut joined);
    joined
}

/// The searches from all cells with demand.
struct Search {
    seen: HashMap<CellIndex, Seen>,
    /// The cells reached in the last step, in order.
    front: Vec<CellIndex>,
    /// Which searches are joined: a disjoint-set forest.
    group: Vec<usize>,
    groups: usize,
    steps: u32,
    gap_km: f64,
}

impl Search {
    fn new(cells: &BTreeSet<CellIndex>) -> Self {
        let start = |(search, &cell)| (cell, Seen { search, from: cell, steps: 0 });
        let step_km =
            cells.first().map_or(1.0, |cell| cell.resolution().edge_length_km() * 3.0_f64.sqrt());
        Self {
            seen: cells.iter().enumerate().map(start).collect(),
            front: cells.iter().copied().collect(),
            group: (0..cells.len()).collect(),
            groups: cells.len(),
            steps: 0,
            gap_km: step_km,
        }
    }

    /// One step outwards from the front: the meetings found, shortest first; `None` at the end.
    fn step(&mut self) -> Option<Vec<Meeting>> {
        let spanned_km = f64::from(2 * self.steps) * self.gap_km;
        let over = spanned_km > GAP_KM_MAX || self.seen.len() > SEEN_MAX;
        if self.groups <= 1 || over || self.front.is_empty() {
            return None;
        }
        let mut meetings = Vec::new();
        let mut front = Vec::new();
        for cell in std::mem::take(&mut self.front) {
            let search = self.seen[&cell].search;
            for next in ring(cell, 1) {
                match self.seen.get(&next) {
                    Some(met) if met.search == search => {}
                    Some(met) => meetings.push(Meeting {
                        steps: self.steps + met.steps + 1,
                        cells: (cell.min(next), cell.max(next)),
                    }),
                    None => {
                        let steps = self.steps + 1;
                        self.seen.insert(next, Seen { search, from: cell, steps });
                        front.push(next);
                    }
                }
            }
        }
        self.steps += 1;
        self.front = front;
        meetings.sort_unstable();
        Some(meetings)
    }

    /// Joins two searches, unless they are already, by the cells on the way between their starts.
    fn bridge(&mut self, meeting: &Meeting, joined: &mut BTreeSet<CellIndex>) {
        let (a, b) = meeting.cells;
        let (group_a, group_b) = (self.find(self.seen[&a].search), self.find(self.seen[&b].search));
        if group_a == group_b {
            return;
        }
        self.group[group_a.max(group_b)] = group_a.min(group_b);
        self.groups -= 1;
        for mut cell in [a, b] {
            while joined.insert(cell) {
                cell = self.seen[&cell].from;
            }
        }
    }

    /// The group of a search, halving the path to it.
    fn find(&mut self, mut search: usize) -> usize {
        while self.group[search] != search {
            self.group[search] = self.group[self.group[search]];
            search = self.group[search];
        }
        search
    }
}

/// Takes in the empty cells that are nearly enclosed, parks and lakes: ways round for zones.
fn fill(joined: &mut BTreeSet<CellIndex>) {
    let taken =
        |cell: CellIndex| ring(cell, 1).iter().filter(|&next| joined.contains(next)).count();
    let enclosed: BTreeSet<CellIndex> = joined
        .iter()
        .flat_map(|&cell| ring(cell, 1))
        .filter(|cell| !joined.contains(cell) && taken(*cell) >= ENCLOSED)
        .collect();
    joined.extend(enclosed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{Point, Resolution, cell_at};

    fn cells(points: &[(f64, f64)]) -> BTreeSet<CellIndex> {
        let at = |&(lon, lat)| cell_at(Point::new(lon, lat).unwrap(), Resolution::Seven);
        points.iter().map(at).collect()
    }

    #[test]
    fn two_cells_are_joined_by_a_shortest_path() {
        let apart = cells(&[(116.40, 39.90), (116.60, 39.90)]);
        let (a, b) = (*apart.first().unwrap(), *apart.last().unwrap());
        let joined = join(apart);
        assert_eq!(i32::try_from(joined.len()).unwrap(), a.grid_distance(b).unwrap() + 1);
        let mut reached = BTreeSet::from([a]);
        while let Some(next) = joined.iter().find(|cell| {
            !reached.contains(cell) && ring(**cell, 1).iter().any(|near| reached.contains(near))
        }) {
            reached.insert(*next);
        }
        assert_eq!(reached, joined);
    }

    #[test]
    fn three_cells_are_joined_without_a_cycle() {
        let apart = cells(&[(116.40, 39.90), (116.60, 39.90), (116.50, 40.03)]);
        let all: Vec<CellIndex> = apart.iter().copied().collect();
        let direct = |a: usize, b: usize| all[a].grid_distance(all[b]).unwrap();
        let longest = direct(0, 1).max(direct(1, 2)).max(direct(0, 2));
        let bound = direct(0, 1) + direct(1, 2) + direct(0, 2) - longest + 1;
        let joined = join(apart);
        assert!(i32::try_from(joined.len()).unwrap() <= bound + 1, "{} > {bound}", joined.len());
    }

    #[test]
    fn cities_far_apart_stay_apart() {
        let apart = cells(&[(116.40, 39.90), (121.47, 31.23)]);
        assert_eq!(join(apart.clone()), apart);
    }

    #[test]
    fn an_enclosed_cell_is_taken_in() {
        let hole = cell_at(Point::new(116.40, 39.90).unwrap(), Resolution::Seven);
        let around: BTreeSet<CellIndex> =
            ring(hole, 1).into_iter().filter(|c| *c != hole).collect();
        assert!(join(around).contains(&hole));
        assert!(join(BTreeSet::new()).is_empty());
    }
}
