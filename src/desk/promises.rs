//! Promises that may not be kept: told before their windows end, with what could be done.

use super::working_day::WorkingDay;
use crate::model::{BookingState, Position};
use crate::planning::RoutePlan;
use crate::schedule::{ElementKind, Facts};
use serde_json::json;

/// So many repairs are looked for at a time: each looks at the whole day.
const REPAIRS_MAX: usize = 8;

/// A visit that may be late.
struct Risk {
    ordinal: usize,
    /// Seconds after the end of the window, by the plan.
    late_by_s: i64,
}

impl WorkingDay {
    /// Tells of each promise of a route that came to be at risk, and of each that is safe again. It is at
    /// risk where the plan is late for it, and, on a day of which couriers tell, where nobody has told of
    /// it and its window is about to end.
    pub(super) fn watch_promises(&mut self, route: usize) {
        let told_before_s = self.plan.region.live.risk_told_before_s.get();
        let deadline = self.plan.is_told().then_some(self.now.timestamp() + told_before_s);
        let (risks, relieved) = changes(&self.plan.routes[route], deadline);
        for (count, risk) in risks.iter().enumerate() {
            let repair = (count < REPAIRS_MAX).then(|| self.repair(route, risk.ordinal)).flatten();
            self.mark(route, risk.ordinal, true);
            let plan = &self.plan.routes[route];
            let at = plan.element_of(risk.ordinal);
            let eta = self.moment(plan.schedule.timings()[at].start);
            let body = json!({
                "eta_at": eta, "late_by_s": risk.late_by_s.max(0), "repair": repair,
                "cause": if risk.late_by_s > 0 { "late" } else { "no_news" },
            });
            let booking = plan.entries[risk.ordinal].booking.clone();
            self.tell_of_courier("visit.at_risk", route, &booking, body);
        }
        for ordinal in relieved {
            self.mark(route, ordinal, false);
            let booking = self.plan.routes[route].entries[ordinal].booking.clone();
            self.tell_of_courier("visit.on_time", route, &booking, json!({}));
        }
    }

    /// Does so for the routes on which a promise is not known to be kept although its window is about
    /// to end.
    pub(super) fn watch_deadlines(&mut self) {
        if !self.plan.is_told() {
            return;
        }
        let before_s = self.plan.region.live.risk_told_before_s.get();
        for route in 0..self.plan.routes.len() {
            let deadline = self.plan.routes[route].first_deadline();
            if deadline.is_some_and(|closes| closes - before_s <= self.now.timestamp()) {
                self.watch_promises(route);
            }
        }
    }

    /// Takes in where a courier is: the next stop cannot be come to earlier than by the way there.
    pub(super) fn place_courier(&mut self, route: usize, position: &Position) {
        let told_from_s = self.plan.region.live.eta_told_from_s.get();
        let Some((at, expected)) = self.plan.routes[route].expected_by(position, told_from_s)
        else {
            return;
        };
        let plan = &self.plan.routes[route];
        let facts = Facts { expected: Some(expected), ..plan.schedule.elements()[at].facts };
        let moved = plan.with_facts(at, facts);
        self.set_route(route, moved);
        self.tell_of_route("route.eta_changed", route);
        self.watch_promises(route);
    }

    /// Notes whether it was told that a visit is at risk.
    fn mark(&mut self, route: usize, ordinal: usize, at_risk: bool) {
        let plan = &self.plan.routes[route];
        let at = plan.element_of(ordinal);
        let facts = Facts { at_risk, ..plan.schedule.elements()[at].facts };
        let marked = plan.with_facts(at, facts);
        self.set_route(route, marked);
    }

    /// Who could keep a promise instead, at the least travel. Nobody, where the courier has set off, or has
    /// the goods on board.
    fn repair(&self, route: usize, ordinal: usize) -> Option<serde_json::Value> {
        let plan = &self.plan.routes[route];
        let now = self.now.timestamp();
        if plan.is_frozen(ordinal, now) || plan.has_aboard(ordinal, now) {
            return None;
        }
        let booking = plan.entries[ordinal].booking.clone();
        let mut without = self.plan.clone();
        without.routes.remove(route);
        let place = without.cheapest_place(&booking, self.now)?;
        let to = &without.routes[place.route];
        let starts = place.gap.earliest.max(booking.window.start.timestamp());
        Some(json!({
            "move": { "booking_id": booking.id, "courier": to.of.courier.id, "route_id": to.id },
            "start_at": self.moment(starts),
            "travel_s": place.marginal().travel_s,
            "distance_m": place.marginal().distance_m,
        }))
    }

    fn moment(&self, unix_s: i64) -> String {
        let moment = chrono::DateTime::from_timestamp(unix_s, 0).unwrap_or_default();
        moment.with_timezone(&self.plan.region.time_zone).to_rfc3339()
    }
}

/// Visits that are newly at risk, and the ordinals of those that no longer are.
fn changes(plan: &RoutePlan, deadline: Option<i64>) -> (Vec<Risk>, Vec<usize>) {
    let (mut risks, mut relieved) = (Vec::new(), Vec::new());
    let stops = plan.schedule.elements().iter().zip(plan.schedule.timings());
    for (element, timing) in stops {
        let ElementKind::Visit(ordinal) = element.kind else { continue };
        let ordinal = ordinal as usize;
        let is_promised = plan.entries[ordinal].booking.state != BookingState::Held;
        let late_by_s = timing.start - element.closes;
        let is_open = !element.facts.is_reached() && deadline >= Some(element.closes);
        let is_at_risk = is_promised && (late_by_s > 0 || is_open);
        match (is_at_risk, element.facts.at_risk) {
            (true, false) => risks.push(Risk { ordinal, late_by_s }),
            (false, true) => relieved.push(ordinal),
            _ => {}
        }
    }
    (risks, relieved)
}
