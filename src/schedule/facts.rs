//! What is known of an element beyond its plan.

/// What the courier told of an element. Moments that were told take the place of computed ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Facts {
    /// The vehicle set off to it.
    pub departed: Option<i64>,
    /// It was at the door.
    pub arrived: Option<i64>,
    /// It was done there.
    pub left: Option<i64>,
    /// It cannot be there earlier, by where it was seen last.
    pub expected: Option<i64>,
    /// Where it was in the order as planned, once what was told has changed that order. Nothing here
    /// depends on it.
    pub rank: Option<u32>,
    /// Somebody was told that it may be late. Nothing here depends on it.
    pub at_risk: bool,
}

impl Facts {
    /// Whether the vehicle has set off to it for certain.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        self.departed.or(self.arrived).or(self.left).is_some()
    }

    /// Whether the vehicle has been there for certain.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.arrived.or(self.left).is_some()
    }
}
