//! Stops moved by a dispatcher: checked, then made.

use super::App;
use super::auth::Dispatcher;
use super::body::Json;
use super::day::DayPath;
use super::disruption::{DisruptionView, PlanViolationView, SpotView};
use super::etag::{Expected, IfMatchHeader, tagged};
use super::keyed::{KeyHeader, Keyed, kept, once};
use super::params::Named;
use super::problem::{FieldError, Problem, ProblemCode};
use crate::desk::{DeskError, MoveReport, Moves, Render};
use crate::model::{BookingId, CourierId, Region, RouteId};
use crate::planning::{DayPlan, Move, MoveFault, MoveTo};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Stops that are to be elsewhere.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MovesBody {
    /// 1 to 50; each booking once.
    #[schema(min_items = 1, max_items = 50)]
    moves: Vec<MoveBody>,
    /// Make the moves even where promised windows are then missed, if nothing else is wrong.
    #[serde(default)]
    accept_lateness: bool,
}

/// A booking that is to be elsewhere.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MoveBody {
    /// Which.
    #[schema(value_type = String, example = "bkg_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    booking_id: BookingId,
    /// The courier to go to, where they have one shift on that day.
    #[schema(value_type = Option<String>)]
    courier: Option<CourierId>,
    /// The route to go to.
    #[schema(value_type = Option<String>)]
    route_id: Option<RouteId>,
    /// Where on the route; where it adds the least travel if absent.
    #[schema(schema_with = super::schema::position, required = false)]
    position: Option<PositionBody>,
    /// Take its place away. Nothing else is then given.
    #[serde(default)]
    unassign: bool,
}

/// A place on a route.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PositionBody {
    /// The first that the courier has not set off to.
    First,
    /// The last before the courier goes home.
    Last,
    /// Right before another booking; the route is then that booking's.
    Before(BookingId),
    /// Right after another booking.
    After(BookingId),
}

/// What moves would do, or did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct MoveReportView {
    /// Version of the day that it was worked out on.
    version: i64,
    /// Whether everything holds.
    feasible: bool,
    /// What would not hold and does now, or would be worse.
    violations: Vec<PlanViolationView>,
    /// What it means for customers and couriers: the affected promises and routes.
    disruption: DisruptionView,
    /// The cheapest free places of the first booking on other routes or elsewhere on this one, one for
    /// each courier who has one; at most 5.
    alternatives: Vec<SpotView>,
}

/// Works out what moves would do. Nothing is changed.
///
/// Moved visits are taken out first. Those with a position are put there in their order; those
/// without are put where they add the least travel, whatever their order. The `ETag` names what the
/// answer rests on: the routes and bookings it touches, not the rest of the day.
#[utoipa::path(
    post, path = "/v1/regions/{region}/days/{date}/moves:check", tag = "dispatcher",
    params(DayPath), request_body = MovesBody,
    responses((
        status = 200, description = "What they would do", body = MoveReportView,
        headers(("ETag" = String, description = "To be given as If-Match when the moves are made"))
    )),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn check_moves(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    Json(body): Json<MovesBody>,
) -> Result<Response, Problem> {
    let day = path.plan(&app, &dispatcher).await?;
    let moves = body.moves(&day)?;
    let report = app.desk.check_moves(&day.region.id, day.date, moves).await?;
    Ok(tagged(&report.tag, &MoveReportView::new(&day.region, &report)))
}

/// Makes moves, all or none.
///
/// `If-Match` names the check that was seen. Where the moves would no longer come to the same, since
/// something on their own routes has changed, the answer is 412 and nothing is changed; where a rule
/// would not hold, it is 409 with the report of the check.
#[utoipa::path(
    post, path = "/v1/regions/{region}/days/{date}/moves", tag = "dispatcher",
    params(DayPath, IfMatchHeader, KeyHeader), request_body = MovesBody,
    responses((status = 200, description = "What was done", body = MoveReportView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day", "moves_refused"])))
)]
pub(super) async fn make_moves(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    Expected(seen): Expected,
    Keyed { body, key }: Keyed<MovesBody>,
) -> Result<Response, Problem> {
    let (app, scope) = (&app, dispatcher.key_scope());
    once(app, key, scope, async |slip| {
        let day = path.plan(app, &dispatcher).await?;
        let accept_lateness = body.accept_lateness;
        let moves = Moves { moves: body.moves(&day)?, accept_lateness, seen, proposal: None };
        let region = &day.region;
        let view = |region: &Region, report: &MoveReport| MoveReportView::new(region, report);
        let ticket = slip.map(|slip| {
            let answer = move |day: &DayPlan, report: &MoveReport| {
                kept(StatusCode::OK, None, &view(&day.region, report))
            };
            slip.ticket(Render::Moved(Arc::new(answer)))
        });
        let desk = app.desk.acting(dispatcher.actor());
        match desk.make_moves(&region.id, day.date, moves, ticket).await {
            Ok(report) => Ok(axum::Json(view(region, &report)).into_response()),
            Err(DeskError::MovesRefused(report)) => {
                Err(Problem::moves_refused(view(region, &report)))
            }
            Err(other) => Err(other.into()),
        }
    })
    .await
}

