//! The document as it is written: VROOM's keys, in VROOM's order as far as it matters.

use super::number::Number;
use crate::formats::Names;
use crate::solver::{DIMENSIONS, Load};
use serde::Serialize;

/// Everything.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    pub(super) code: u8,
    pub(super) summary: Summary,
    pub(super) unassigned: Vec<Unassigned<'a>>,
    pub(super) routes: Vec<Route<'a>>,
}

#[derive(Serialize)]
pub(super) struct Summary {
    #[serde(flatten)]
    pub(super) totals: Totals,
    pub(super) routes: usize,
    pub(super) unassigned: usize,
    pub(super) computing_times: ComputingTimes,
}

/// What a summary and a route have in common.
#[derive(Serialize)]
pub(super) struct Totals {
    pub(super) cost: Number,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) delivery: Vec<i64>,
    /// The same as `delivery`, as in VROOM, where old clients look here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) amount: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) pickup: Vec<i64>,
    pub(super) setup: Number,
    pub(super) service: Number,
    pub(super) duration: Number,
    pub(super) waiting_time: Number,
    pub(super) priority: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) distance: Option<Number>,
    pub(super) violations: Vec<Violation>,
}

#[derive(Serialize)]
pub(super) struct ComputingTimes {
    pub(super) loading: u64,
    pub(super) solving: u64,
    pub(super) routing: u64,
}

#[derive(Serialize)]
pub(super) struct Unassigned<'a> {
    pub(super) id: u64,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location_index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    /// Why no vehicle can do it, even with nothing else to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Route<'a> {
    pub(super) vehicle: u64,
    #[serde(flatten)]
    pub(super) totals: Totals,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    pub(super) steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
pub(super) struct Step<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location_index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<u64>,
    pub(super) setup: Number,
    pub(super) service: Number,
    pub(super) waiting_time: Number,
    /// The id again, where old clients look for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<u64>,
    #[serde(skip_serializing_if = "Amounts::is_empty")]
    pub(super) load: Amounts,
    pub(super) arrival: Number,
    pub(super) duration: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) distance: Option<Number>,
    pub(super) violations: Vec<Violation>,
}

/// Something that is late, where lateness is allowed.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Violation {
    pub(super) cause: &'static str,
    pub(super) duration: Number,
}

/// A load in the file's dimensions.
#[derive(Clone, Copy, Default)]
pub(super) struct Amounts {
    pub(super) load: Load,
    pub(super) dimensions: usize,
}

impl Amounts {
    pub(super) fn is_empty(&self) -> bool {
        self.dimensions == 0
    }

    fn as_slice(&self) -> &[i64] {
        &self.load[..self.dimensions.min(DIMENSIONS)]
    }
}

impl Serialize for Amounts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize(serializer)
    }
}

/// What is added up over a route, and over all. Times are in parts of the file's unit, so that no
/// rounding adds up.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) cost: Number,
    pub(super) delivery: Load,
    pub(super) pickup: Load,
    pub(super) setup: i64,
    pub(super) service: i64,
    pub(super) waiting: i64,
    pub(super) delay: Option<i64>,
    pub(super) duration: Number,
    pub(super) distance: Number,
    pub(super) priority: u64,
}

impl Sums {
    pub(super) fn add(&mut self, other: &Self) {
        self.cost += other.cost;
        for dimension in 0..DIMENSIONS {
            self.delivery[dimension] += other.delivery[dimension];
            self.pickup[dimension] += other.pickup[dimension];
        }
        self.setup += other.setup;
        self.service += other.service;
        self.duration += other.duration;
        self.waiting += other.waiting;
        self.priority += other.priority;
        self.distance += other.distance;
        if let Some(delay) = other.delay {
            *self.delay.get_or_insert_default() += delay;
        }
    }

    pub(super) fn totals(&self, names: &Names) -> Totals {
        let amounts = |load: &Load| load[..names.dimensions.min(DIMENSIONS)].to_vec();
        let parts = |parts| Number::parts(parts, names.scale);
        let delay = self.delay.map(|by| Violation { cause: "delay", duration: parts(by) });
        Totals {
            cost: self.cost,
            delivery: amounts(&self.delivery),
            amount: amounts(&self.delivery),
            pickup: amounts(&self.pickup),
            setup: parts(self.setup),
            service: parts(self.service),
            duration: self.duration,
            waiting_time: parts(self.waiting),
            priority: self.priority,
            distance: names.distances.then_some(self.distance),
            violations: delay.into_iter().collect(),
        }
    }
}
