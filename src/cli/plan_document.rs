//! A plan for programs: JSON and GeoJSON.

use super::CliError;
use super::plan_report::Report;
use crate::http::route_features;
use crate::model::{Booking, BookingId, Stop};
use crate::planning::RoutePlan;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Bookings<'a> = BTreeMap<BookingId, &'a Booking>;

impl Report<'_> {
    /// The whole plan: summary, routes with their stops, unserved bookings with their reasons.
    pub(super) fn json(&self) -> Result<String, CliError> {
        let bookings: Bookings =
            self.plan.entries().map(|(_, entry)| (entry.booking.id, &entry.booking)).collect();
        let external = |id: &BookingId| bookings.get(id).map(|booking| &booking.external_id);
        let routes: Vec<Value> =
            self.plan.routes.iter().map(|route| self.route_json(route, &bookings)).collect();
        let unassigned: Vec<Value> = self
            .unserved
            .iter()
            .map(|(id, reasons)| {
                json!({ "booking_id": id, "external_id": external(id), "reasons": reasons,
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

    fn route_json(&self, route: &RoutePlan, bookings: &Bookings) -> Value {
        let stored = route.to_route(self.plan);
        let stops: Vec<Value> = (1..)
            .zip(&stored.stops)
            .map(|(seq, stop)| stop_json(seq, stop, stop.booking.and_then(|id| bookings.get(&id))))
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
}

/// A stop as the API shows it: numbered from 1, with the booking's id and what was promised.
fn stop_json(seq: u32, stop: &Stop, booking: Option<&&Booking>) -> Value {
    let mut value = json!(stop);
    value["seq"] = json!(seq);
    if let (Some(fields), Some(booking)) = (value.as_object_mut(), booking) {
        fields.remove("booking");
        fields.insert("booking_id".to_owned(), json!(booking.id));
        fields.insert("external_id".to_owned(), json!(booking.external_id));
        fields.insert("promise".to_owned(), json!(booking.window));
    }
    value
}
