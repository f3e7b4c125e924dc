//! A day's work shared more evenly: proposed, read, applied.

use super::App;
use super::auth::Dispatcher;
use super::budget::BudgetBody;
use super::day::DayPath;
use super::disruption::DisruptionView;
use super::etag::{Expected, IfMatchHeader, tagged};
use super::keyed::{Key, KeyHeader, Keyed, KeyedCall, kept, once};
use super::moment::{Moment, ServiceDate, local};
use super::moves::MoveReportView;
use super::params::Named;
use super::problem::Problem;
use crate::desk::{
    DeskError, FairOver, KeptProposal, ProposalKind, RebalanceReport, RenderProposal,
};
use crate::model::{ProposalId, Region, RegionId};
use crate::planning::{CourierPaid, DayPlan, DisruptionBudget, MOVES_MAX, Spread};
use crate::store::KeptAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

/// How a day's work is to be shared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RebalanceBody {
    /// How much it may disturb.
    #[serde(default)]
    budget: BudgetBody,
    /// Over which time couriers are to be paid alike: the day alone, or with the 28 days before it.
    #[serde(default)]
    fair_over: FairOverBody,
}

/// Over which time couriers are to be paid alike.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FairOverBody {
    #[default]
    Day,
    FourWeeks,
}

/// A rebalance that was worked out.
#[derive(Serialize, ToSchema)]
pub(super) struct RebalanceView {
    /// Its id.
    #[schema(example = "rbp_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    id: String,
    /// `open` or `applied`.
    #[schema(example = "open")]
    state: &'static str,
    /// Version of the day it was worked out on.
    version: i64,
    /// Until when it can be applied.
    expires_at: Moment,
    /// Over which time couriers are to be paid alike.
    fair_over: FairOverBody,
    /// How evenly they are.
    fairness: FairnessView,
    /// Everybody with a shift on the day.
    couriers: Vec<CourierPaidView>,
    /// What it means for customers and couriers: the moved stops and what moves with them.
    disruption: DisruptionView,
}

/// How evenly couriers are paid, as it is and as it would be.
#[derive(Serialize, ToSchema)]
pub(super) struct FairnessView {
    before: SpreadView,
    after: SpreadView,
}

/// How evenly couriers are paid, in seconds; over four weeks with what the ledger has.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "durations end in `_s` wherever they are told")]
pub(super) struct SpreadView {
    /// The least.
    min_s: i64,
    /// The most.
    max_s: i64,
    /// The mean.
    mean_s: i64,
    /// The standard deviation.
    deviation_s: i64,
}

/// What a courier is paid for, in seconds.
#[derive(Serialize, ToSchema)]
pub(super) struct CourierPaidView {
    /// Who.
    courier: String,
    /// On the 28 days before, where they count; otherwise 0.
    ledger_s: i64,
    /// On this day, as it is.
    before_s: i64,
    /// On this day, as it would be.
    after_s: i64,
}

/// One proposal of a region's day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ProposalPath {
    /// The region.
    #[param(value_type = String, example = "beijing")]
    pub(super) region: RegionId,
    /// Service date in the region's time zone.
    #[param(value_type = chrono::NaiveDate)]
    pub(super) date: ServiceDate,
    /// The proposal.
    #[param(value_type = String, example = "rbp_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    pub(super) id: ProposalId,
}

/// Works out how a day's work could be shared more evenly. Nothing is changed.
///
/// Stops go from couriers who are paid for much to those paid for little, within the budget; every rule
/// holds, and the day's travel grows by 10 percent at most, or by an hour. The proposal can be applied for 15 minutes.
#[utoipa::path(
    post, path = "/v1/regions/{region}/days/{date}/rebalance-proposals", tag = "dispatcher",
    params(DayPath, KeyHeader), request_body = RebalanceBody,
    responses((
        status = 201, description = "The proposal", body = RebalanceView,
        headers(
            ("Location" = String, description = "Path of the proposal"),
            ("ETag" = String, description = "To be given as If-Match when it is applied")
        )
    )),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn propose_rebalance(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    Keyed { body, key }: Keyed<RebalanceBody>,
) -> Result<Response, Problem> {
    let (region, date) = path.entered(&dispatcher)?;
    let desk = app.desk.acting(dispatcher.actor());
    let render = |day: &DayPlan, report: &RebalanceReport| {
        json!(RebalanceView::new(&day.region, report, body.fair_over))
    };
    let budget = DisruptionBudget::from(body.budget);
    let stops_moved_max = budget.stops_moved_max.min(MOVES_MAX);
    let asked = (DisruptionBudget { stops_moved_max, ..budget }, body.fair_over.into());
    let now = app.desk.clock().now();
    let path = format!("/v1/regions/{region}/days/{date}/rebalance-proposals");
    let location =
        |made: &KeptProposal| format!("{path}/{}", made.view["id"].as_str().unwrap_or_default());
    once(&app, key, dispatcher.key_scope(), async |slip| {
        let keyed = |made: &KeptProposal| {
            let answer = kept(StatusCode::CREATED, Some(location(made)), &view(made.clone()));
            slip.map(|slip| slip.receipt(answer, now))
        };
        let made = desk.propose_rebalance(&region, date, asked, render, keyed).await?;
        Ok((StatusCode::CREATED, [(LOCATION, location(&made))], shown(made)).into_response())
    })
    .await
}

