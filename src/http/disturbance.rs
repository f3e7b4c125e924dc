//! What upsets a day: a courier who is out or late, a hub that closes, an area that is blocked.

use super::App;
use super::auth::Dispatcher;
use super::day::{DayPath, UnassignedView};
use super::disruption::DisruptionView;
use super::keyed::{KeyHeader, Keyed, kept, once};
use super::moment::{self, Moment, local};
use super::params::Named;
use super::problem::{FieldError, Problem};
use super::urgent::{UrgentBody, UrgentView};
use crate::desk::{RenderUpset, UpsetReport};
use crate::model::{
    Area, BlockedArea, BookingId, Break, CourierId, Disturbance, HubId, Region, RegionId, Seconds,
    Shift, TimeWindow, Upset,
};
use crate::planning::{Committed, DayPlan};
use crate::store::KeptAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The most corners or cells of an area: every visit and search of the day is held against them.
const SHAPE_MAX: usize = 500;

/// What upsets the day.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum DisturbanceBody {
    /// A courier is ill, or cannot go on: whom they have not been at is visited by others.
    CourierOut {
        /// Who.
        #[schema(value_type = String, example = "c-101")]
        courier: CourierId,
    },
    /// A courier begins later.
    LateShift {
        /// Who.
        #[schema(value_type = String, example = "c-101")]
        courier: CourierId,
        /// When they begin; within the shift.
        #[serde(deserialize_with = "moment::given")]
        starts: DateTime<Utc>,
    },
    /// A courier works beside what the roster says.
    ExtraShift {
        /// Who.
        #[schema(value_type = String, example = "c-101")]
        courier: CourierId,
        /// When they begin; on the date, and not while they have another shift.
        #[serde(deserialize_with = "moment::given")]
        starts: DateTime<Utc>,
        /// When they are back.
        #[serde(deserialize_with = "moment::given")]
        ends: DateTime<Utc>,
        /// Their break.
        #[serde(rename = "break")]
        rest: Option<BreakBody>,
    },
    /// A booking that cannot wait for a slot.
    Urgent(UrgentBody),
    /// A hub closes: who would end there ends at the nearest other one.
    HubClosed {
        /// Which.
        #[schema(value_type = String, example = "h-1")]
        hub: HubId,
        /// From when on; from now on where absent.
        #[serde(default, deserialize_with = "moment::given_or_none")]
        from: Option<DateTime<Utc>>,
    },
    /// Nobody can be visited in an area for some time.
    BlockedArea {
        /// Corners of a polygon as `[lon, lat]` in WGS-84. Give this or `cells`, or both.
        polygon: Option<Vec<[f64; 2]>>,
        /// H3 cells of whatever resolution.
        #[serde(default)]
        cells: Vec<String>,
        /// From when on; from now on where absent.
        #[serde(default, deserialize_with = "moment::given_or_none")]
        from: Option<DateTime<Utc>>,
        /// Until when.
        #[serde(deserialize_with = "moment::given")]
        until: DateTime<Utc>,
    },
}

/// A break that begins in its window.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BreakBody {
    /// It may not begin earlier.
    #[serde(deserialize_with = "moment::given")]
    earliest: DateTime<Utc>,
    /// It may not begin later.
    #[serde(deserialize_with = "moment::given")]
    latest: DateTime<Utc>,
    /// How long it takes.
    #[schema(minimum = 1)]
    duration_s: u32,
}

/// How the day was put right.
#[derive(Serialize, ToSchema)]
pub(super) struct UpsetView {
    /// The disturbance.
    disturbance: DisturbanceView,
    /// Version of the day now.
    version: i64,
    /// `false` where other changes kept coming in between: ask for a re-plan.
    repaired: bool,
    /// The bookings that were taken off their routes, and where they are now.
    displaced: Vec<DisplacedView>,
    /// Of these, those that have no place now, and why. The shop is told.
    unassigned: Vec<UnassignedView>,
    /// What all of it means for customers and couriers, from before the disturbance. Visits that a courier
    /// who is out had set off to count as `frozen_touched`.
    disruption: DisruptionView,
}

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

