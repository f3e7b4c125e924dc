//! Work per cell: the tiles that zones are grown from.
//!
//! H3's cells nest by index but not quite by shape: the seven children of a hexagon stick out of
//! it here and there. So a point near a rim may be in a cell at resolution 8 and, at resolution 9,
//! in a child of that cell's neighbour. Counting goes by the index of the finest cell and its
//! ancestors, which never overlap; and a coarse cell is only kept whole if every point counted
//! in it is also inside its shape. Otherwise it is split as a busy one would be.

use std::collections::BTreeSet;

use super::{Demand, ZoneSettings, bridges};
use crate::geo::{CellIndex, Resolution, cell_at};

/// A cell finer than the start's resolution is split while it holds more than this part of a shift.
const BUSY_PART: i64 = 6;
/// Cells are gathered above the start's resolution while they hold at most this part of a shift.
const QUIET_PART: i64 = 16;

/// The resolutions in use, coarsest first.
pub(super) struct Ladder {
    steps: Vec<Resolution>,
    start: Resolution,
}

impl Ladder {
    /// The resolutions from the coarsest to the finest, around the start.
    pub(super) fn new(settings: &ZoneSettings) -> Self {
        let coarsest = settings.coarsest.min(settings.resolution);
        let finest = settings.finest.max(settings.resolution);
        Self { steps: Resolution::range(coarsest, finest).collect(), start: settings.resolution }
    }

    fn coarsest(&self) -> Resolution {
        self.steps[0]
    }

    fn finest(&self) -> Resolution {
        self.steps[self.steps.len() - 1]
    }

    /// The most work a cell may hold and stay whole, for a shift of `target_s`.
    fn whole_s(&self, resolution: Resolution, target_s: i64) -> i64 {
        if resolution == self.finest() {
            i64::MAX
        } else if resolution < self.start {
            target_s / QUIET_PART
        } else {
            target_s / BUSY_PART
        }
    }
}

/// Cells that do not overlap and cover all demand. Index `i` is the same tile in each array.
#[derive(Default)]
pub(super) struct Tiles {
    /// The cell of tile `i`; ascending.
    pub(super) cells: Vec<CellIndex>,
    /// The work in tile `i`, seconds; zero in a bridge.
    pub(super) work_s: Vec<i64>,
    /// Indices into the demand, of what lies in tile `i`.
    pub(super) members: Vec<Vec<u32>>,
}

/// A demand on its way into a tile.
struct Counted {
    member: u32,
    work_s: i64,
    /// The cell that holds the point, at each step of the ladder.
    holders: Vec<CellIndex>,
}

impl Counted {
    fn finest(&self) -> CellIndex {
        self.holders[self.holders.len() - 1]
    }

    /// Whether the point is in `cell`, by index and by shape, at the cell's resolution and at
    /// every finer one of the ladder.
    fn sits_in(&self, cell: CellIndex) -> bool {
        let resolution = cell.resolution();
        let mut finer = self.holders.iter().filter(|holder| holder.resolution() >= resolution);
        finer.all(|holder| holder.parent(resolution) == Some(cell))
    }
}

impl Tiles {
    /// Counts the demand into tiles, joined by bridges.
    pub(super) fn count(demands: &[Demand], ladder: &Ladder, target_s: i64) -> Self {
        let mut counted: Vec<Counted> = (0..u32::MAX)
            .zip(demands)
            .map(|(member, demand)| Counted {
                member,
                work_s: demand.work_s.max(0),
                holders: ladder.steps.iter().map(|&step| cell_at(demand.point, step)).collect(),
            })
            .collect();
        assert!(counted.len() == demands.len(), "more demands than u32 can number");
        counted.sort_by_key(|demand| (demand.finest(), demand.member));

        let busy: BTreeSet<CellIndex> =
            counted.iter().filter_map(|demand| demand.finest().parent(ladder.coarsest())).collect();
        let mut tiles = Vec::new();
        for cell in bridges::join(busy) {
            let within = children_slice(&counted, cell);
            split(cell, within, ladder, target_s, &mut tiles);
        }
        tiles.sort_unstable_by_key(|&(cell, _)| cell);
        let mut sorted = Self::default();
        for (cell, within) in tiles {
            sorted.cells.push(cell);
            sorted.work_s.push(sum_s(within));
            sorted.members.push(within.iter().map(|demand| demand.member).collect());
        }
        sorted
    }
}

/// Keeps `cell` whole as a tile, or splits it into its children.
fn split<'a>(
    cell: CellIndex,
    within: &'a [Counted],
    ladder: &Ladder,
    target_s: i64,
    tiles: &mut Vec<(CellIndex, &'a [Counted])>,
) {
    let whole = sum_s(within) <= ladder.whole_s(cell.resolution(), target_s)
        && within.iter().all(|demand| demand.sits_in(cell));
    let finer = cell.resolution().succ().filter(|&finer| finer <= ladder.finest());
    match finer {
        Some(finer) if !whole => {
            for child in cell.children(finer) {
                split(child, children_slice(within, child), ladder, target_s, tiles);
            }
        }
        _ => tiles.push((cell, within)),
    }
}

/// The stretch of `sorted` whose finest cells descend from `cell`. Cells of one resolution sort
/// like their ancestors, so the stretch is contiguous.
fn children_slice(sorted: &[Counted], cell: CellIndex) -> &[Counted] {
    let ancestor = |demand: &Counted| demand.finest().parent(cell.resolution());
    let start = sorted.partition_point(|demand| ancestor(demand) < Some(cell));
    let len = sorted[start..].partition_point(|demand| ancestor(demand) == Some(cell));
    &sorted[start..start + len]
}

fn sum_s(counted: &[Counted]) -> i64 {
    counted.iter().fold(0, |sum: i64, demand| sum.saturating_add(demand.work_s))
}
