//! How a region handles the day while it runs.

use super::Seconds;
use serde::{Deserialize, Serialize};

/// When people are told, and how long couriers wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LiveRules {
    /// A promise that is not known to be kept this long before its window ends is told to be at risk.
    pub risk_told_before_s: Seconds,
    /// A courier waits this long for a customer who is not there.
    pub wait_s: Seconds,
    /// An arrival that moves by more than this is told.
    pub eta_told_from_s: Seconds,
    /// A call at the hub takes this long on the way, to unload and load.
    pub hub_call_s: Seconds,
}

impl Default for LiveRules {
    /// A quarter of an hour, the eight minutes that a courier platform waits (Stuart), two minutes, ten
    /// minutes.
    fn default() -> Self {
        Self {
            risk_told_before_s: Seconds(900),
            wait_s: Seconds(480),
            eta_told_from_s: Seconds(120),
            hub_call_s: Seconds(600),
        }
    }
}

impl LiveRules {
    /// Whether every number is in its range.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        [self.risk_told_before_s, self.wait_s, self.eta_told_from_s, self.hub_call_s]
            .iter()
            .all(|Seconds(span)| (0..=86_400).contains(span))
    }
}
