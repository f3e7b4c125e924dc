//! What couriers tell, taken into the day.
//!
//! A route follows from all that its courier told of the day ([`CourierLog`]). So a report that
//! comes late, twice or before those it follows makes the same day as one that came in order.
//! Reality wins over the plan: who was visited is on the route of whoever was there, whatever the
//! plan had become meanwhile.

use super::working_day::WorkingDay;
use crate::model::{
    Booking, BookingAction, BookingId, BookingKind, BookingState, CourierId, Happening, Inspection,
    Position, Report, ToldReport,
};
use crate::planning::{Committed, CourierLog, Entry, LoggedStop, LoggedVisit};
use crate::store::BookingRow;
use chrono::TimeDelta;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A report belongs to the last shift that begins at most this long after it.
pub(super) const BEFORE_SHIFT_MAX: TimeDelta = TimeDelta::hours(2);

/// What a courier tells at a time.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) courier: CourierId,
    pub(super) reports: Vec<Report>,
}

/// Where a courier is.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) courier: CourierId,
    pub(super) position: Position,
}

/// What couriers told of a day before.
pub(super) type KnownReports = HashMap<CourierId, Vec<Report>>;

/// What became of a report, in the order in which they were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportVerdict {
    /// It is part of the day now.
    Recorded,
    /// It had been told before.
    Duplicate,
    /// It is part of the day, but not as it was expected.
    Noted {
        /// A stable name, such as `imei_mismatch`.
        code: &'static str,
        /// What is odd.
        detail: String,
    },
    /// It was not taken, and would not be if it were sent again.
    Rejected {
        /// A stable name, such as `not_on_the_day`.
        code: &'static str,
        /// What is wrong and what to do.
        detail: String,
    },
}

impl WorkingDay {
    /// Takes in what a courier tells; what became of each report.
    pub(super) fn hear(&mut self, told: &Told) -> Vec<ReportVerdict> {
        let mut known = self.known_reports.remove(&told.courier).unwrap_or_default();
        let mut verdicts = Vec::with_capacity(told.reports.len());
        let (before, now) = (known.len(), self.now);
        for report in &told.reports {
            let is_known = known.iter().any(|other| other.id == report.id);
            let verdict = if is_known { ReportVerdict::Duplicate } else { self.judge(report) };
            if matches!(verdict, ReportVerdict::Recorded | ReportVerdict::Noted { .. }) {
                let (courier, report) = (told.courier.clone(), report.clone());
                known.push(report.clone());
                self.new_reports.push(ToldReport { courier, report, received_at: now });
            }
            verdicts.push(verdict);
        }
        if known.len() > before {
            self.retell(&told.courier, &known);
        }
        self.known_reports.insert(told.courier.clone(), known);
        verdicts
    }

    /// Takes in where a courier is.
    pub(super) fn locate(&mut self, seen: &Seen) {
        for route in self.own_routes(&seen.courier) {
            let shift = self.plan.routes[route].of.shift;
            if shift.starts <= seen.position.at + BEFORE_SHIFT_MAX && shift.ends >= seen.position.at
            {
                self.place_courier(route, &seen.position);
            }
        }
    }

    fn own_routes(&self, courier: &CourierId) -> Vec<usize> {
        let routes = 0..self.plan.routes.len();
        routes.filter(|&route| self.plan.routes[route].of.courier.id == *courier).collect()
    }

    /// Whether a report can be taken.
    fn judge(&self, report: &Report) -> ReportVerdict {
        let Some(id) = report.what.booking() else { return ReportVerdict::Recorded };
        let rejected = |code, detail: String| ReportVerdict::Rejected { code, detail };
        let Some(at) = self.plan.find(id) else {
            let detail =
                format!("{id} is not on this day: it was called off or moved; ask dispatch");
            return rejected("not_on_the_day", detail);
        };
        let booking = &self.plan.entry(at).booking;
        if booking.state == BookingState::Held {
            return rejected("not_confirmed", format!("{id} is only held: nobody expects it yet"));
        }
        let kind = booking.request.kind;
        let fits = match report.what {
            Happening::Collected { .. } | Happening::Inspected { .. } => {
                kind != BookingKind::Delivery
            }
            Happening::Delivered { .. } => kind != BookingKind::Pickup,
            _ => true,
        };
        if !fits {
            let detail = format!("{id} is a {}: that cannot have happened there", kind.as_str());
            return rejected("wrong_kind", detail);
        }
        let region = &self.plan.region;
        let quotes = report.what.inspections().iter().filter_map(|inspection| inspection.quote);
        if let Some(other) = quotes.map(|quote| quote.currency).find(|c| *c != region.currency) {
            let detail =
                format!("a quote is in {other}, but the region counts in {}", region.currency);
            return rejected("wrong_currency", detail);
        }
        odd_devices(booking, report.what.inspections()).unwrap_or(ReportVerdict::Recorded)
    }