/// Reads a proposal.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/rebalance-proposals/{id}", tag = "dispatcher",
    params(ProposalPath),
    responses((
        status = 200, description = "The proposal", body = RebalanceView,
        headers(("ETag" = String, description = "To be given as If-Match when it is applied"))
    )),
    security(("dispatcher" = []), ("admin" = []))
)]
pub(super) async fn get_rebalance(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<ProposalPath>,
) -> Result<Response, Problem> {
    dispatcher.enter(&path.region)?;
    Ok(shown(
        app.desk.proposal(&path.region, path.date.0, (ProposalKind::Rebalance, path.id)).await?,
    ))
}

/// Applies a proposal, as a whole or not at all. Applying it again answers the same.
///
/// Where it would no longer come to the same, since something on its routes has changed, the answer is 412
/// and nothing is changed; where a courier has set off to something that it would move, it is 409.
#[utoipa::path(
    post, path = "/v1/regions/{region}/days/{date}/rebalance-proposals/{id}/apply",
    tag = "dispatcher", params(ProposalPath, IfMatchHeader, KeyHeader),
    responses((status = 200, description = "The applied proposal", body = RebalanceView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day", "moves_refused", "proposal_expired"])))
)]
pub(super) async fn apply_rebalance(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<ProposalPath>,
    Expected(seen): Expected,
    KeyedCall(key): KeyedCall,
) -> Result<Response, Problem> {
    applied(&app, &dispatcher, &path, (ProposalKind::Rebalance, &seen), key).await
}

/// Applies a proposal of whichever kind.
pub(super) async fn applied(
    app: &App,
    dispatcher: &Dispatcher,
    path: &ProposalPath,
    (kind, seen): (ProposalKind, &[String]),
    key: Option<Key>,
) -> Result<Response, Problem> {
    dispatcher.enter(&path.region)?;
    let region = app.desk.region(&path.region)?;
    let desk = app.desk.acting(dispatcher.actor());
    once(app, key, dispatcher.key_scope(), async |slip| {
        let of = (kind, path.id);
        let keyed = slip.map(|slip| (slip, kept_answer as RenderProposal));
        match desk.apply_proposal(&path.region, path.date.0, of, seen, keyed).await {
            Ok(kept) => Ok(shown(kept)),
            Err(DeskError::MovesRefused(report)) => {
                Err(Problem::moves_refused(MoveReportView::new(&region, &report)))
            }
            Err(other) => Err(other.into()),
        }
    })
    .await
}

/// What was told when it was worked out, and what has become of it.
pub(super) fn shown(kept: KeptProposal) -> Response {
    let tag = kept.tag.clone();
    tagged(&tag, &view(kept))
}

fn view(kept: KeptProposal) -> Value {
    let KeptProposal { is_applied, mut view, .. } = kept;
    view["state"] = json!(if is_applied { "applied" } else { "open" });
    view
}

fn kept_answer(proposal: KeptProposal) -> KeptAnswer {
    kept(StatusCode::OK, None, &view(proposal))
}

impl From<FairOverBody> for FairOver {
    fn from(body: FairOverBody) -> Self {
        match body {
            FairOverBody::Day => Self::Day,
            FairOverBody::FourWeeks => Self::FourWeeks,
        }
    }
}

impl RebalanceView {
    fn new(region: &Region, report: &RebalanceReport, fair_over: FairOverBody) -> Self {
        Self {
            id: report.id.to_string(),
            state: "open",
            version: report.version,
            expires_at: local(region.time_zone, report.expires_at),
            fair_over,
            fairness: FairnessView { before: report.before.into(), after: report.after.into() },
            couriers: report.couriers.iter().map(CourierPaidView::from).collect(),
            disruption: DisruptionView::new(region, &report.disruption),
        }
    }
}

impl From<Spread> for SpreadView {
    fn from(Spread { min_s, max_s, mean_s, deviation_s }: Spread) -> Self {
        Self { min_s, max_s, mean_s, deviation_s }
    }
}

impl From<&CourierPaid> for CourierPaidView {
    fn from(paid: &CourierPaid) -> Self {
        Self {
            courier: paid.courier.to_string(),
            ledger_s: paid.ledger_s,
            before_s: paid.before_s,
            after_s: paid.after_s,
        }
    }
}
