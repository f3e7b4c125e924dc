//! What can be wrong with a day's routes.

use crate::model::{BookingId, Dimension, Route, RouteId};
use std::fmt;

/// A rule that does not hold, with the amount where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The route refers to something that does not exist.
    Unknown {
        /// What it refers to.
        what: String,
    },
    /// Start, then visits, breaks and calls at the hub, then end: not in that order.
    Shape,
    /// A booking is visited more than once.
    VisitedTwice,
    /// A booking has a place by its state, but no route visits it.
    NotVisited,
    /// A booking that no longer has a place is still visited, or belongs to another day.
    NotOfThisDay,
    /// The stop is not where the booking, the hub or the stop before it is.
    Place,
    /// Travel time or distance is not what the region's profile says.
    Travel,
    /// The courier arrives before it is possible, or times do not add up.
    Clock,
    /// Too little time at the door.
    Service {
        /// Seconds missing.
        by_s: i64,
    },
    /// Service begins before the window opens.
    Early {
        /// Seconds.
        by_s: i64,
    },
    /// Service begins after the window closes.
    Late {
        /// Seconds.
        by_s: i64,
    },
    /// The courier leaves before the shift begins.
    ShiftStart {
        /// Seconds.
        by_s: i64,
    },
    /// The courier is back after the shift ends.
    ShiftEnd {
        /// Seconds.
        by_s: i64,
    },
    /// The courier leaves or is back while the hub is closed.
    HubClosed {
        /// Seconds.
        by_s: i64,
    },
    /// The break is missing, taken twice, outside its window or too short.
    Break,
    /// More on board than the courier may carry.
    Overload {
        /// In which dimension.
        dimension: Dimension,
        /// How much too much.
        by: i64,
    },
    /// What is noted as on board is not what was loaded.
    LoadNoted,
    /// The courier is to hand over what was not loaded when they left the hub, or what another has on board.
    Goods,
    /// The courier lacks a skill.
    Skill {
        /// Which one.
        skill: String,
    },
    /// More visits than the courier may make.
    MaxStops {
        /// How many too many.
        by: usize,
    },
}

impl Rule {
    /// A stable name, for counting and for logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown",
            Self::Shape => "shape",
            Self::VisitedTwice => "visited_twice",
            Self::NotVisited => "not_visited",
            Self::NotOfThisDay => "not_of_this_day",
            Self::Place => "place",
            Self::Travel => "travel",
            Self::Clock => "clock",
            Self::Service { .. } => "service",
            Self::Early { .. } => "early",
            Self::Late { .. } => "late",
            Self::ShiftStart { .. } => "shift_start",
            Self::ShiftEnd { .. } => "shift_end",
            Self::HubClosed { .. } => "hub_closed",
            Self::Break => "break",
            Self::Overload { .. } => "overload",
            Self::LoadNoted => "load_noted",
            Self::Goods => "goods",
            Self::Skill { .. } => "skill",
            Self::MaxStops { .. } => "max_stops",
        }
    }
}

/// A rule that does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The route, where it is about one.
    pub route: Option<RouteId>,
    /// Which stop of it.
    pub stop: Option<usize>,
    /// The booking, where it is about one.
    pub booking: Option<BookingId>,
    /// What does not hold.
    pub rule: Rule,
}

impl Violation {
    pub(super) fn of_route(route: &Route, rule: Rule) -> Self {
        Self { route: Some(route.id), stop: None, booking: None, rule }
    }

    pub(super) fn of_stop(route: &Route, at: usize, rule: Rule) -> Self {
        let booking = route.stops[at].booking;
        Self { route: Some(route.id), stop: Some(at), booking, rule }
    }

    pub(super) fn of_booking(booking: BookingId, rule: Rule) -> Self {
        Self { route: None, stop: None, booking: Some(booking), rule }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rule.name())?;
        if let Some(route) = self.route {
            write!(f, " on {route}")?;
        }
        if let Some(stop) = self.stop {
            write!(f, " at stop {stop}")?;
        }
        if let Some(booking) = self.booking {
            write!(f, " for {booking}")?;
        }
        write!(f, ": {:?}", self.rule)
    }
}
