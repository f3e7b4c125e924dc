//! A day's board and a courier's list, as their readers know them.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;

/// A region's day.
#[derive(Deserialize)]
pub(crate) struct Board {
    pub(crate) version: i64,
    pub(crate) routes: Vec<Route>,
    pub(crate) unassigned: Vec<Waiting>,
    pub(crate) summary: Summary,
}

/// A booking without a place.
#[derive(Deserialize)]
pub(crate) struct Waiting {
    pub(crate) booking_id: String,
}

#[derive(Deserialize)]
pub(crate) struct Summary {
    pub(crate) violations: Vec<Violation>,
}

/// A rule that does not hold.
#[derive(Deserialize)]
pub(crate) struct Violation {
    pub(crate) rule: String,
    pub(crate) route_id: Option<String>,
    pub(crate) booking_id: Option<String>,
    detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.detail)
    }
}

/// A courier's route.
#[derive(Clone, Deserialize)]
pub(crate) struct Route {
    pub(crate) id: String,
    pub(crate) courier: Named,
    pub(crate) shift: Window,
    pub(crate) stops: Vec<Stop>,
    pub(crate) peak_load: Load,
    pub(crate) capacity: Capacity,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Window {
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
}

/// A line of a route.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Stop {
    pub(crate) kind: String,
    pub(crate) booking_id: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) visit_kind: Option<String>,
    pub(crate) place: Place,
    pub(crate) promise: Option<Window>,
    pub(crate) start_at: DateTime<Utc>,
    pub(crate) departed_at: Option<DateTime<Utc>>,
    pub(crate) arrived_at: Option<DateTime<Utc>>,
    pub(crate) left_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) at_risk: bool,
    pub(crate) travel_s: i64,
    pub(crate) service_s: i64,
    pub(crate) load_before: Load,
    pub(crate) load_after: Load,
    pub(crate) frozen: bool,
    #[serde(default)]
    pub(crate) devices: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(crate) struct Place {
    pub(crate) lon: f64,
    pub(crate) lat: f64,
}

/// What is on board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Load {
    pub(crate) parcels: i64,
    pub(crate) weight_g: i64,
    pub(crate) volume_ml: i64,
    pub(crate) value: i64,
}

/// What may be on board.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Capacity {
    pub(crate) parcels: Option<i64>,
    pub(crate) weight_g: Option<i64>,
    pub(crate) volume_ml: Option<i64>,
    pub(crate) value: Option<i64>,
}

impl Load {
    /// Each dimension, in one order.
    fn parts(self) -> [i64; 4] {
        [self.parcels, self.weight_g, self.volume_ml, self.value]
    }

    /// The more of both in each dimension.
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            parcels: self.parcels.max(other.parcels),
            weight_g: self.weight_g.max(other.weight_g),
            volume_ml: self.volume_ml.max(other.volume_ml),
            value: self.value.max(other.value),
        }
    }

    pub(crate) fn is_within(self, capacity: Capacity) -> bool {
        let Capacity { parcels, weight_g, volume_ml, value } = capacity;
        let limits = [parcels, weight_g, volume_ml, value];
        let fits = |(part, limit): (i64, Option<i64>)| limit.is_none_or(|limit| part <= limit);
        self.parts().into_iter().zip(limits).all(fits)
    }
}

impl Stop {
    /// Whether a courier has yet to come here.
    pub(crate) fn is_open(&self) -> bool {
        self.arrived_at.is_none() && self.left_at.is_none()
    }

    /// Whether its courier told anything of it.
    pub(crate) fn is_touched(&self) -> bool {
        self.departed_at.is_some() || !self.is_open()
    }
}

impl Route {
    /// The bookings in the order in which they are visited.
    pub(crate) fn bookings(&self) -> impl Iterator<Item = &str> {
        self.stops.iter().filter_map(|stop| stop.booking_id.as_deref())
    }

    /// The bookings that are not to be moved any more.
    pub(crate) fn frozen(&self) -> Vec<&str> {
        let frozen = self.stops.iter().filter(|stop| stop.frozen);
        frozen.filter_map(|stop| stop.booking_id.as_deref()).collect()
    }

    /// Whether its courier has told anything.
    pub(crate) fn is_under_way(&self) -> bool {
        self.stops.iter().any(Stop::is_touched)
    }
}

impl Board {
    pub(crate) fn stops(&self) -> impl Iterator<Item = (&Route, &Stop)> {
        self.routes.iter().flat_map(|route| route.stops.iter().map(move |stop| (route, stop)))
    }
}
