//! What stands in the way of a visit.

use crate::model::{Dimension, RelaxedSide, Skill};

/// Which later promise of a route leaves no more time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// The window of a visit further on.
    Window,
    /// The break further on.
    Rest,
    /// The end of the shift.
    ShiftEnd,
    /// The hub's closing time.
    HubCloses,
}

/// Why a visit does not fit into a route, with the amount missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The courier lacks a skill.
    Skill(Skill),
    /// The route has as many visits as it may have.
    MaxStops,
    /// Too much on board.
    Load(Dimension, i64),
    /// The visit's own window: it would have to start earlier or end later by so many seconds.
    Window(RelaxedSide, i64),
    /// What comes later would be late by so many seconds, whatever the visit's window.
    Later(Limit, i64),
    /// The shift has no moment inside the window.
    OffShift,
    /// The courier has set off to everything that comes before the window's end.
    UnderWay,
    /// It brings something, and the courier has left the hub without it and does not call there again
    /// before it is too late; or another courier has it on board.
    Goods,
    /// Nothing automatic changes the route.
    Locked,
}

impl Block {
    /// Smaller is closer to a yes: how blocks of different positions and couriers are compared.
    #[must_use]
    pub fn distance(&self) -> (u8, i64) {
        match self {
            Self::Window(_, by) => (0, *by),
            Self::Later(_, by) => (1, *by),
            Self::Load(_, by) => (2, *by),
            Self::MaxStops => (3, 1),
            Self::UnderWay => (4, 0),
            Self::Goods => (4, 1),
            Self::Locked => (5, 0),
            Self::OffShift => (6, 0),
            Self::Skill(_) => (7, 0),
        }
    }

    /// The block that came closer to a yes.
    #[must_use]
    pub fn closer(self, other: Self) -> Self {
        if other.distance() < self.distance() { other } else { self }
    }
}