    /// Reads all that a courier told anew, and has their routes be as it says.
    fn retell(&mut self, courier: &CourierId, reports: &[Report]) {
        let own = self.own_routes(courier);
        for &route in &own {
            let of_route = reports.iter().filter(|report| self.shift_of(report, &own) == route);
            let log = CourierLog::read(of_route, |id| {
                let at = self.plan.find(id)?;
                Some(self.plan.entry(at).booking.request.kind)
            });
            self.follow(route, log);
        }
    }

    /// The route that a report is about, by its moment alone.
    fn shift_of(&self, report: &Report, own: &[usize]) -> usize {
        let starts = |route: usize| self.plan.routes[route].of.shift.starts;
        let begun = own.iter().copied().filter(|&r| starts(r) <= report.at + BEFORE_SHIFT_MAX);
        let first = own.iter().copied().min_by_key(|&route| starts(route));
        begun.max_by_key(|&route| starts(route)).or(first).unwrap_or_default()
    }

    /// Has a route be as its log says.
    fn follow(&mut self, route: usize, mut log: CourierLog) {
        log.stops.retain(|stop| match stop {
            LoggedStop::Visit(visit) => !self.is_anothers(route, visit),
            LoggedStop::Rest(_) | LoggedStop::Hub(_) => true,
        });
        let told: BTreeSet<BookingId> = log.visits().map(|visit| visit.booking).collect();
        self.put_off(route, &told);
        let mut entries = BTreeMap::new();
        for visit in log.visits() {
            if let Some(entry) = self.come_to(route, visit) {
                entries.insert(visit.booking, entry);
            }
        }
        let before = Arc::clone(&self.plan.routes[route]);
        let after = before.logged(&log, &entries);
        if after.schedule.elements() != before.schedule.elements()
            || after.entries != before.entries
        {
            self.set_route(route, after);
            self.tell_of_route("route.progressed", route);
            self.call_at_hub(route, before.excess());
        }
        self.watch_promises(route);
    }

    /// Whether a visit was made by the courier of another route: what has been there counts more than
    /// what was only set off to, and what was ended more than that.
    fn is_anothers(&self, route: usize, visit: &LoggedVisit) -> bool {
        let Some(Committed::OnRoute { route: other, ordinal }) = self.plan.find(visit.booking)
        else {
            return false;
        };
        let theirs = &self.plan.routes[other];
        let facts = theirs.schedule.elements()[theirs.element_of(ordinal)].facts;
        let rank = |reached: bool, ended: bool| u8::from(reached) + u8::from(ended);
        let ended =
            |state: BookingState| matches!(state, BookingState::Completed | BookingState::Failed);
        let state = theirs.entries[ordinal].booking.state;
        let is_ended = matches!(visit.action(), BookingAction::Complete | BookingAction::Fail(_));
        other != route
            && facts.is_touched()
            && rank(facts.is_reached(), ended(state)) >= rank(visit.facts.is_reached(), is_ended)
    }

    /// The bookings of a route that were told of before and are not any more wait again.
    fn put_off(&mut self, route: usize, told: &BTreeSet<BookingId>) {
        let waits = |state| matches!(state, BookingState::Held | BookingState::Confirmed);
        for ordinal in 0..self.plan.routes[route].entries.len() {
            let booking = self.plan.routes[route].entries[ordinal].booking.clone();
            if waits(booking.state) || told.contains(&booking.id) {
                continue;
            }
            if let Ok(state) = booking.state.told(BookingAction::Divert) {
                let waiting = Booking { state, outcome: None, ..booking };
                let at = Committed::OnRoute { route, ordinal };
                self.tell_at("booking.put_off", at, &waiting);
                self.update(at, waiting);
            }
        }
    }

