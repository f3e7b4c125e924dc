//! What the search does not need to know, and an answer does.

use std::sync::Arc;

/// Ids, coordinates and units of a problem that was read.
#[derive(Clone, Debug)]
pub struct Names {
    /// Moments count from here.
    pub(super) origin: i64,
    /// Durations and distances are counted in this part of the file's unit.
    pub(super) scale: i64,
    /// Costs are counted in this part of the file's unit.
    pub(super) cost_scale: i64,
    /// Index is a place: lengths between points are taken at full precision, and costs are lengths.
    pub(super) exact: Option<Arc<[[f64; 2]]>>,
    /// Dimensions of loads that the file has.
    pub(super) dimensions: usize,
    /// Whether distances are known, beside durations.
    pub(super) distances: bool,
    /// Index is a vehicle.
    pub(super) vehicles: Vec<VehicleName>,
    /// Index is a visit.
    pub(super) visits: Vec<VisitName>,
}

impl Names {
    /// A cost of the search in the file's unit.
    #[expect(clippy::cast_precision_loss, reason = "a sum that is shown")]
    #[must_use]
    pub fn cost(&self, cost: i64) -> f64 {
        cost as f64 / self.cost_scale as f64
    }
}

/// How a vehicle is called.
#[derive(Clone, Debug, Default)]
pub(super) struct VehicleName {
    pub(super) id: u64,
    pub(super) description: Option<Box<str>>,
    pub(super) start: Spot,
    pub(super) end: Spot,
    pub(super) hub: Spot,
    /// Index is a break.
    pub(super) breaks: Vec<BreakName>,
}

/// How a break is called.
#[derive(Clone, Debug)]
pub(super) struct BreakName {
    pub(super) id: u64,
    pub(super) description: Option<Box<str>>,
}

/// How a visit is called.
#[derive(Clone, Debug)]
pub(super) struct VisitName {
    pub(super) id: u64,
    pub(super) kind: Kind,
    pub(super) description: Option<Box<str>>,
    pub(super) spot: Spot,
}

/// What a visit is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Job,
    Pickup,
    Delivery,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Pickup => "pickup",
            Self::Delivery => "delivery",
        }
    }
}

/// A place as the file names it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spot {
    pub(super) location: Option<[f64; 2]>,
    pub(super) index: Option<u32>,
}
