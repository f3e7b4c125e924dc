//! What upsets a day: a courier who is out or late, a hub that closes, an area that is blocked.

use super::App;
use super::auth::Dispatcher;
use super::day::DayPath;
use super::keyed::{KeyHeader, Keyed, kept, once};
use super::moment::{Moment, local};
use super::params::Named;
use super::problem::Problem;
use super::upset_body::{Asked, DisturbanceBody};
use super::upset_report::UpsetView;
use super::urgent::UrgentView;
use crate::desk::{RenderUpset, UpsetReport};
use crate::model::{Area, Disturbance, Region, RegionId, TimeWindow, Upset};
use crate::store::KeptAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What came of it: an urgent booking, or how the day was put right.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum NotedView {
    /// Of `urgent`.
    Urgent(Box<UrgentView>),
    /// Of everything else.
    Upset(Box<UpsetView>),
}

/// Something that upsets the day.
#[derive(Serialize, ToSchema)]
pub(super) struct DisturbanceView {
    /// Counts the disturbances of the day.
    number: u32,
    /// `courier_out`, `late_shift`, `extra_shift`, `hub_closed` or `blocked_area`.
    kind: &'static str,
    /// Who, where it is about a courier.
    #[serde(skip_serializing_if = "Option::is_none")]
    courier: Option<String>,
    /// Which, where it is about a hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    hub: Option<String>,
    /// From when on, where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Moment>,
    /// Until when, where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Moment>,
    /// Where nobody can be visited: corners of a polygon as `[lon, lat]` in WGS-84.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    polygon: Vec<[f64; 2]>,
    /// Where nobody can be visited: H3 cells.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cells: Vec<String>,
    /// It was taken back.
    over: bool,
    /// The bookings whose goods a courier who is out has on board. As long as it is not taken back, nothing
    /// but a dispatcher's move gives them to somebody else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    goods_aboard: Vec<String>,
}

/// What upsets or upset the day.
#[derive(Serialize, ToSchema)]
pub(super) struct DisturbancesView {
    /// In the order in which it was noted.
    disturbances: Vec<DisturbanceView>,
}

/// A disturbance of a day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct DisturbancePath {
    /// The region.
    #[param(value_type = String, example = "beijing")]
    region: RegionId,
    /// Service date in the region's time zone.
    #[param(value_type = chrono::NaiveDate)]
    date: super::moment::ServiceDate,
    /// Its number.
    number: u32,
}

/// Notes what upsets a day, and puts the day right at once.
///
/// What cannot stay where it is goes elsewhere, in its window where there is a way, with as little else
/// moved as that takes. What nobody can do in time is done late where that harms nobody, or left without a
/// place; either is told (`visit.at_risk`, `booking.displaced`). It takes about a second.
#[utoipa::path(
    post, path = "/v1/regions/{region}/days/{date}/disturbances", tag = "dispatcher",
    params(DayPath, KeyHeader), request_body = DisturbanceBody,
    responses((status = 201, description = "How the day was put right", body = NotedView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day", "slot_taken", "state_conflict", "external_id_taken"])))
)]
pub(super) async fn create_disturbance(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    Keyed { body, key }: Keyed<DisturbanceBody>,
) -> Result<Response, Problem> {
    let (region, date) = path.entered(&dispatcher)?;
    let desk = app.desk.acting(dispatcher.actor());
    let app = &app;
    once(app, key, dispatcher.key_scope(), async |slip| {
        let noted = match body.asked(desk.clock().now())? {
            Asked::Urgent(urgent) => urgent.book(app, &desk, (&region, date), slip).await?,
            Asked::Upset(what) => {
                let keyed = slip.map(|slip| (slip, kept_report as RenderUpset));
                let report = desk.upset(&region, date, what, app.repair, keyed).await?;
                NotedView::Upset(Box::new(UpsetView::new(&report)))
            }
        };
        Ok((StatusCode::CREATED, axum::Json(noted)).into_response())
    })
    .await
}

fn kept_report(report: &UpsetReport) -> KeptAnswer {
    kept(StatusCode::CREATED, None, &UpsetView::new(report))
}

/// Lists what upsets a day, and what did.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/disturbances", tag = "dispatcher", params(DayPath),
    responses((status = 200, description = "The disturbances", body = DisturbancesView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn list_disturbances(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
) -> Result<axum::Json<DisturbancesView>, Problem> {
    let day = path.plan(&app, &dispatcher).await?;
    let views = day.disturbances.iter().map(|of| DisturbanceView::new(&day.region, of));
    Ok(axum::Json(DisturbancesView { disturbances: views.collect() }))
}

/// Takes a disturbance back: the courier is well again, the hub is open. What was moved stays where it is.
#[utoipa::path(
    delete, path = "/v1/regions/{region}/days/{date}/disturbances/{number}", tag = "dispatcher",
    params(DisturbancePath),
    responses((status = 204, description = "It counts no more")),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["not_found", "no_such_day"])))
)]
pub(super) async fn delete_disturbance(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DisturbancePath>,
) -> Result<StatusCode, Problem> {
    dispatcher.enter(&path.region)?;
    app.desk.acting(dispatcher.actor()).settle(&path.region, path.date.0, path.number).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl DisturbanceView {
    pub(super) fn new(region: &Region, disturbance: &Disturbance) -> Self {
        let moment = |at| Some(local(region.time_zone, at));
        let view = |kind| Self {
            number: disturbance.number,
            kind,
            courier: None,
            hub: None,
            from: None,
            until: None,
            polygon: Vec::new(),
            cells: Vec::new(),
            over: disturbance.is_over,
            goods_aboard: disturbance.aboard.iter().map(ToString::to_string).collect(),
        };
        match &disturbance.what {
            Upset::CourierOut { courier } => {
                Self { courier: Some(courier.to_string()), ..view("courier_out") }
            }
            Upset::LateShift { courier, starts } => {
                let courier = Some(courier.to_string());
                Self { courier, from: moment(*starts), ..view("late_shift") }
            }
            Upset::ExtraShift { courier, shift } => Self {
                courier: Some(courier.to_string()),
                from: moment(shift.starts),
                until: moment(shift.ends),
                ..view("extra_shift")
            },
            Upset::HubClosed { hub, from } => {
                Self { hub: Some(hub.to_string()), from: moment(*from), ..view("hub_closed") }
            }
            Upset::BlockedArea(blocked) => {
                let TimeWindow { start, end } = blocked.during;
                Self {
                    from: moment(start),
                    until: moment(end),
                    polygon: blocked.area.as_ref().map(Area::corners).unwrap_or_default(),
                    cells: blocked.cells.iter().map(ToString::to_string).collect(),
                    ..view("blocked_area")
                }
            }
        }
    }
}