    /// A visited booking in its new content, taken off wherever else it was planned.
    fn come_to(&mut self, route: usize, visit: &LoggedVisit) -> Option<Arc<Entry>> {
        let at = self.plan.find(visit.booking)?;
        let Entry { booking, version } = Entry::clone(self.plan.entry(at));
        let mut told = visit.told(&self.plan.region, &booking).ok()?;
        let is_revived = booking.state == BookingState::Failed && told.state != booking.state;
        if is_revived && self.claim_external_id(&told).is_err() {
            // It was booked anew under its order number: that is the new one's now.
            told.external_id = None;
        }
        let is_here = matches!(at, Committed::OnRoute { route: other, .. } if other == route);
        let (region, to) = (Arc::clone(&self.plan.region), self.plan.routes[route].id);
        if !is_here {
            self.vacate(at);
            self.tell_of_courier("booking.taken_over", route, &told, json!({}));
        }
        if told != booking || !is_here {
            self.tell_state(route, &booking, &told, visit, &region);
            let row = BookingRow { booking: told.clone(), route: Some(to), version };
            self.note(row);
        }
        Some(Arc::new(Entry { booking: told, version }))
    }

    /// Tells where a booking now stands.
    fn tell_state(
        &mut self,
        route: usize,
        before: &Booking,
        after: &Booking,
        visit: &LoggedVisit,
        region: &crate::model::Region,
    ) {
        let kind = match after.state {
            BookingState::EnRoute => "booking.en_route",
            BookingState::Arrived if before.state == BookingState::Arrived => "booking.inspected",
            BookingState::Arrived => "booking.arrived",
            BookingState::Completed => "booking.completed",
            BookingState::Failed => "booking.failed",
            _ => return,
        };
        let outcome = after.outcome.as_ref();
        let mut details = json!({});
        if let Some(reason) = outcome.and_then(|outcome| outcome.failed) {
            let waited_s =
                visit.facts.left.zip(visit.facts.arrived).map(|(left, came)| left - came);
            let is_short =
                reason.asks_for_waiting() && waited_s.is_some_and(|s| s < region.live.wait_s.get());
            details =
                json!({ "reason": reason, "waited_s": waited_s, "waited_too_short": is_short });
        } else if let Some(outcome) = outcome.filter(|outcome| outcome.ended_at.is_some()) {
            let refused = outcome.devices.iter().filter(|device| !device.accepted).count();
            details = json!({
                "collected_value": outcome.collected.value,
                "refused": refused,
                "handed_over": outcome.handed_over,
            });
        }
        self.tell_of_courier(kind, route, after, details);
    }

    /// Tells something of a booking, and whose route it is on.
    pub(super) fn tell_of_courier(
        &mut self,
        kind: &str,
        route: usize,
        booking: &Booking,
        details: serde_json::Value,
    ) {
        let of = &self.plan.routes[route];
        let mut body = json!({
            "state": booking.state,
            "programme": booking.programme,
            "window": booking.window,
            "route": of.id,
            "courier": of.of.courier.id,
        });
        if let (Some(body), serde_json::Value::Object(details)) = (body.as_object_mut(), details) {
            body.extend(details);
        }
        self.event(kind, booking.id.to_string(), body);
    }

    pub(super) fn tell_of_route(&mut self, kind: &str, route: usize) {
        let of = &self.plan.routes[route];
        let (id, body) = (of.id, json!({ "route": of.id, "courier": of.of.courier.id }));
        self.event(kind, id.to_string(), body);
    }
}

/// What is odd about the devices that were found at a door.
fn odd_devices(booking: &Booking, found: &[Inspection]) -> Option<ReportVerdict> {
    let booked = booking.devices();
    if let Some(unknown) = found.iter().find(|inspection| inspection.device >= booked.len()) {
        let detail = format!(
            "device {} is not on the booking: it has {}, counted from 0",
            unknown.device,
            booked.len()
        );
        return Some(ReportVerdict::Rejected { code: "no_such_device", detail });
    }
    let is_another = |inspection: &&Inspection| {
        let expected = booked[inspection.device].imei.as_ref();
        expected.zip(inspection.imei.as_ref()).is_some_and(|(expected, found)| expected != found)
    };
    found.iter().find(is_another).map(|inspection| ReportVerdict::Noted {
        code: "imei_mismatch",
        detail: format!(
            "the IMEI of device {} is not the booked one: compare them before you take it",
            inspection.device
        ),
    })
}
