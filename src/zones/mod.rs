//! Zones: clusters of a day's demand, each connected and near one shift's work.
//!
//! A courier who stays in one quarter drives less than one who is sent across town, and a city's
//! day is too large to plan in one piece. So the day is cut into zones first: construction fills
//! routes zone by zone, improvement works on groups of neighbouring zones, and the dispatcher
//! sees on the map where the work is.
//!
//! # The method
//!
//! 1. **Count** (`counts.rs`). The work of the bookings is counted per [H3](https://h3geo.org) cell
//!    at [`ZoneSettings::resolution`]. A busy cell is split into its finer children, down to
//!    [`ZoneSettings::finest`], so that no cell is a large part of a shift unless a finest one is;
//!    quiet cells are gathered into their parent, up to [`ZoneSettings::coarsest`]. The result
//!    are *tiles*: cells of mixed resolution that never overlap.
//! 2. **Bridge** (`bridges.rs`). Where demand is sparse the tiles lie apart. They are joined, nearest
//!    first, through the empty cells on a shortest path, as a minimum spanning tree would; the
//!    empty cells become tiles without work. Gaps beyond 60 km stay open.
//! 3. **Adjacency** (`adjacency.rs`). Two tiles touch if, at the finer one's resolution, a neighbour
//!    of the finer tile descends from the coarser.
//! 4. **Grow** (`growth.rs`). A connected set of tiles with several shifts' work is cut in two: from a
//!    tile at its rim a region is grown over adjacent tiles, nearest to the seed first, until it holds
//!    its share; what the region cuts off from the rest joins it. Both sides are cut again until
//!    each is nearest to one shift. This is seeded region growing (Adams & Bischof, IEEE PAMI
//!    16(6), 1994) used for recursive graph bisection.
//! 5. **Balance** (`balance.rs`). Zones below half a shift are merged into a neighbour, then tiles at
//!    the rim of heavy zones move to lighter neighbours while that keeps both connected.
//!
//! # What holds for every answer
//!
//! - Every demand is in exactly one zone, and its point lies in one of that zone's cells.
//! - No cell, and no descendant of a cell, is in two zones.
//! - Each zone is connected in the sense of step 3.
//! - The answer depends on the demand alone: not on its order, nor on hashing.
//!
//! In a dense city the zones are within a quarter of the target, nine in ten within 15 %; where
//! demand is sparse, mostly between half and one and a half times the target. A single finest cell
//! with more than a shift's work is a zone too large, and a lone booking far from all others is
//! one too small.

mod adjacency;
mod balance;
mod bridges;
mod counts;
mod geojson;
mod growth;

pub use geojson::feature_collection;

use std::collections::BTreeSet;

use crate::geo::{CellIndex, Point, Resolution};
use counts::{Ladder, Tiles};
use growth::Graph;

/// Some work at a point: a booking, as zoning sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// Where the door is.
    pub point: Point,
    /// Service and a share of travel, seconds. Less than zero counts as zero.
    pub work_s: i64,
}

/// How large zones shall be, and how fine the cells they are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZoneSettings {
    /// The work of one shift, seconds; at least 1 is taken.
    pub target_work_s: i64,
    /// Where counting starts.
    pub resolution: Resolution,
    /// Busy cells are split down to here; never coarser than `resolution`.
    pub finest: Resolution,
    /// Quiet cells are gathered up to here; never finer than `resolution`.
    pub coarsest: Resolution,
}

impl ZoneSettings {
    /// The usual cells for zones of `target_work_s`: resolution 8 (0.7 km²), between 7 and 9.
    #[must_use]
    pub fn new(target_work_s: i64) -> Self {
        Self {
            target_work_s,
            resolution: Resolution::Eight,
            finest: Resolution::Nine,
            coarsest: Resolution::Seven,
        }
    }
}

/// A connected cluster of cells and the demand in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The zone's index in the answer.
    pub id: u32,
    /// The cells, of mixed resolution, sorted; some may be empty.
    pub cells: Vec<CellIndex>,
    /// Indices into the demand, ascending.
    pub members: Vec<u32>,
    /// The work of the members, seconds.
    pub work_s: i64,
}

/// Clusters a day's demand into zones of about one shift's work.
///
/// Takes a few tens of milliseconds for 10,000 demands in a city: `O(n log n)` in the number of
/// tiles, which is bounded by a small multiple of the number of demands (and by 200,000 cells
/// searched for bridges). Without demand there are no zones.
///
/// # Panics
///
/// With more than `u32::MAX` demands.
#[must_use]
pub fn grow(demands: &[Demand], settings: &ZoneSettings) -> Vec<Zone> {
    let target_s = settings.target_work_s.max(1);
    let ladder = Ladder::new(settings);
    let tiles = Tiles::count(demands, &ladder, target_s);
    let graph = Graph::new(&tiles);
    let parts = balance::balance(&graph, growth::partition(&graph, target_s), target_s);
    zones(&tiles, parts)
}

/// For each zone the ids of the zones it touches, ascending: the groups that decomposition works on.
///
/// The zones must be one answer of [`grow`]. A zone across a gap that no bridge spans touches none.
#[must_use]
pub fn neighbours(zones: &[Zone]) -> Vec<BTreeSet<u32>> {
    let owners = || zones.iter().flat_map(|zone| zone.cells.iter().map(|&cell| (cell, zone.id)));
    let (cells, ids): (Vec<CellIndex>, Vec<u32>) = owners().unzip();
    let mut touching = vec![BTreeSet::new(); zones.len()];
    for (near, &id) in adjacency::neighbours(&cells).iter().zip(&ids) {
        let others = near.iter().map(|&cell| ids[cell as usize]).filter(|&other| other != id);
        touching[id as usize].extend(others);
    }
    touching
}

/// Names the parts of the tiling, in the order of their first cells.
fn zones(tiles: &Tiles, mut parts: Vec<Vec<u32>>) -> Vec<Zone> {
    for part in &mut parts {
        part.sort_unstable();
    }
    parts.sort_unstable();
    (0..).zip(parts).map(|(id, part)| zone(tiles, id, &part)).collect()
}

/// One part of the tiling as a zone.
fn zone(tiles: &Tiles, id: u32, part: &[u32]) -> Zone {
    let part = || part.iter().map(|&tile| tile as usize);
    let mut members: Vec<u32> = part().flat_map(|tile| tiles.members[tile].clone()).collect();
    members.sort_unstable();
    Zone {
        id,
        cells: part().map(|tile| tiles.cells[tile]).collect(),
        members,
        work_s: part().fold(0, |sum: i64, tile| sum.saturating_add(tiles.work_s[tile])),
    }
}

#[cfg(test)]
mod tests;
