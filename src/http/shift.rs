//! Shifts: who works when.

use super::App;
use super::auth::{Admin, Dispatcher};
use super::imports::{ImportedView, take_in};
use super::keyed::{KeyHeader, KeyedSheet};
use super::problem::Problem;
use crate::intake;
use crate::model::{Courier, RosterEntry};
use crate::store::RegistryChange;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveTime;
use serde::Serialize;
use utoipa::ToSchema;

/// A line of the roster, in the columns of `shifts.csv`. Times are local. The three break fields
/// are given together, or are `null`.
#[derive(Serialize, ToSchema)]
pub(super) struct ShiftView {
    /// Who.
    courier: String,
    /// A date, `daily`, or weekdays such as `mon-fri` or `sat,sun`. An entry for a date replaces
    /// the courier's weekly ones on that date.
    #[schema(example = "mon,tue,wed,thu,fri")]
    date: String,
    /// Start.
    #[schema(value_type = String, example = "09:00:00")]
    starts: NaiveTime,
    /// End, on the same day.
    #[schema(value_type = String, example = "18:00:00")]
    ends: NaiveTime,
    /// The break begins no earlier.
    #[schema(value_type = Option<String>, example = "11:30:00")]
    break_earliest: Option<NaiveTime>,
    /// The break begins no later.
    #[schema(value_type = Option<String>, example = "13:30:00")]
    break_latest: Option<NaiveTime>,
    /// How long the break takes, in seconds.
    break_s: Option<i64>,
}

/// Takes roster entries in: a JSON array, one object, or CSV.
///
/// An entry replaces the one of the same courier, day and start. All faults are reported at once,
/// and then nothing is taken in.
#[utoipa::path(
    post, path = "/v1/shifts", tag = "admin", params(KeyHeader),
    request_body(content((Vec<ShiftView> = "application/json"), (String = "text/csv"))),
    responses((status = 200, description = "What was taken in", body = ImportedView)),
    security(("admin" = []))
)]
pub(super) async fn import_shifts(
    State(app): State<App>,
    _: Admin,
    KeyedSheet { bytes, key }: KeyedSheet,
) -> Result<Response, Problem> {
    take_in(&app, key, || {
        let registry = app.desk.registry();
        let couriers: Vec<Courier> =
            registry.couriers.values().map(|c| Courier::clone(c)).collect();
        let roster = intake::shifts(&bytes, "the body", Some(&couriers))?;
        Ok(RegistryChange { roster, ..RegistryChange::default() })
    })
    .await
}

/// Lists the roster entries that the caller may see, by courier.
#[utoipa::path(
    get, path = "/v1/shifts", tag = "admin",
    responses((status = 200, description = "The entries", body = Vec<ShiftView>)),
    security(("dispatcher" = []), ("admin" = []))
)]
pub(super) async fn list_shifts(
    State(app): State<App>,
    dispatcher: Dispatcher,
) -> axum::Json<Vec<ShiftView>> {
    let registry = app.desk.registry();
    let shown = |entry: &&RosterEntry| {
        let courier = registry.couriers.get(&entry.courier);
        courier.is_some_and(|courier| dispatcher.sees(&courier.region))
    };
    let entries = registry.roster.values().flatten().filter(shown);
    axum::Json(entries.map(ShiftView::from).collect())
}

impl From<&RosterEntry> for ShiftView {
    fn from(entry: &RosterEntry) -> Self {
        Self {
            courier: entry.courier.to_string(),
            date: entry.date.to_string(),
            starts: entry.starts,
            ends: entry.ends,
            break_earliest: entry.rest.map(|rest| rest.earliest),
            break_latest: entry.rest.map(|rest| rest.latest),
            break_s: entry.rest.map(|rest| rest.duration_s.get()),
        }
    }
}