impl MovesBody {
    fn moves(&self, day: &DayPlan) -> Result<Vec<Move>, Problem> {
        let moves = self.moves.iter().enumerate();
        moves.map(|(at, body)| body.to_move(day, at)).collect()
    }
}

impl MoveBody {
    fn to_move(&self, day: &DayPlan, at: usize) -> Result<Move, Problem> {
        let invalid = |field: &str, message: &str| {
            Problem::invalid(vec![FieldError::at(format!("/moves/{at}{field}"), message)])
        };
        let route = self.route(day).map_err(|message| invalid("/courier", &message))?;
        let on_route = || {
            let message = "say on whose route: give courier or route_id";
            route.ok_or_else(|| invalid("/position", message))
        };
        let to = match self.position {
            _ if self.unassign && (route.is_some() || self.position.is_some()) => {
                let message = "give unassign, or where to go";
                return Err(invalid("/unassign", message));
            }
            _ if self.unassign => MoveTo::Unassigned,
            None => MoveTo::Cheapest(route),
            Some(PositionBody::First) => MoveTo::First(on_route()?),
            Some(PositionBody::Last) => MoveTo::Last(on_route()?),
            Some(PositionBody::Before(anchor)) => MoveTo::Before(anchor),
            Some(PositionBody::After(anchor)) => MoveTo::After(anchor),
        };
        Ok(Move { booking: self.booking_id, to })
    }

    /// The route that is named by its id or by its courier.
    fn route(&self, day: &DayPlan) -> Result<Option<RouteId>, String> {
        match (&self.courier, self.route_id) {
            (None, route) => Ok(route),
            (Some(_), Some(_)) => Err("give either courier or route_id".to_owned()),
            (Some(courier), None) => {
                let theirs = day.routes.iter().filter(|route| route.of.courier.id == *courier);
                let routes: Vec<RouteId> = theirs.map(|route| route.id).collect();
                match routes[..] {
                    [route] => Ok(Some(route)),
                    [] => Err(format!("{courier} has no shift on this day")),
                    _ => Err(format!("{courier} has several shifts: give a route_id")),
                }
            }
        }
    }
}

impl MoveReportView {
    pub(super) fn new(region: &Region, report: &MoveReport) -> Self {
        let alternatives = report.alternatives.iter();
        Self {
            version: report.version,
            feasible: report.is_feasible(),
            violations: report.violations.iter().map(PlanViolationView::from).collect(),
            disruption: DisruptionView::new(region, &report.disruption),
            alternatives: alternatives.map(|spot| SpotView::new(region, spot)).collect(),
        }
    }
}

impl From<MoveFault> for Problem {
    fn from(fault: MoveFault) -> Self {
        let pointer = match fault {
            MoveFault::Count => "/moves".to_owned(),
            MoveFault::UnknownBooking { at, .. } | MoveFault::Twice { at, .. } => {
                format!("/moves/{at}/booking_id")
            }
            MoveFault::Hold { at, .. } => format!("/moves/{at}/unassign"),
            MoveFault::UnknownRoute { at, .. } => format!("/moves/{at}/route_id"),
            MoveFault::Anchor { at, .. } => format!("/moves/{at}/position"),
        };
        Self::invalid(vec![FieldError::at(pointer, fault)])
    }
}

impl Problem {
    /// Moves that a rule is against, with what they would do.
    pub(super) fn moves_refused(report: MoveReportView) -> Self {
        let detail = "a rule would not hold: see the report's violations and alternatives";
        let mut problem = Self::new(ProblemCode::MovesRefused, detail);
        problem.view.report = Some(report);
        problem
    }
}
