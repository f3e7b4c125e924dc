//! A day planned anew: at once, in the background, or as a proposal.

use super::App;
use super::auth::Dispatcher;
use super::budget::BudgetBody;
use super::day::{DayPath, UnassignedView};
use super::disruption::DisruptionView;
use super::etag::{Expected, IfMatchHeader, tagged};
use super::keyed::{KeyHeader, KeyedCall, MaybeKeyed, kept, once};
use super::moment::{Moment, local};
use super::operation::OperationView;
use super::params::Named;
use super::problem::{FieldError, Problem};
use super::rebalance::{ProposalPath, applied, shown};
use super::slot::LegView;
use crate::desk::{ProposalKind, Proposed, RenderBegun, RenderReplan, ReplanReport, Replanning};
use crate::model::Region;
use crate::store::{KeptAnswer, OperationRow};
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The longest time that stops may be kept as they are, in seconds: a day.
const FREEZE_S_MAX: u32 = 86_400;

/// How a day is to be planned anew. May be left out as a whole.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReplanBody {
    /// Stops whose service begins within this time stay as they are, and nobody sets off to something new
    /// before.
    #[schema(maximum = 86_400, default = 0)]
    freeze_s: u32,
    /// How much it may disturb; as much as it takes where absent.
    budget: Option<BudgetBody>,
    /// Change nothing, but keep the outcome as a proposal.
    #[schema(default = false)]
    propose: bool,
}

/// What a re-plan did, or would do.
#[derive(Serialize, ToSchema)]
pub(super) struct ReplanView {
    /// Version of the day after it; of a proposal, the one it was worked out on.
    version: i64,
    /// Routes that were changed.
    routes_changed: usize,
    /// Routes that were left as they are, since they had moved on in the meantime.
    routes_dropped: usize,
    /// Travel of all routes before.
    before: LegView,
    /// Travel of all routes if everything was taken.
    after: LegView,
    /// Bookings that fit nowhere, and why; without reasons those that the budget leaves no place.
    unassigned: Vec<UnassignedView>,
    /// What the changes mean for customers and couriers, from the plan as it was at that moment.
    disruption: DisruptionView,
    /// A proposal's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "rbp_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    id: Option<String>,
    /// `open` or `applied`, of a proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "open")]
    state: Option<&'static str>,
    /// Until when a proposal can be applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Moment>,
}

/// The header, for the API document.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only describes what prefers_async reads")]
pub(super) struct PreferHeader {
    /// `respond-async` where the caller does not want to wait.
    #[param(rename = "Prefer")]
    prefer: Option<String>,
}

/// Plans a day anew, while bookings go on.
///
/// What couriers have set off to stays, and what is locked; every visit with a place keeps one, inside its
/// window. With a budget, what gains most for each promise it disturbs is taken first, until the budget is
/// used up. The search takes as long as the service is set to, two seconds if nothing was said. With
/// `Prefer: respond-async` (RFC 7240) it goes on as an operation, and the answer is 202 at once. A proposal
/// (`propose`) can be applied for 15 minutes.
#[utoipa::path(
    post, path = "/v1/regions/{region}/days/{date}/replan", tag = "dispatcher",
    params(DayPath, PreferHeader, KeyHeader),
    request_body = ReplanBody,
    responses((status = 200, description = "What was done", body = ReplanView), (
        status = 201, description = "The proposal", body = ReplanView,
        headers(
            ("Location" = String, description = "Path of the proposal"),
            ("ETag" = String, description = "To be given as If-Match when it is applied")
        )
    ), (
        status = 202, description = "The operation that does it", body = OperationView,
        headers(("Location" = String, description = "Path of the operation"))
    )),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day", "already_running", "plan_changed"])))
)]
pub(super) async fn replan_day(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    headers: HeaderMap,
    MaybeKeyed { body, key }: MaybeKeyed<ReplanBody>,
) -> Result<Response, Problem> {
    let (region, date) = path.entered(&dispatcher)?;
    let asked = body.asked(&app)?;
    let desk = app.desk.acting(dispatcher.actor());
    once(&app, key, dispatcher.key_scope(), async |slip| {
        if prefers_async(&headers) {
            let keyed = slip.map(|slip| (slip, begun_answer as RenderBegun));
            let begun = desk.begin_replan(&region, date, asked, kept_report, keyed).await?;
            let view = OperationView::new(&*app.desk.region(&region)?, begun);
            let location = [(LOCATION, view.location())];
            return Ok((StatusCode::ACCEPTED, location, axum::Json(view)).into_response());
        }
        let keyed = slip.map(|slip| (slip, replan_answer as RenderReplan));
        let report = desk.replan(&region, date, asked, keyed).await?;
        let Some(proposal) = report.proposal.clone() else {
            return Ok(axum::Json(ReplanView::from(report)).into_response());
        };
        let location = proposal_path(&report, &proposal);
        let view = tagged(&proposal.tag, &ReplanView::from(report));
        Ok((StatusCode::CREATED, [(LOCATION, location)], view).into_response())
    })
    .await
}

