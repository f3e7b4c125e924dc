//! How much a change of a day may disturb.

use super::Disruption;
use crate::model::CourierId;
use std::collections::BTreeSet;

/// How much a change may disturb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisruptionBudget {
    /// The most visits that get another courier.
    pub stops_moved_max: usize,
    /// The most couriers whose routes change.
    pub couriers_changed_max: usize,
    /// No visit of the changed routes begins earlier or later by more than this, in seconds.
    pub eta_shift_s_max: i64,
}

impl DisruptionBudget {
    /// Whether a change keeps it.
    #[must_use]
    pub fn allows(&self, change: &Disruption) -> bool {
        let visits = change.bookings.iter().flat_map(|booking| [&booking.before, &booking.after]);
        let couriers: BTreeSet<&CourierId> =
            visits.filter_map(|standing| standing.visit()).map(|visit| &visit.courier).collect();
        change.totals.couriers_changed <= self.stops_moved_max
            && couriers.len() <= self.couriers_changed_max
            && change.totals.eta_shift_s_max <= self.eta_shift_s_max
    }
}
