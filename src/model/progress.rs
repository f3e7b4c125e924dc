//! How far a stop has come.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is known of a stop beyond its plan, from what its courier told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The courier set off to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departed_at: Option<DateTime<Utc>>,
    /// The courier was at the door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<DateTime<Utc>>,
    /// The courier was done with it, one way or the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<DateTime<Utc>>,
    /// The courier cannot be there earlier, by the last place they were seen at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<DateTime<Utc>>,
    /// Where it was in the order as planned, once what was told has changed that order: a stop that
    /// turns out not to have been come to goes back there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// It was told that the promise may not be kept, and not that it will be after all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_risk: bool,
}

impl Progress {
    /// Whether the courier told of it.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.departed_at.or(self.arrived_at).or(self.left_at).is_some()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}
