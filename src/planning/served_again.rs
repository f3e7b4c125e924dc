//! Whose promise was given up when the day was upset, tried again: without a place, or late.
//!
//! A repair has a second. What it could not place in time may still find a place afterwards, when the day
//! has changed or a longer search has looked.

use super::late::late_bookings;
use super::repair::{Draft, Repair};
use super::{Committed, DayPlan, Effort, Entry};
use crate::model::{BookingId, BookingState};
use crate::solver::Control;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The bookings whose promise is given up as the day is planned, of those that could still be kept at `now`:
/// without a place, or served late by a courier who has not set off to them.
#[must_use]
pub fn given_up(day: &DayPlan, now: DateTime<Utc>) -> BTreeSet<BookingId> {
    let waiting = day.unassigned.iter().filter(|entry| is_open(day, entry, now));
    let mut found: BTreeSet<BookingId> = waiting.map(|entry| entry.booking.id).collect();
    for route in &day.routes {
        let late = late_bookings(route);
        let entries = route.entries.iter().enumerate();
        let free = entries.filter(|(ordinal, entry)| {
            late.contains(&entry.booking.id)
                && is_open(day, entry, now)
                && !route.is_frozen(*ordinal, now.timestamp())
                && !route.has_aboard(*ordinal, now.timestamp())
                && !day.is_locked(route, *ordinal)
        });
        found.extend(free.map(|(_, entry)| entry.booking.id));
    }
    found
}

fn is_open(day: &DayPlan, entry: &Entry, now: DateTime<Utc>) -> bool {
    let booking = &entry.booking;
    booking.state == BookingState::Confirmed
        && booking.window.end > now
        && day.stranded(booking.id).is_none()
}

/// Places in their windows for some of those whose promise is given up, be it that others make way. Who finds
/// one is told as displaced by the repair; the others go on waiting, or are late where they were. Nothing
/// changes where nobody finds one.
#[must_use]
pub fn served_again(
    day: &DayPlan,
    who: &BTreeSet<BookingId>,
    now: DateTime<Utc>,
    effort: &Effort,
    control: Control<'_>,
) -> Repair {
    let mut draft = Draft::new(day, now);
    draft.take_given_up(who);
    draft.insert();
    draft.squeeze_in();
    draft.serve(effort, control);
    let gained = draft.displaced.len() - draft.day.unassigned.len();
    if gained == 0 || !draft.put_back() {
        draft = Draft::new(day, now);
    }
    draft.repair()
}

impl Draft<'_> {
    fn take_given_up(&mut self, who: &BTreeSet<BookingId>) {
        for id in who {
            let Some(at) = self.before.find(*id) else { continue };
            let entry = match at {
                Committed::OnRoute { .. } => {
                    let at = self.day.find(*id).expect("nobody has left but those named before");
                    self.day.take_out(at, self.now)
                }
                Committed::Unassigned(_) => Arc::clone(self.before.entry(at)),
            };
            self.displaced.push(Arc::clone(&entry));
            self.day.unassigned.push(entry);
        }
        self.day.unassigned.sort_by_key(|entry| entry.booking.id);
    }

    /// Puts those who were late and found no place in time where they were, or where they are least late; the
    /// others go on waiting. Who stays on the same route or waits is not told. Whether all of them
    /// found a place.
    fn put_back(&mut self) -> bool {
        let route_of = |day: &DayPlan, id| match day.find(id) {
            Some(Committed::OnRoute { route, .. }) => Some(route),
            _ => None,
        };
        let left = std::mem::take(&mut self.day.unassigned);
        let was_late = |entry: &Arc<Entry>| route_of(self.before, entry.booking.id).is_some();
        let (late, waiting): (Vec<_>, Vec<_>) = left.into_iter().partition(was_late);
        self.day.unassigned.clone_from(&late);
        self.stay_late();
        let has_moved = |entry: &Arc<Entry>| {
            let id = entry.booking.id;
            route_of(self.before, id) != route_of(&self.day, id)
        };
        let is_told = |entry: &Arc<Entry>| {
            let is = |other: &Arc<Entry>| other.booking.id == entry.booking.id;
            !waiting.iter().any(is) && (!late.iter().any(is) || has_moved(entry))
        };
        let told = self.displaced.iter().filter(|entry| is_told(entry)).cloned().collect();
        self.displaced = told;
        self.day.unassigned.is_empty()
    }
}
