//! A day on the map, as `GeoJSON` in WGS-84.

use super::App;
use super::auth::Dispatcher;
use super::day::{DayPath, computed};
use super::etag::Known;
use super::params::Named;
use super::problem::Problem;
use crate::geo::Point;
use crate::model::{Hub, HubId, Route, Stop, StopKind};
use crate::planning::{DayPlan, RoutePlan, shift_work, zones};
use crate::zones::feature_collection;
use axum::extract::State;
use axum::response::Response;
use geojson::{Feature, FeatureCollection, GeometryValue, JsonObject, Position};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Zones of about one shift's work each, over all bookings of the day.
///
/// One `MultiPolygon` for each zone, with `zone`, `work_s`, `bookings`, `cells` (H3) and
/// `share_of_target`.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/zones", tag = "dispatcher", params(DayPath),
    responses((
        status = 200, description = "A FeatureCollection", content_type = "application/geo+json",
        body = Object, headers(("ETag" = String, description = "Names this content"))
    ), (status = 304, description = "As the caller has it")),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn get_zones(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    known: Known,
) -> Result<Response, Problem> {
    let day = path.plan(&app, &dispatcher).await?;
    Ok(known.geojson(&computed(move || zone_features(&day)).await?))
}

/// Routes as lines, their stops and hubs as points.
///
/// Each feature has a `feature` property: `route` (with `route_id, courier, stops, travel_s,
/// distance_m`), `stop` (with `route_id, courier, seq, booking_id, status, start_at`) or `hub` (with
/// `hub_id, name`).
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/routes", tag = "dispatcher", params(DayPath),
    responses((
        status = 200, description = "A FeatureCollection", content_type = "application/geo+json",
        body = Object, headers(("ETag" = String, description = "Names this content"))
    ), (status = 304, description = "As the caller has it")),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn get_routes(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    known: Known,
) -> Result<Response, Problem> {
    let day = path.plan(&app, &dispatcher).await?;
    Ok(known.geojson(&computed(move || route_features(&day)).await?))
}

fn zone_features(day: &DayPlan) -> FeatureCollection {
    let bookings: Vec<_> = day.entries().map(|(_, entry)| &entry.booking).collect();
    feature_collection(&zones(day, &bookings), shift_work(day).get())
}

/// Routes as lines, their stops and hubs as points; the API document names the properties.
pub fn route_features(day: &DayPlan) -> FeatureCollection {
    let used = day.routes.iter().filter(|route| !route.entries.is_empty());
    let of_routes = used.flat_map(|plan| {
        let route = plan.to_route(day);
        let line = line(&route);
        let visits = route.stops.iter().enumerate().filter(|(_, stop)| stop.booking.is_some());
        let stops: Vec<Feature> =
            visits.map(|(at, stop)| point_of_stop(day, plan, &route, at, stop)).collect();
        std::iter::once(line).chain(stops)
    });
    let hubs: BTreeMap<&HubId, &Hub> =
        day.routes.iter().map(|route| (&route.of.hub.id, &*route.of.hub)).collect();
    of_routes.chain(hubs.into_values().map(point_of_hub)).collect()
}

/// The way from the hub and back.
fn line(route: &Route) -> Feature {
    let places = route.stops.iter().filter(|stop| stop.kind != StopKind::Break);
    let coordinates = places.map(|stop| position(stop.place)).collect();
    let properties = json!({
        "feature": "route",
        "route_id": route.id,
        "courier": route.courier,
        "stops": route.bookings().count(),
        "travel_s": route.travel_s(),
        "distance_m": route.distance_m(),
    });
    feature(GeometryValue::LineString { coordinates }, properties)
}

fn point_of_stop(
    day: &DayPlan,
    plan: &RoutePlan,
    route: &Route,
    at: usize,
    stop: &Stop,
) -> Feature {
    let ordinal = stop.booking.and_then(|id| plan.ordinal(id));
    let booking = ordinal.map(|ordinal| &plan.entries[ordinal].booking);
    let properties = json!({
        "feature": "stop",
        "route_id": route.id,
        "courier": route.courier,
        "seq": at + 1,
        "booking_id": stop.booking,
        "status": booking.map(|booking| booking.state),
        "start_at": super::moment::local(day.region.time_zone, stop.start_at),
    });
    feature(point(stop.place), properties)
}

fn point_of_hub(hub: &Hub) -> Feature {
    let properties = json!({ "feature": "hub", "hub_id": hub.id, "name": hub.name });
    feature(point(hub.place), properties)
}

fn feature(geometry: GeometryValue, properties: Value) -> Feature {
    let properties = match properties {
        Value::Object(properties) => properties,
        _ => JsonObject::new(),
    };
    Feature {
        bbox: None,
        geometry: Some(geojson::Geometry::new(geometry)),
        id: None,
        properties: Some(properties),
        foreign_members: None,
    }
}

fn point(place: Point) -> GeometryValue {
    GeometryValue::Point { coordinates: position(place) }
}

fn position(place: Point) -> Position {
    Position::from([place.lon(), place.lat()])
}