/// A booking that was taken off its route.
#[derive(Serialize, ToSchema)]
pub(super) struct DisplacedView {
    /// The booking.
    booking_id: String,
    /// Who would have come.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Who comes now; absent where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// When service begins now.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_at: Option<Moment>,
    /// The promise is kept.
    kept: bool,
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
        let noted = match upset(body, desk.clock().now())? {
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

/// What a body asks for.
enum Asked {
    Urgent(Box<UrgentBody>),
    Upset(Upset),
}

fn upset(body: DisturbanceBody, now: DateTime<Utc>) -> Result<Asked, Problem> {
    let invalid =
        |pointer, message: String| Problem::invalid(vec![FieldError::at(pointer, message)]);
    Ok(Asked::Upset(match body {
        DisturbanceBody::Urgent(urgent) => return Ok(Asked::Urgent(Box::new(urgent))),
        DisturbanceBody::CourierOut { courier } => Upset::CourierOut { courier },
        DisturbanceBody::LateShift { courier, starts } => Upset::LateShift { courier, starts },
        DisturbanceBody::ExtraShift { courier, starts, ends, rest } => {
            let rest = rest.map(|BreakBody { earliest, latest, duration_s }| Break {
                window: TimeWindow { start: earliest, end: latest },
                duration_s: Seconds(duration_s.into()),
            });
            Upset::ExtraShift { courier, shift: Shift { starts, ends, rest } }
        }
        DisturbanceBody::HubClosed { hub, from } => {
            Upset::HubClosed { hub, from: from.unwrap_or(now) }
        }
        DisturbanceBody::BlockedArea { polygon, cells, from, until } => {
            let corners = polygon.as_ref().map_or(0, Vec::len);
            for (pointer, given) in [("/polygon", corners), ("/cells", cells.len())] {
                if given > SHAPE_MAX {
                    let message = format!("{given} are too many: give at most {SHAPE_MAX}");
                    return Err(invalid(pointer.to_owned(), message));
                }
            }
            let cells = cells.iter().enumerate().map(|(index, text)| {
                let bad =
                    |_| invalid(format!("/cells/{index}"), format!("'{text}' is not an H3 cell"));
                text.parse().map_err(bad)
            });
            let cells = cells.collect::<Result<_, Problem>>()?;
            let during = TimeWindow::new(from.unwrap_or(now), until)
                .map_err(|error| invalid("/until".to_owned(), error.to_string()))?;
            Upset::BlockedArea(BlockedArea { area: polygon.map(Area::Polygon), cells, during })
        }
    }))
}

impl UpsetView {
    fn new(report: &UpsetReport) -> Self {
        let displaced = report.displaced.iter();
        let left = report.left.iter().map(|(id, why)| UnassignedView::new(*id, why));
        Self {
            disturbance: DisturbanceView::new(&report.after.region, &report.disturbance),
            version: report.after.version(),
            repaired: report.is_repaired,
            displaced: displaced.map(|id| DisplacedView::new(report, *id)).collect(),
            unassigned: left.collect(),
            disruption: DisruptionView::new(&report.after.region, &report.disruption),
        }
    }
}

impl DisturbanceView {
    fn new(region: &Region, disturbance: &Disturbance) -> Self {
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

impl DisplacedView {
    fn new(report: &UpsetReport, id: BookingId) -> Self {
        let courier = |day: &DayPlan| match day.find(id)? {
            Committed::OnRoute { route, .. } => Some(day.routes[route].of.courier.id.to_string()),
            Committed::Unassigned(_) => None,
        };
        let start = match report.after.find(id) {
            Some(Committed::OnRoute { route, ordinal }) => {
                let plan = &report.after.routes[route];
                let starts = plan.schedule.timings()[plan.element_of(ordinal)].start;
                DateTime::from_timestamp(starts, 0)
            }
            _ => None,
        };
        let is_left = report.left.iter().any(|(left, _)| *left == id);
        Self {
            booking_id: id.to_string(),
            from: courier(&report.before),
            to: courier(&report.after),
            start_at: start.map(|at| local(report.after.region.time_zone, at)),
            kept: !is_left && !report.late.contains(&id),
        }
    }
}