fn proposal_path(report: &ReplanReport, proposal: &Proposed) -> String {
    let (region, date) = (&report.region.id, report.date);
    format!("/v1/regions/{region}/days/{date}/replan-proposals/{}", proposal.id)
}

fn begun_answer(region: &Region, begun: &OperationRow) -> KeptAnswer {
    let view = OperationView::new(region, begun.clone());
    kept(StatusCode::ACCEPTED, Some(view.location()), &view)
}

fn replan_answer(report: ReplanReport) -> KeptAnswer {
    let location = report.proposal.as_ref().map(|proposal| proposal_path(&report, proposal));
    let status = if location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    kept(status, location, &ReplanView::from(report))
}

/// Reads a proposal.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/replan-proposals/{id}", tag = "dispatcher",
    params(ProposalPath),
    responses((
        status = 200, description = "The proposal", body = ReplanView,
        headers(("ETag" = String, description = "To be given as If-Match when it is applied"))
    )),
    security(("dispatcher" = []), ("admin" = []))
)]
pub(super) async fn get_replan(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<ProposalPath>,
) -> Result<Response, Problem> {
    dispatcher.enter(&path.region)?;
    let of = (ProposalKind::Replan, path.id);
    Ok(shown(app.desk.proposal(&path.region, path.date.0, of).await?))
}

/// Applies a proposal, as a whole or not at all. Applying it again answers the same.
///
/// Where anything on its routes has changed, or a courier has set off to something that it would move, the
/// answer is 412 and nothing is changed; where a rule would not hold any more, it is 409.
#[utoipa::path(
    post, path = "/v1/regions/{region}/days/{date}/replan-proposals/{id}/apply",
    tag = "dispatcher", params(ProposalPath, IfMatchHeader, KeyHeader),
    responses((status = 200, description = "The applied proposal", body = ReplanView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day", "moves_refused", "proposal_expired"])))
)]
pub(super) async fn apply_replan(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<ProposalPath>,
    Expected(seen): Expected,
    KeyedCall(key): KeyedCall,
) -> Result<Response, Problem> {
    applied(&app, &dispatcher, &path, (ProposalKind::Replan, &seen), key).await
}

/// Whether the caller does not want to wait.
fn prefers_async(headers: &HeaderMap) -> bool {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut wishes = values.flat_map(|text| text.split(','));
    wishes.any(|wish| wish.trim().eq_ignore_ascii_case("respond-async"))
}

/// A report as it is kept. Views are plain data, which JSON can always hold.
fn kept_report(report: ReplanReport) -> serde_json::Value {
    serde_json::to_value(ReplanView::from(report)).unwrap_or_default()
}

impl ReplanBody {
    fn asked(&self, app: &App) -> Result<Replanning, Problem> {
        if self.freeze_s > FREEZE_S_MAX {
            let message = format!("give at most {FREEZE_S_MAX} seconds");
            return Err(Problem::invalid(vec![FieldError::at("/freeze_s", message)]));
        }
        Ok(Replanning {
            freeze: TimeDelta::seconds(self.freeze_s.into()),
            budget: self.budget.map(Into::into),
            proposes: self.propose.then_some(kept_report as fn(ReplanReport) -> serde_json::Value),
            ..app.replan.into()
        })
    }
}

impl From<ReplanReport> for ReplanView {
    fn from(report: ReplanReport) -> Self {
        let unassigned = report.unassigned.iter();
        let proposal = report.proposal.as_ref();
        let time_zone = report.region.time_zone;
        Self {
            version: report.version,
            routes_changed: report.routes_changed,
            routes_dropped: report.routes_dropped,
            before: report.before.into(),
            after: report.after.into(),
            unassigned: unassigned.map(|(id, why)| UnassignedView::new(*id, why)).collect(),
            disruption: DisruptionView::new(&report.region, &report.disruption),
            id: proposal.map(|proposal| proposal.id.to_string()),
            state: proposal.map(|_| "open"),
            expires_at: proposal.map(|proposal| local(time_zone, proposal.expires_at)),
        }
    }
}
