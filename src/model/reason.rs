//! Why a visit is unassigned or a slot closed, and what would help.

use super::{CourierId, Dimension};
use serde::{Deserialize, Serialize};

/// The stable codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Nobody works then.
    NoShift,
    /// A window, this one or one already promised, would be missed.
    TimeWindow,
    /// The courier would be back too late.
    ShiftEnd,
    /// The courier's break could not be taken in its window.
    Break,
    /// No courier has the skill.
    Skill,
    /// Too many parcels on board.
    LoadParcels,
    /// Too much weight on board.
    LoadWeight,
    /// Too much volume on board.
    LoadVolume,
    /// Declared value over the insured cap.
    ValueAtRisk,
    /// The route has as many visits as it may have.
    MaxStops,
    /// The hub would be closed.
    HubClosed,
    /// No way leads there.
    Unreachable,
    /// The courier is under way already.
    Frozen,
    /// The courier's route is locked by a dispatcher.
    Locked,
    /// What is to be handed over cannot be had before it: the courier has left the hub without it, or
    /// another has it on board.
    Precedence,
    /// Not in the operating area.
    OutsideRegion,
    /// Too late to book it.
    PastCutoff,
    /// There is a place, but far more travel would be spent on it than on others who ask.
    FarOff,
}

impl ReasonCode {
    /// The code for too much load in a dimension.
    #[must_use]
    pub fn of_load(dimension: Dimension) -> Self {
        match dimension {
            Dimension::Parcels => Self::LoadParcels,
            Dimension::Weight => Self::LoadWeight,
            Dimension::Volume => Self::LoadVolume,
            Dimension::Value => Self::ValueAtRisk,
        }
    }
}

/// By how much a limit was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// Seconds.
    ByS(i64),
    /// Parcels.
    ByParcels(i64),
    /// Grams.
    ByG(i64),
    /// Millilitres.
    ByMl(i64),
    /// Minor currency units.
    ByValue(i64),
    /// Visits.
    ByStops(i64),
}

impl Amount {
    /// An amount of load in a dimension.
    #[must_use]
    pub fn of_load(dimension: Dimension, by: i64) -> Self {
        match dimension {
            Dimension::Parcels => Self::ByParcels(by),
            Dimension::Weight => Self::ByG(by),
            Dimension::Volume => Self::ByMl(by),
            Dimension::Value => Self::ByValue(by),
        }
    }

    /// The bare number.
    #[must_use]
    pub fn get(self) -> i64 {
        match self {
            Self::ByS(by)
            | Self::ByParcels(by)
            | Self::ByG(by)
            | Self::ByMl(by)
            | Self::ByValue(by)
            | Self::ByStops(by) => by,
        }
    }
}

/// Which limit would have to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelaxedSide {
    /// The window would have to start earlier.
    Start,
    /// The window would have to end later.
    End,
}

/// The smallest change of the asked window that would make it possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Relaxation {
    /// Which side of the window.
    pub change: RelaxedSide,
    /// By how much.
    #[serde(flatten)]
    pub by: Amount,
}

/// Why not, for the courier who came closest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The stable code.
    pub code: ReasonCode,
    /// The courier whose route came closest, where one is to be named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub courier: Option<CourierId>,
    /// By how much the limit was missed.
    #[serde(flatten)]
    pub by: Option<Amount>,
    /// The smallest change of the window that would help this courier.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub relaxation: Option<Relaxation>,
    /// What is missing, for a skill.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub skill: Option<String>,
}

impl Reason {
    /// A reason that is about no courier in particular.
    #[must_use]
    pub fn of(code: ReasonCode) -> Self {
        Self { code, courier: None, by: None, relaxation: None, skill: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_as_the_contract_says() {
        let reason = Reason {
            by: Some(Amount::ByS(540)),
            relaxation: Some(Relaxation { change: RelaxedSide::End, by: Amount::ByS(540) }),
            ..Reason::of(ReasonCode::TimeWindow)
        };
        let json = serde_json::to_string(&reason).unwrap();
        assert_eq!(
            json,
            r#"{"code":"time_window","by_s":540,"relaxation":{"change":"end","by_s":540}}"#
        );
        assert_eq!(serde_json::from_str::<Reason>(&json).unwrap(), reason);
        let plain = Reason::of(ReasonCode::NoShift);
        let json = serde_json::to_string(&plain).unwrap();
        assert_eq!(json, r#"{"code":"no_shift"}"#);
        assert_eq!(serde_json::from_str::<Reason>(&json).unwrap(), plain);
    }
}
