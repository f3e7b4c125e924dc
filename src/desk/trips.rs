//! Routes whose couriers have to call at the hub before they carry too much, and need not any more.

use super::working_day::WorkingDay;
use crate::planning::{Excess, RoutePlan};
use serde_json::json;

impl WorkingDay {
    /// Has the courier of a route call at the hub where they would carry too much otherwise; tells so, or
    /// that no call helps. `before` is what was too much already, and was told.
    pub(super) fn call_at_hub(&mut self, route: usize, before: Option<Excess>) {
        let plan = &self.plan.routes[route];
        let Some(excess) = plan.excess() else { return };
        if let Some(called) = plan.with_hub_calls(self.now.timestamp()) {
            let body = cause(&called, excess);
            self.event("route.hub_call_added", called.id.to_string(), body);
            self.set_route(route, called);
        } else if before != Some(excess) {
            let (id, body) = (plan.id, cause(plan, excess));
            self.event("route.over_cap", id.to_string(), body);
        }
    }

    /// A route without the calls at the hub that it can do without, which is told.
    pub(super) fn with_needed_calls(&mut self, route: RoutePlan) -> RoutePlan {
        let Some(shorter) = route.without_needless_calls(self.now.timestamp()) else {
            return route;
        };
        let body = json!({ "route": shorter.id, "courier": shorter.of.courier.id });
        self.event("route.hub_call_removed", shorter.id.to_string(), body);
        shorter
    }
}

fn cause(route: &RoutePlan, Excess { dimension, by }: Excess) -> serde_json::Value {
    json!({
        "route": route.id,
        "courier": route.of.courier.id,
        "dimension": dimension,
        "by": by,
    })
}
