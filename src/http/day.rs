//! The dispatcher's board: a region's day with its routes, what has no place, and why.

use super::App;
use super::auth::Dispatcher;
use super::etag::Known;
use super::moment::ServiceDate;
use super::params::{Asked, Named};
use super::problem::Problem;
use super::route::{Reader, RouteView};
use super::slot::ReasonView;
use crate::check::Violation;
use crate::desk::violations;
use crate::model::{BookingId, BookingState, Leg, Reason, RegionId, RouteId};
use crate::planning::{DayPlan, reasons};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// One region's day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct DayPath {
    /// The region.
    #[param(value_type = String, example = "beijing")]
    pub(super) region: RegionId,
    /// Service date in the region's time zone.
    #[param(value_type = NaiveDate)]
    pub(super) date: ServiceDate,
}

/// A region's day.
#[derive(Serialize, ToSchema)]
pub(super) struct DayView {
    /// The region.
    region: String,
    /// IANA time zone of all moments.
    time_zone: String,
    /// Service date in that zone.
    date: NaiveDate,
    /// Counts every committed change of the day.
    version: i64,
    /// One for each shift, empty ones too.
    routes: Vec<RouteView>,
    /// Bookings without a place, and why.
    unassigned: Vec<UnassignedView>,
    /// The day in numbers.
    summary: SummaryView,
}

/// A booking that fits nowhere.
#[derive(Serialize, ToSchema)]
pub(super) struct UnassignedView {
    /// The booking.
    booking_id: String,
    /// For each kind of obstacle the courier who came closest, nearest to a yes first.
    reasons: Vec<ReasonView>,
    /// Every position of every route was tried: the reasons are all there are.
    complete: bool,
}

/// The bookings of a day that fit nowhere.
#[derive(Serialize, ToSchema)]
pub(super) struct UnassignedListView {
    /// Version of the day that was looked at.
    version: i64,
    /// The bookings.
    unassigned: Vec<UnassignedView>,
}

/// A day in numbers.
#[derive(Serialize, ToSchema)]
pub(super) struct SummaryView {
    /// Bookings with a place.
    visits: usize,
    /// Of those, only held.
    held: usize,
    /// Of those, confirmed or further.
    confirmed: usize,
    /// Bookings without a place.
    unassigned: usize,
    /// Shifts.
    couriers: usize,
    /// Shifts with at least one visit.
    couriers_used: usize,
    /// Travel of all routes in seconds.
    travel_s: i64,
    /// Length of all routes in metres.
    distance_m: i64,
    /// Every rule that does not hold, as an independent check finds it. Empty on a sound day.
    violations: Vec<ViolationView>,
}

/// A rule that does not hold.
#[derive(Serialize, ToSchema)]
pub(super) struct ViolationView {
    /// Its stable name, such as `late`.
    rule: &'static str,
    /// The route, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    route_id: Option<String>,
    /// Which stop of it, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<usize>,
    /// The booking, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<String>,
    /// In words, with the amount.
    detail: String,
}

/// Which part of a day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DayPart {
    /// Answer these routes alone: up to 100 ids, with commas between. Everything else of the answer is
    /// about the whole day. Routes that the day does not have are left out.
    #[param(value_type = Option<String>, example = "rte_0195577b8f2c5d4e9a31c6a0f3d85b12")]
    routes: Option<RouteIds>,
}

/// Ids of routes, with commas between.
struct RouteIds(HashSet<RouteId>);

/// More are a whole day.
const ROUTES_MAX: usize = 100;

impl<'de> Deserialize<'de> for RouteIds {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let ids = text.split(',').map(str::parse).collect::<Result<HashSet<RouteId>, _>>();
        let ids = ids.map_err(serde::de::Error::custom)?;
        if ids.len() > ROUTES_MAX {
            return Err(serde::de::Error::custom(format!("more than {ROUTES_MAX} routes")));
        }
        Ok(Self(ids))
    }
}

/// Reads a day: routes, what has no place, and the numbers.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}", tag = "dispatcher",
    params(DayPath, DayPart),
    responses((
        status = 200, description = "The day", body = DayView,
        headers(("ETag" = String, description = "Names this content"))
    ), (status = 304, description = "As the caller has it")),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day", "malformed_query"])))
)]
pub(super) async fn get_day(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    Asked(part): Asked<DayPart>,
    known: Known,
) -> Result<Response, Problem> {
    let day = path.plan(&app, &dispatcher).await?;
    let now = app.desk.clock().now();
    let view = computed(move || DayView::new(&day, part.routes.as_ref(), now)).await?;
    Ok(known.json(&view))
}

