//! What nothing automatic moves: bookings and couriers that a dispatcher has left alone.

use super::App;
use super::auth::Dispatcher;
use super::day::DayPath;
use super::keyed::{KeyHeader, Keyed, kept, once};
use super::moment::{self, Moment, ServiceDate, local};
use super::params::Named;
use super::problem::Problem;
use crate::desk::{Locking, Render};
use crate::model::{BookingId, CourierId, Lock, Region, RegionId};
use crate::planning::DayPlan;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What is to be left alone; at least one booking or courier, at most 500 together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LockBody {
    /// Bookings that stay with the courier they are with.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["bkg_0195577b8f2c7d4e9a31c6a0f3d85b12"]))]
    bookings: Vec<BookingId>,
    /// Couriers whose routes stay as they are.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["c-101"]))]
    couriers: Vec<CourierId>,
    /// When the lock ends by itself; not before it is taken back where absent.
    #[serde(default, deserialize_with = "moment::given_or_none")]
    until: Option<DateTime<Utc>>,
}

/// A lock.
#[derive(Serialize, ToSchema)]
pub(super) struct LockView {
    /// Counts the locks of the day.
    number: u32,
    /// Bookings that stay with their courier.
    bookings: Vec<String>,
    /// Couriers whose routes stay as they are.
    couriers: Vec<String>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Moment>,
    /// It was taken back, or has ended.
    over: bool,
}

/// The locks of a day.
#[derive(Serialize, ToSchema)]
pub(super) struct LocksView {
    /// In the order in which they were made.
    locks: Vec<LockView>,
}

/// A lock of a day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct LockPath {
    /// The region.
    #[param(value_type = String, example = "beijing")]
    region: RegionId,
    /// Service date in the region's time zone.
    #[param(value_type = chrono::NaiveDate)]
    date: ServiceDate,
    /// Its number.
    number: u32,
}

/// Has nothing automatic move some bookings, or change the routes of some couriers.
///
/// Re-plans, rebalances, the search between bookings, others making way, and repairs leave a locked booking
/// with its courier; around it, others come and go. A locked courier's route gets nobody and loses nobody.
/// A dispatcher's move that names the booking or the route is made all the same, and a courier who is out
/// keeps nobody.
#[utoipa::path(
    post, path = "/v1/regions/{region}/days/{date}/locks", tag = "dispatcher",
    params(DayPath, KeyHeader), request_body = LockBody,
    responses((status = 201, description = "The lock", body = LockView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn create_lock(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    Keyed { body, key }: Keyed<LockBody>,
) -> Result<Response, Problem> {
    let (region, date) = path.entered(&dispatcher)?;
    let desk = app.desk.acting(dispatcher.actor());
    once(&app, key, dispatcher.key_scope(), async |slip| {
        let LockBody { bookings, couriers, until } = body;
        let asked = Locking { bookings, couriers, until };
        let ticket = slip.map(|slip| {
            let answer = |day: &DayPlan, lock: &Lock| {
                kept(StatusCode::CREATED, None, &LockView::new(&day.region, lock))
            };
            slip.ticket(Render::Locked(Arc::new(answer)))
        });
        let lock = desk.lock(&region, date, asked, ticket).await?;
        let view = LockView::new(&*app.desk.region(&region)?, &lock);
        Ok((StatusCode::CREATED, axum::Json(view)).into_response())
    })
    .await
}

/// Lists the locks of a day, those that are over too.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/locks", tag = "dispatcher", params(DayPath),
    responses((status = 200, description = "The locks", body = LocksView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn list_locks(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
) -> Result<axum::Json<LocksView>, Problem> {
    let day = path.plan(&app, &dispatcher).await?;
    let locks = day.locks.all().iter().map(|lock| LockView::new(&day.region, lock));
    Ok(axum::Json(LocksView { locks: locks.collect() }))
}

/// Takes a lock back. What it held stays where it is until something moves it.
#[utoipa::path(
    delete, path = "/v1/regions/{region}/days/{date}/locks/{number}", tag = "dispatcher",
    params(LockPath),
    responses((status = 204, description = "It counts no more")),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["not_found", "no_such_day"])))
)]
pub(super) async fn delete_lock(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<LockPath>,
) -> Result<StatusCode, Problem> {
    dispatcher.enter(&path.region)?;
    app.desk.acting(dispatcher.actor()).unlock(&path.region, path.date.0, path.number).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl LockView {
    fn new(region: &Region, lock: &Lock) -> Self {
        Self {
            number: lock.number,
            bookings: lock.bookings.iter().map(ToString::to_string).collect(),
            couriers: lock.couriers.iter().map(ToString::to_string).collect(),
            until: lock.until.map(|until| local(region.time_zone, until)),
            over: lock.is_over,
        }
    }
}
