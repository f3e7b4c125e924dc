//! What forbids a route, by name.

/// One name for each constraint on a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Constraint {
    /// Service would begin after the last of the visit's windows.
    TimeWindow {
        /// Seconds.
        by: i64,
    },
    /// A call at the hub would begin after its window.
    HubWindow {
        /// Seconds.
        by: i64,
    },
    /// The route would end too late, overtime included.
    ShiftEnd {
        /// Seconds.
        by: i64,
    },
    /// The route would be feasible so far without its breaks.
    Break {
        /// Which break of the vehicle.
        index: u32,
    },
    /// The vehicle lacks a skill.
    Skill,
    /// The visit belongs to another vehicle.
    Vehicle,
    /// Too much on board at some moment of the trip; or less than nothing, where the two ends of a
    /// shipment have different loads.
    Load {
        /// Which dimension.
        dimension: u8,
        /// How much too much.
        by: i64,
    },
    /// Too many visits.
    Stops,
    /// Too long on the way.
    Travel,
    /// Too long from setting off to the end.
    Duration,
    /// Too far.
    Distance,
    /// A shipment is handed over before it is collected, or is not handed over on the same trip.
    Precedence,
    /// More calls at the hub than the vehicle may make.
    HubReturns,
    /// The frozen tasks are not the first ones.
    Frozen,
}

impl Constraint {
    /// The stable code of this reason.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TimeWindow { .. } => "time_window",
            Self::HubWindow { .. } => "hub_closed",
            Self::ShiftEnd { .. } => "shift_end",
            Self::Break { .. } => "break",
            Self::Skill => "skill",
            Self::Vehicle => "pinned",
            Self::Load { dimension: 0, .. } => "load_parcels",
            Self::Load { dimension: 1, .. } => "load_weight",
            Self::Load { dimension: 2, .. } => "load_volume",
            Self::Load { .. } => "value_at_risk",
            Self::Stops => "max_stops",
            Self::Travel => "max_travel",
            Self::Duration => "max_duration",
            Self::Distance => "max_distance",
            Self::Precedence => "precedence",
            Self::HubReturns => "hub_returns",
            Self::Frozen => "frozen",
        }
    }
}

/// The first constraint that a walk along a route found broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Breach {
    /// Index into the tasks; `None`: at the end of the route, or the route as a whole.
    pub at: Option<u32>,
    /// Which constraint.
    pub what: Constraint,
}
