//! Where the couriers of a day are.

use super::App;
use super::auth::Dispatcher;
use super::day::DayPath;
use super::etag::Known;
use super::moment::{Moment, local};
use super::params::Named;
use super::place::PlaceBody;
use super::problem::Problem;
use crate::model::{CourierId, Position};
use crate::planning::DayPlan;
use axum::extract::State;
use axum::response::Response;
use chrono::TimeDelta;
use serde::Serialize;
use std::collections::HashSet;
use utoipa::ToSchema;

/// Who was not seen for so long may be anywhere.
const SEEN_LATELY: TimeDelta = TimeDelta::hours(2);

/// Where couriers were last.
#[derive(Serialize, ToSchema)]
pub(super) struct WhereaboutsView {
    /// Of the day's couriers those who were seen in the last two hours.
    couriers: Vec<CourierSeenView>,
}

/// Where a courier was last.
#[derive(Serialize, ToSchema)]
pub(super) struct CourierSeenView {
    /// The courier.
    courier: String,
    /// When their phone told it.
    at: Moment,
    /// Where they were.
    place: PlaceBody,
    /// How far off that may be, in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_m: Option<u32>,
}

/// Tells where the couriers of a day were last.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/positions", tag = "dispatcher", params(DayPath),
    responses((
        status = 200, description = "Where they were", body = WhereaboutsView,
        headers(("ETag" = String, description = "Names this content"))
    ), (status = 304, description = "As the caller has it")),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn get_positions(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    known: Known,
) -> Result<Response, Problem> {
    let day = path.plan(&app, &dispatcher).await?;
    let since = app.desk.clock().now() - SEEN_LATELY;
    let seen = app.desk.last_positions(&day.region.id, since).await?;
    Ok(known.json(&WhereaboutsView::new(&day, &seen)))
}

impl WhereaboutsView {
    fn new(day: &DayPlan, seen: &[(CourierId, Position)]) -> Self {
        let on_duty: HashSet<&CourierId> =
            day.routes.iter().map(|route| &route.of.courier.id).collect();
        let seen = seen.iter().filter(|(courier, _)| on_duty.contains(courier));
        let view = |(courier, position): &(CourierId, Position)| CourierSeenView {
            courier: courier.to_string(),
            at: local(day.region.time_zone, position.at),
            place: position.place.into(),
            accuracy_m: position.accuracy_m,
        };
        Self { couriers: seen.map(view).collect() }
    }
}
