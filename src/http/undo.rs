//! What dispatchers changed lately, and how it is undone.

use super::App;
use super::auth::Dispatcher;
use super::day::DayPath;
use super::disruption::DisruptionView;
use super::keyed::{KeyHeader, Keyed, kept, once};
use super::moment::{Moment, local};
use super::params::Named;
use super::problem::Problem;
use crate::desk::{ChangeReport, MoveReport, Render, UndoFault};
use crate::model::Region;
use crate::planning::DayPlan;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A change that somebody asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeView {
    /// The number of its first event in the day's log.
    number: i64,
    /// `moves`, `rebalance`, `replan`, `repair` or `undo`.
    #[schema(example = "moves")]
    kind: String,
    /// Who asked for it.
    actor: String,
    /// When.
    applied_at: Moment,
    /// The couriers whose routes it changed.
    couriers: Vec<String>,
    /// Whether it can still be undone.
    undo_possible: bool,
    /// Why not, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo_obstacle: Option<String>,
    /// Why not: `undone`, `moved_on` (a route has changed since), `route_gone`, `booking_gone`, `set_off` (a
    /// courier has set off to a stop that would be moved) or `rule` (one would not hold).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "moved_on")]
    undo_obstacle_code: Option<&'static str>,
    /// The change that undid it.
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<i64>,
}

/// The last changes of a day.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangesView {
    /// Version of the day that was looked at.
    version: i64,
    /// The newest first, ten at most.
    changes: Vec<ChangeView>,
}

/// What is to be undone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UndoBody {
    /// The number of the change.
    change: i64,
}

/// What undoing did.
#[derive(Serialize, ToSchema)]
pub(super) struct UndoView {
    /// Version of the day that it was worked out on.
    version: i64,
    /// What it means for customers and couriers.
    disruption: DisruptionView,
}

/// Lists the last changes of a day that somebody asked for, and whether they can still be undone.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/changes", tag = "dispatcher", params(DayPath),
    responses((status = 200, description = "The changes", body = ChangesView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn list_changes(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
) -> Result<axum::Json<ChangesView>, Problem> {
    let (region, date) = path.entered(&dispatcher)?;
    let (day, reports) = app.desk.changes(&region, date).await?;
    let changes = reports.into_iter().map(|report| ChangeView::new(&day.region, report)).collect();
    Ok(axum::Json(ChangesView { version: day.version(), changes }))
}

/// Undoes a change: its routes get back the order of stops that they had before it.
///
/// That is possible while each of these routes is as the change left it, no courier has set off to anything
/// that would move, and no rule is broken by it; otherwise it is 409 `undo_impossible`, which says why.
/// Undoing is itself a change that can be undone.
#[utoipa::path(
    post, path = "/v1/regions/{region}/days/{date}/undo", tag = "dispatcher", params(DayPath, KeyHeader),
    request_body = UndoBody,
    responses((status = 200, description = "What was done", body = UndoView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["not_found", "no_such_day", "undo_impossible"])))
)]
pub(super) async fn undo_change(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    Keyed { body, key }: Keyed<UndoBody>,
) -> Result<Response, Problem> {
    let (region, date) = path.entered(&dispatcher)?;
    let (app, scope) = (&app, dispatcher.key_scope());
    once(app, key, scope, async |slip| {
        let ticket = slip.map(|slip| {
            let answer = |day: &DayPlan, report: &MoveReport| {
                kept(StatusCode::OK, None, &UndoView::new(&day.region, report))
            };
            slip.ticket(Render::Moved(Arc::new(answer)))
        });
        let desk = app.desk.acting(dispatcher.actor());
        let report = desk.undo(&region, date, body.change, ticket).await?;
        let region = app.desk.region(&region)?;
        Ok(axum::Json(UndoView::new(&region, &report)).into_response())
    })
    .await
}

impl UndoView {
    fn new(region: &Region, report: &MoveReport) -> Self {
        let disruption = DisruptionView::new(region, &report.disruption);
        Self { version: report.version, disruption }
    }
}

impl ChangeView {
    fn new(region: &Region, report: ChangeReport) -> Self {
        let ChangeReport { change, couriers, fault } = report;
        Self {
            number: change.number,
            kind: change.kind,
            actor: change.actor,
            applied_at: local(region.time_zone, change.applied_at),
            couriers: couriers.iter().map(ToString::to_string).collect(),
            undo_possible: fault.is_none(),
            undo_obstacle_code: fault.as_ref().map(UndoFault::code),
            undo_obstacle: fault.map(|fault| fault.to_string()),
            undone_by: change.undone_by,
        }
    }
}
