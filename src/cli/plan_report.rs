//! A plan for people (a table with a bar per courier) and for programs (JSON, GeoJSON).

use super::CliError;
use crate::check::Violation;
use crate::http::route_features;
use crate::model::{BookingId, Reason, ReasonCode, Seconds};
use crate::planning::{DayPlan, RoutePlan};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Characters of the longest bar.
const BAR_WIDTH: i64 = 32;

/// A plan with what became of it.
pub(super) struct Report<'a> {
    pub(super) plan: &'a DayPlan,
    pub(super) unserved: &'a [(BookingId, Vec<Reason>)],
    pub(super) violations: &'a [Violation],
}

impl Report<'_> {
    /// One line per courier with a bar for the time on the road and at doors, then the sums.
    pub(super) fn table(&self, took: TimeDelta) -> String {
        let mut text = format!(
            "{:<16} {:>5} {:>8} {:>8} {:>8}  shift: █ at doors ▒ on the road ░ free\n",
            "courier", "stops", "travel", "km", "working"
        );
        for route in &self.plan.routes {
            let _ = writeln!(text, "{}", self.line(route));
        }
        let _ = write!(text, "\n{}", self.summary(took));
        text
    }

    fn line(&self, route: &RoutePlan) -> String {
        let stored = route.to_route(self.plan);
        let at_doors: Seconds = stored.stops.iter().map(|stop| stop.service_s).sum();
        let shift = Seconds::from(stored.shift.ends - stored.shift.starts);
        let cells = |part: Seconds| part.get() * BAR_WIDTH / shift.get().max(1);
        let (doors, road) = (cells(at_doors), cells(stored.travel_s()));
        format!(
            "{:<16} {:>5} {:>8} {:>8} {:>8}  {}{}{}",
            route.of.courier.id.as_str(),
            route.entries.len(),
            hours(stored.travel_s()),
            kilometres(stored.distance_m().get()),
            hours(stored.duration_s()),
            repeat('█', doors),
            repeat('▒', road),
            repeat('░', BAR_WIDTH - doors - road),
        )
    }

    fn summary(&self, took: TimeDelta) -> String {
        let sums = self.sums();
        let mut text = format!(
            "{}: {} of {} bookings served by {} of {} couriers; travel {}, {} km; planned in {:.2} s\n",
            self.plan.date,
            sums.served,
            sums.served + self.unserved.len(),
            sums.couriers_used,
            self.plan.routes.len(),
            hours(Seconds(sums.travel_s)),
            kilometres(sums.distance_m),
            took.as_seconds_f64(),
        );
        if !self.unserved.is_empty() {
            let counts: Vec<String> = self
                .unserved_by_reason()
                .into_iter()
                .map(|(code, count)| format!("{count} {}", name_of(code)))
                .collect();
            let _ = writeln!(text, "unserved: {}", counts.join(", "));
        }
        if self.violations.is_empty() {
            text.push_str("check: no violation\n");
        }
        for violation in self.violations {
            let _ = writeln!(text, "check: {violation}");
        }
        text
    }

    /// The whole plan: summary, routes with their stops, unserved bookings with their reasons.
    pub(super) fn json(&self) -> Result<String, CliError> {
        let external: BTreeMap<BookingId, Option<&str>> = self
            .plan
            .entries()
            .map(|(_, entry)| (entry.booking.id, entry.booking.external_id.as_deref()))
            .collect();
        let external = |id: BookingId| external.get(&id).copied().flatten();
        let routes: Vec<Value> =
            self.plan.routes.iter().map(|route| self.route_json(route, &external)).collect();
        let unassigned: Vec<Value> = self
            .unserved
            .iter()
            .map(|(id, reasons)| {
                json!({ "booking_id": id, "external_id": external(*id), "reasons": reasons,
                        "complete": true })
            })
            .collect();
        let sums = self.sums();
        let document = json!({
            "region": self.plan.region.id,
            "date": self.plan.date,
            "time_zone": self.plan.region.time_zone.name(),
            "summary": {
                "bookings": sums.served + self.unserved.len(),
                "served": sums.served,
                "unserved": self.unserved.len(),
                "couriers": self.plan.routes.len(),
                "couriers_used": sums.couriers_used,
                "travel_s": sums.travel_s,
                "distance_m": sums.distance_m,
                "violations": self.violations.iter().map(ToString::to_string).collect::<Vec<_>>(),
            },
            "routes": routes,
            "unassigned": unassigned,
        });
        let text = serde_json::to_string_pretty(&document).map_err(CliError::failed)?;
        Ok(format!("{text}\n"))
    }

    fn route_json<'a>(
        &self,
        route: &RoutePlan,
        external: &impl Fn(BookingId) -> Option<&'a str>,
    ) -> Value {
        let stored = route.to_route(self.plan);
        let stops: Vec<Value> = stored
            .stops
            .iter()
            .enumerate()
            .map(|(seq, stop)| {
                let mut value = json!(stop);
                value["seq"] = json!(seq);
                value["external_id"] = json!(stop.booking.and_then(external));
                value
            })
            .collect();
        json!({
            "id": stored.id,
            "courier": stored.courier,
            "hub": stored.hub,
            "shift": stored.shift,
            "travel_s": stored.travel_s(),
            "distance_m": stored.distance_m(),
            "paid_s": stored.duration_s(),
            "peak_load": stored.peak_load(),
            "stops": stops,
        })
    }

    /// Routes as lines, stops and hubs as points.
    pub(super) fn geojson(&self) -> String {
        format!("{}\n", route_features(self.plan))
    }

    fn unserved_by_reason(&self) -> BTreeMap<ReasonCode, usize> {
        let mut counts = BTreeMap::new();
        for (_, reasons) in self.unserved {
            if let Some(first) = reasons.first() {
                *counts.entry(first.code).or_default() += 1;
            }
        }
        counts
    }

    fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for route in &self.plan.routes {
            let travel = route.schedule.travel();
            sums.served += route.entries.len();
            sums.couriers_used += usize::from(!route.entries.is_empty());
            sums.travel_s += travel.travel_s.get();
            sums.distance_m += travel.distance_m.get();
        }
        sums
    }
}

#[derive(Default)]
struct Sums {
    served: usize,
    couriers_used: usize,
    travel_s: i64,
    distance_m: i64,
}

fn hours(seconds: Seconds) -> String {
    let minutes = seconds.get() / 60;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

fn kilometres(metres: i64) -> String {
    format!("{}.{}", metres / 1_000, metres % 1_000 / 100)
}

fn repeat(symbol: char, count: i64) -> String {
    (0..count).map(|_| symbol).collect()
}

fn name_of(code: ReasonCode) -> String {
    serde_json::to_value(code).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
