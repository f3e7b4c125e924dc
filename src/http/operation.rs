//! Long work: how far it is, and its end.

use super::App;
use super::auth::Dispatcher;
use super::moment::{Moment, local};
use super::params::Named;
use super::problem::Problem;
use crate::model::{OperationId, Region};
use crate::store::OperationRow;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A piece of long work.
#[derive(Serialize, ToSchema)]
pub(super) struct OperationView {
    /// Its id.
    #[schema(example = "opr_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    pub(super) id: String,
    /// What is done: `replan`.
    kind: String,
    /// On which region's day.
    region: String,
    /// On which date.
    date: NaiveDate,
    /// `running`, `done`, `failed` or `cancelled`. Also `failed` where the process that did it is
    /// gone.
    #[schema(example = "running")]
    state: String,
    /// Who asked for it.
    actor: String,
    /// Since when.
    started_at: Moment,
    /// How far it is, to half a second: `elapsed_s`, `iteration`, `best_cost`, `unserved` and `routes`
    /// of the best plan so far, and `fraction` of the time limit where there is one. Empty before the
    /// search has begun.
    #[schema(value_type = Object)]
    progress: Value,
    /// Once it is done, what the call would have answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
}

/// Tells how far a piece of long work is, whichever replica does it.
#[utoipa::path(
    get, path = "/v1/operations/{id}", tag = "dispatcher",
    params(("id" = String, Path, description = "The operation's id")),
    responses((status = 200, description = "The operation", body = OperationView)),
    security(("dispatcher" = []), ("admin" = []))
)]
pub(super) async fn get_operation(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(id): Named<OperationId>,
) -> Result<Json<OperationView>, Problem> {
    let row = app.desk.operation(id).await?;
    dispatcher.enter(&row.region)?;
    let region = app.desk.region(&row.region)?;
    Ok(Json(OperationView::new(&region, row)))
}

/// Asks a piece of long work to end without an effect.
///
/// It ends within a second and is then `cancelled`, unless it was done before. One that has ended stays
/// as it is.
#[utoipa::path(
    post, path = "/v1/operations/{id}/cancel", tag = "dispatcher",
    params(("id" = String, Path, description = "The operation's id")),
    responses((status = 200, description = "The operation", body = OperationView)),
    security(("dispatcher" = []), ("admin" = []))
)]
pub(super) async fn cancel_operation(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(id): Named<OperationId>,
) -> Result<Json<OperationView>, Problem> {
    dispatcher.enter(&app.desk.operation(id).await?.region)?;
    let row = app.desk.cancel_operation(id).await?;
    let region = app.desk.region(&row.region)?;
    Ok(Json(OperationView::new(&region, row)))
}

impl OperationView {
    pub(super) fn new(region: &Region, row: OperationRow) -> Self {
        Self {
            id: row.id.to_string(),
            kind: row.kind,
            region: row.region.to_string(),
            date: row.date,
            state: row.state,
            actor: row.actor,
            started_at: local(region.time_zone, row.started_at),
            progress: row.progress,
            result: row.result,
        }
    }

    /// Its path.
    pub(super) fn location(&self) -> String {
        format!("/v1/operations/{}", self.id)
    }
}
