//! A change of a day that somebody may take or leave as a whole.

use super::violations::{PlanViolation, new_violations};
use super::{DayPlan, Disruption, disruption};
use crate::model::BookingId;
use chrono::{DateTime, Utc};
use std::fmt::Write;
use std::sync::Arc;

/// A day as it would become, and what would not hold then.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The whole day. Routes that do not change are shared with the plan it was computed on, and
    /// all have their versions of it.
    pub after: DayPlan,
    /// Who was to be moved, in the order of their ids.
    pub moved: Vec<BookingId>,
    /// What would not hold and does now, or would be worse.
    pub violations: Vec<PlanViolation>,
}

impl Proposal {
    /// The proposal of a plan, with what would not hold by itself and some that was found on the way.
    pub(super) fn new(
        before: &DayPlan,
        after: DayPlan,
        mut moved: Vec<BookingId>,
        refused: Vec<PlanViolation>,
        now: DateTime<Utc>,
    ) -> Self {
        moved.sort_unstable();
        let mut proposal = Self { after, moved, violations: refused };
        let found =
            new_violations(before, &proposal.after, &proposal.changed(before), now.timestamp());
        proposal.violations.extend(found);
        proposal
    }

    /// The routes that would change: indices into the routes of the plan, ascending.
    #[must_use]
    pub fn changed(&self, before: &DayPlan) -> Vec<usize> {
        let routes = before.routes.iter().zip(&self.after.routes).enumerate();
        routes.filter(|(_, (old, new))| !Arc::ptr_eq(old, new)).map(|(index, _)| index).collect()
    }

    /// Whether everything holds.
    #[must_use]
    pub fn is_feasible(&self) -> bool {
        self.violations.is_empty()
    }

    /// Whether nothing but promised windows would be missed.
    #[must_use]
    pub fn is_late_at_most(&self) -> bool {
        self.violations.iter().all(PlanViolation::is_lateness)
    }

    /// What it means for customers and couriers.
    #[must_use]
    pub fn disruption(&self, before: &DayPlan, now: DateTime<Utc>) -> Disruption {
        disruption(before, &self.after, now.timestamp())
    }

    /// What the proposal rests on and what it would make of it, one line for each route and booking:
    /// the versions, and the new order of visits. Two proposals with the same basis change the same
    /// things in the same way; bookings on other routes are not part of it.
    #[must_use]
    pub fn basis(&self, before: &DayPlan) -> String {
        let mut text = String::new();
        for index in self.changed(before) {
            let (old, new) = (&before.routes[index], &self.after.routes[index]);
            line(&mut text, format_args!("{} {}", old.id, old.version));
            for entry in &new.entries {
                line(&mut text, format_args!(" {}", entry.booking.id));
            }
        }
        for &id in &self.moved {
            let version = before.find(id).map(|at| before.entry(at).version);
            let is_placed = self.after.routes.iter().any(|route| route.ordinal(id).is_some());
            line(&mut text, format_args!("{id} {} {is_placed}", version.unwrap_or(0)));
        }
        text
    }
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{what}");
}
