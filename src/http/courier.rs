//! Couriers: their own route, and who they are.

use super::App;
use super::auth::{Admin, CourierCaller, Dispatcher};
use super::etag::Known;
use super::imports::{ImportedView, take_in};
use super::keyed::{KeyHeader, KeyedSheet};
use super::moment::ServiceDate;
use super::params::Asked;
use super::problem::{Problem, ProblemCode};
use super::route::{CapacityView, Reader, RouteView};
use crate::intake;
use crate::model::{Courier, CourierId, Hub, Region, Vehicle};
use crate::planning::{DayPlan, RoutePlan};
use crate::store::RegistryChange;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which day's route.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RouteQuery {
    /// Service date; today in the region's time zone where absent.
    #[param(value_type = Option<NaiveDate>)]
    date: Option<ServiceDate>,
}

impl RouteQuery {
    /// The date asked for, or today's.
    pub(super) fn date(&self, region: &Region, now: DateTime<Utc>) -> NaiveDate {
        self.date.map_or_else(|| region.date_of(now), |ServiceDate(date)| date)
    }
}

/// A courier, in the columns of `couriers.csv`. A capacity that is `null` is no limit.
#[derive(Serialize, ToSchema)]
pub(super) struct CourierView {
    /// Unique over all regions; letters, digits and `-_.:`.
    #[schema(example = "c-101")]
    id: String,
    /// Where they work.
    region: String,
    /// As colleagues and customers know them.
    name: String,
    /// What they drive.
    #[schema(schema_with = super::schema::vehicle)]
    vehicle: Vehicle,
    /// Where their routes start and end; of the same region.
    hub: String,
    /// The most parcels at any moment.
    max_parcels: Option<i64>,
    /// The most grams at any moment.
    max_weight_g: Option<i64>,
    /// The most millilitres at any moment.
    max_volume_ml: Option<i64>,
    /// The insured cap: the most declared value at any moment, in minor units.
    max_value: Option<i64>,
    /// What they can do beyond the ordinary.
    skills: Vec<String>,
    /// The most visits on one route.
    max_stops: Option<u32>,
}

/// Reads the calling courier's own route of a day.
///
/// The courier of several shifts gets the one under way or next. Where there is no shift on that
/// date, the answer is 404.
#[utoipa::path(
    get, path = "/v1/couriers/me/route", tag = "courier", params(RouteQuery),
    responses((
        status = 200, description = "The route", body = RouteView,
        headers(("ETag" = String, description = "Names this content"))
    ), (status = 304, description = "As the caller has it")),
    security(("courier" = [])),
    extensions(("x-problems" = json!(["not_found", "no_such_day"])))
)]
pub(super) async fn get_own_route(
    State(app): State<App>,
    CourierCaller(id): CourierCaller,
    Asked(query): Asked<RouteQuery>,
    known: Known,
) -> Result<Response, Problem> {
    let now = app.desk.clock().now();
    let courier = app.desk.courier(&id)?;
    let region = app.desk.region(&courier.region)?;
    let date = query.date(&region, now);
    let day = app.desk.day(&region.id, date).await?;
    let route = route_of(&day, &id, now).ok_or_else(|| no_shift(&id, date))?;
    Ok(known.json(&RouteView::new(&day, route, Reader::Courier, now)))
}

/// Takes couriers in: a JSON array, one object, or CSV. Those with a known id are replaced.
///
/// All faults are reported at once, and then nothing is taken in.
#[utoipa::path(
    post, path = "/v1/couriers", tag = "admin", params(KeyHeader),
    request_body(content((Vec<CourierView> = "application/json"), (String = "text/csv"))),
    responses((status = 200, description = "What was taken in", body = ImportedView)),
    security(("admin" = []))
)]
pub(super) async fn import_couriers(
    State(app): State<App>,
    _: Admin,
    KeyedSheet { bytes, key }: KeyedSheet,
) -> Result<Response, Problem> {
    take_in(&app, key, || {
        let registry = app.desk.registry();
        let hubs: Vec<Hub> = registry.hubs.values().map(|hub| Hub::clone(hub)).collect();
        let couriers = intake::couriers(&bytes, "the body", Some(&hubs))?;
        Ok(RegistryChange { couriers, ..RegistryChange::default() })
    })
    .await
}

/// Lists the couriers that the caller may see, by id.
#[utoipa::path(
    get, path = "/v1/couriers", tag = "admin",
    responses((status = 200, description = "The couriers", body = Vec<CourierView>)),
    security(("dispatcher" = []), ("admin" = []))
)]
pub(super) async fn list_couriers(
    State(app): State<App>,
    dispatcher: Dispatcher,
) -> axum::Json<Vec<CourierView>> {
    let registry = app.desk.registry();
    let seen = registry.couriers.values().filter(|courier| dispatcher.sees(&courier.region));
    axum::Json(seen.map(|courier| CourierView::from(&**courier)).collect())
}

/// The route under way or next; the last one when all shifts are over.
pub(super) fn route_of<'a>(
    day: &'a DayPlan,
    id: &CourierId,
    now: DateTime<Utc>,
) -> Option<&'a RoutePlan> {
    let own = day.routes.iter().filter(|route| route.of.courier.id == *id);
    let is_over = |route: &RoutePlan| route.of.shift.ends < now;
    let key = |route: &RoutePlan| {
        let starts = route.of.shift.starts.timestamp();
        if is_over(route) { (true, -starts) } else { (false, starts) }
    };
    own.min_by_key(|route| key(route)).map(|route| &**route)
}

pub(super) fn no_shift(id: &CourierId, date: NaiveDate) -> Problem {
    Problem::new(ProblemCode::NotFound, format!("{id} has no shift on {date}"))
}

impl From<&Courier> for CourierView {
    fn from(courier: &Courier) -> Self {
        let most = CapacityView::from(courier.capacity);
        Self {
            id: courier.id.to_string(),
            region: courier.region.to_string(),
            name: courier.name.clone(),
            vehicle: courier.vehicle,
            hub: courier.hub.to_string(),
            max_parcels: most.parcels,
            max_weight_g: most.weight_g,
            max_volume_ml: most.volume_ml,
            max_value: most.value,
            skills: courier.skills.iter().cloned().collect(),
            max_stops: courier.max_stops,
        }
    }
}
