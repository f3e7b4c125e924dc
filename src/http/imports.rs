//! Files taken in: what the registry has, and bookings.

use super::App;
use super::auth::{Dispatcher, EVERYWHERE};
use super::keyed::{Key, KeyHeader, KeyedSheet, kept, once};
use super::params::{Asked, Named};
use super::problem::Problem;
use crate::desk::{RenderImported, Slip};
use crate::intake::{self, BookingTerms};
use crate::model::{ProgrammeId, RegionId};
use crate::store::{KeptAnswer, RegistryChange};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Whose bookings are imported.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportQuery {
    /// The programme that the bookings belong to.
    #[param(value_type = String)]
    programme: ProgrammeId,
}

/// How much was taken in.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportedView {
    /// How many rows.
    imported: usize,
}

/// Takes rows of the registry in, all or none; once where the request has a key.
pub(super) async fn take_in(
    app: &App,
    key: Option<Key>,
    read: impl FnOnce() -> Result<RegistryChange, Problem>,
) -> Result<Response, Problem> {
    once(app, key, EVERYWHERE.to_owned(), async |slip| {
        let change = read()?;
        let (imported, now) = (change.rows(), app.desk.clock().now());
        let receipt = slip.map(|slip| slip.receipt(imported_answer(imported), now));
        app.desk.import_once(&change, receipt).await?;
        Ok(axum::Json(ImportedView { imported }).into_response())
    })
    .await
}

/// Takes confirmed bookings in from a file, to be routed by a re-plan.
///
/// A JSON array or CSV with the columns `external_id, region, kind, lon, lat, window_start,
/// window_end, devices, declared_value, requested_at, name, phone, address`, and where wanted
/// `datum, skills, brands`. All faults are reported at once, and then nothing is taken in.
#[utoipa::path(
    post, path = "/v1/regions/{region}/bookings", tag = "dispatcher",
    params(("region" = String, Path, description = "The region"), ImportQuery, KeyHeader),
    request_body(content((Vec<Object> = "application/json"), (String = "text/csv"))),
    responses((status = 200, description = "What was taken in", body = ImportedView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["external_id_taken", "no_such_day"])))
)]
pub(super) async fn import_bookings(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(region): Named<RegionId>,
    Asked(query): Asked<ImportQuery>,
    KeyedSheet { bytes, key }: KeyedSheet,
) -> Result<Response, Problem> {
    dispatcher.enter(&region)?;
    once(&app, key, dispatcher.key_scope(), async |slip| {
        let imported = imported(&app, &dispatcher, (&region, &query), &bytes, slip).await?;
        Ok(axum::Json(ImportedView { imported }).into_response())
    })
    .await
}

async fn imported(
    app: &App,
    dispatcher: &Dispatcher,
    (region, query): (&RegionId, &ImportQuery),
    bytes: &[u8],
    slip: Option<Slip>,
) -> Result<usize, Problem> {
    let region = app.desk.region(region)?;
    let now = app.desk.clock().now();
    let terms = BookingTerms {
        regions: std::slice::from_ref(&*region),
        programme: &query.programme,
        requested_at: now,
        earliest: Some(now),
    };
    let bookings = intake::bookings(bytes, "the body", &terms)?;
    let keyed = slip.map(|slip| (slip, imported_answer as RenderImported));
    Ok(app.desk.acting(dispatcher.actor()).import_bookings(bookings, keyed).await?)
}

fn imported_answer(imported: usize) -> KeptAnswer {
    kept(StatusCode::OK, None, &ImportedView { imported })
}