/// Lists the bookings of a day that fit nowhere, with complete reasons.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/unassigned", tag = "dispatcher", params(DayPath),
    responses((
        status = 200, description = "The bookings", body = UnassignedListView,
        headers(("ETag" = String, description = "Names this content"))
    ), (status = 304, description = "As the caller has it")),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn get_unassigned(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    known: Known,
) -> Result<Response, Problem> {
    let day = path.plan(&app, &dispatcher).await?;
    let now = app.desk.clock().now();
    let list =
        move || UnassignedListView { version: day.version(), unassigned: unassigned_of(&day, now) };
    Ok(known.json(&computed(list).await?))
}

impl DayPath {
    /// Which day, if the dispatcher may change it.
    pub(super) fn entered(
        &self,
        dispatcher: &Dispatcher,
    ) -> Result<(RegionId, NaiveDate), Problem> {
        dispatcher.enter(&self.region)?;
        Ok((self.region.clone(), self.date.0))
    }

    /// The last committed plan, if the dispatcher may see it.
    pub(super) async fn plan(
        &self,
        app: &App,
        dispatcher: &Dispatcher,
    ) -> Result<Arc<DayPlan>, Problem> {
        dispatcher.enter(&self.region)?;
        Ok(app.desk.day(&self.region, self.date.0).await?)
    }
}

/// Work of more than a moment, off the threads that answer requests.
pub(super) async fn computed<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())
}

impl DayView {
    fn new(day: &DayPlan, asked: Option<&RouteIds>, now: DateTime<Utc>) -> Self {
        let is_asked = |id| asked.is_none_or(|RouteIds(ids)| ids.contains(id));
        let routes = day.routes.iter().filter(|route| is_asked(&route.id));
        Self {
            region: day.region.id.to_string(),
            time_zone: day.region.time_zone.to_string(),
            date: day.date,
            version: day.version(),
            routes: routes.map(|r| RouteView::new(day, r, Reader::Dispatcher, now)).collect(),
            unassigned: unassigned_of(day, now),
            summary: SummaryView::new(day),
        }
    }
}

fn unassigned_of(day: &DayPlan, now: DateTime<Utc>) -> Vec<UnassignedView> {
    let bookings = day.unassigned.iter().map(|entry| &entry.booking);
    bookings.map(|booking| UnassignedView::new(booking.id, &reasons(day, booking, now))).collect()
}

impl UnassignedView {
    pub(super) fn new(booking: BookingId, reasons: &[Reason]) -> Self {
        Self {
            booking_id: booking.to_string(),
            reasons: reasons.iter().map(ReasonView::for_dispatcher).collect(),
            complete: true,
        }
    }
}

impl SummaryView {
    fn new(day: &DayPlan) -> Self {
        let placed = || day.routes.iter().flat_map(|route| &route.entries);
        let held = placed().filter(|entry| entry.booking.state == BookingState::Held).count();
        let travel = day.routes.iter().fold(Leg::default(), |sum, route| {
            let leg = route.schedule.travel();
            Leg {
                travel_s: sum.travel_s + leg.travel_s,
                distance_m: sum.distance_m + leg.distance_m,
            }
        });
        Self {
            visits: placed().count(),
            held,
            confirmed: placed().count() - held,
            unassigned: day.unassigned.len(),
            couriers: day.routes.len(),
            couriers_used: day.routes.iter().filter(|route| !route.entries.is_empty()).count(),
            travel_s: travel.travel_s.get(),
            distance_m: travel.distance_m.get(),
            violations: violations(day).iter().map(ViolationView::from).collect(),
        }
    }
}

impl From<&Violation> for ViolationView {
    fn from(violation: &Violation) -> Self {
        Self {
            rule: violation.rule.name(),
            route_id: violation.route.map(|id| id.to_string()),
            seq: violation.stop.map(|stop| stop + 1),
            booking_id: violation.booking.map(|id| id.to_string()),
            detail: violation.to_string(),
        }
    }
}
