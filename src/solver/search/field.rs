//! What stays the same during a search: rows, windows, demands, neighbours.

use super::cells::Cells;
use super::legs::Legs;
use super::number::{count, real};
use super::rich::Rich;

/// No node, no route.
pub(super) const NONE: u32 = u32::MAX;

/// More visits than this are many: there are few iterations for each.
pub(super) const MANY: u32 = 3_000;

/// A visit's window (the span of all its windows) and service, or a route's end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    pub(super) opens: i32,
    pub(super) closes: i32,
    pub(super) service: i32,
}

/// A neighbour and the seconds to or from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near {
    pub(super) node: u32,
    pub(super) time: i32,
}

/// The neighbours of each visit, best first: equally many for each, fewer where few are feasible.
pub(super) struct NearLists {
    starts: Vec<u32>,
    entries: Vec<Near>,
}

impl NearLists {
    pub(super) fn new(lists: &[&Vec<Near>]) -> Self {
        let mut starts = Vec::with_capacity(lists.len() + 1);
        starts.push(0);
        let mut entries = Vec::with_capacity(lists.iter().map(|list| list.len()).sum());
        for list in lists {
            entries.extend_from_slice(list);
            starts.push(count(entries.len()));
        }
        Self { starts, entries }
    }

    #[inline]
    pub(super) fn of(&self, node: u32) -> &[Near] {
        let (from, to) = (self.starts[node as usize], self.starts[node as usize + 1]);
        &self.entries[from as usize..to as usize]
    }
}

/// Vehicles that are alike in everything the search looks at.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    pub(super) start_row: u32,
    pub(super) end_row: u32,
    pub(super) earliest: i32,
    pub(super) latest: i32,
    pub(super) fixed: i64,
    /// By resource.
    pub(super) capacity: Vec<i64>,
    /// One vehicle that stands for all.
    pub(super) vehicle: u32,
}

/// Everything about a problem that a search reads and never writes.
///
/// Nodes are numbered: visits first, then, in rich problems, calls at the hub and frozen breaks; then
/// a start and an end for each vehicle.
pub(super) struct Field<'p, L> {
    /// Nodes that are no start and no end.
    pub(super) visits: u32,
    /// Nodes that are visits.
    pub(super) jobs: u32,
    /// What slack does not decide.
    pub(super) rich: Option<Rich<'p>>,
    /// What a route costs beyond the problem's cost: much, where routes count first.
    pub(super) fee: i64,
    pub(super) legs: L,
    pub(super) sites: Vec<Site>,
    /// Row of each node.
    pub(super) rows: Vec<u32>,
    pub(super) kinds: Vec<Kind>,
    /// Kind of each vehicle.
    pub(super) kind_of: Vec<u32>,
    /// Resources that anybody asks for: loads summed over a route.
    pub(super) resources: usize,
    /// By node and resource.
    pub(super) demand: Vec<i64>,
    /// The other end of a shipment.
    pub(super) mate: Vec<u32>,
    pub(super) is_pickup: Vec<bool>,
    /// What each shipment's end adds on board, by node and resource of shipments.
    pub(super) cargo: Vec<i64>,
    pub(super) cargo_dims: usize,
    pub(super) cargo_capacity: Vec<i64>,
    /// Class of each visit and, by class and kind, whether it may serve.
    pub(super) class: Vec<u32>,
    pub(super) may: Vec<bool>,
    pub(super) before: NearLists,
    pub(super) after: NearLists,
    /// Nearest in cost, whatever the windows say.
    pub(super) around: NearLists,
    /// How much of a vehicle a visit takes: the largest share of any resource.
    pub(super) weight: Vec<u32>,
    /// Cost of leaving a visit out.
    pub(super) penalty: Vec<i64>,
    /// The least that a route with a visit alone costs; empty in rich problems.
    pub(super) alone: Vec<i64>,
    /// Where each visit is on some plane, and the middle of the starts: for groups alone.
    pub(super) plane: Vec<[f64; 2]>,
    pub(super) middle: [f64; 2],
    /// How much farther than its best place allows a visit's neighbours are still looked at.
    pub(super) far: i32,
    pub(super) cells: Option<Cells>,
    /// Mean cost to the nearest neighbour.
    pub(super) spacing: f64,
}

impl<L: Legs> Field<'_, L> {
    #[inline]
    pub(super) fn start(&self, route: u32) -> u32 {
        self.visits + 2 * route
    }

    #[inline]
    pub(super) fn end(&self, route: u32) -> u32 {
        self.visits + 2 * route + 1
    }

    /// Whether there are many visits.
    pub(super) fn is_wide(&self) -> bool {
        self.visits > MANY
    }

    /// Whether nothing can be done about a vehicle: what is frozen is not feasible.
    pub(super) fn is_stuck(&self, vehicle: u32) -> bool {
        self.rich.as_ref().is_some_and(|rich| rich.stuck[vehicle as usize])
    }

    /// Whether windows and shifts may be missed at a price: then one route could serve all.
    pub(super) fn may_be_late(&self) -> bool {
        self.rich.as_ref().is_some_and(|rich| rich.problem.lateness.is_some())
    }

    /// Whether a node may be taken off its route.
    #[inline]
    pub(super) fn is_loose(&self, node: u32) -> bool {
        node < self.visits && self.rich.as_ref().is_none_or(|rich| !rich.locked[node as usize])
    }

    /// Visits around one, nearest first: several hundred. Where there are no cells, all of them.
    pub(super) fn reach(&self, visit: u32) -> Vec<u32> {
        match &self.cells {
            Some(cells) => cells.nearest(visit, 700),
            None => (0..self.jobs).collect(),
        }
    }

    /// The mean of visits' points.
    pub(super) fn centre(&self, visits: &[u32]) -> [f64; 2] {
        let sum = visits.iter().fold([0.0, 0.0], |sum, &visit| {
            let point = self.plane[visit as usize];
            [sum[0] + point[0], sum[1] + point[1]]
        });
        sum.map(|sum| sum / real(visits.len().max(1)))
    }

    pub(super) fn vehicles(&self) -> u32 {
        count(self.kind_of.len())
    }

    #[inline]
    pub(super) fn demand_of(&self, node: u32) -> &[i64] {
        let at = node as usize * self.resources;
        &self.demand[at..at + self.resources]
    }

    #[inline]
    pub(super) fn may_serve(&self, kind: u32, node: u32) -> bool {
        self.may[self.class[node as usize] as usize * self.kinds.len() + kind as usize]
    }
}
