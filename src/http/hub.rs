//! Hubs: service centres, where routes start and end.

use super::App;
use super::auth::{Admin, Dispatcher};
use super::imports::{ImportedView, take_in};
use super::keyed::{KeyHeader, KeyedSheet};
use super::problem::Problem;
use crate::geo::Datum;
use crate::intake;
use crate::model::{Hub, Region};
use crate::store::RegistryChange;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveTime;
use serde::Serialize;
use utoipa::ToSchema;

/// A hub, in the columns of `hubs.csv`.
#[derive(Serialize, ToSchema)]
pub(super) struct HubView {
    /// Unique over all regions; letters, digits and `-_.:`.
    #[schema(example = "hub-pudong")]
    id: String,
    /// Where it is in business.
    region: String,
    /// As people know it.
    name: String,
    /// Degrees east.
    lon: f64,
    /// Degrees north.
    lat: f64,
    /// Datum of the degrees; when it is taken in without one, the region's.
    #[schema(schema_with = super::schema::datum)]
    datum: Datum,
    /// Local time at which it opens, each day.
    #[schema(value_type = String, example = "08:00:00")]
    opens: NaiveTime,
    /// Local time at which it closes; at or before `opens` means on the next day.
    #[schema(value_type = String, example = "22:00:00")]
    closes: NaiveTime,
}

/// Takes hubs in: a JSON array, one object, or CSV. Those with a known id are replaced.
///
/// All faults are reported at once, and then nothing is taken in.
#[utoipa::path(
    post, path = "/v1/hubs", tag = "admin", params(KeyHeader),
    request_body(content((Vec<HubView> = "application/json"), (String = "text/csv"))),
    responses((status = 200, description = "What was taken in", body = ImportedView)),
    security(("admin" = []))
)]
pub(super) async fn import_hubs(
    State(app): State<App>,
    _: Admin,
    KeyedSheet { bytes, key }: KeyedSheet,
) -> Result<Response, Problem> {
    take_in(&app, key, || {
        let registry = app.desk.registry();
        let regions: Vec<Region> = registry.regions.values().map(|r| Region::clone(r)).collect();
        let hubs = intake::hubs(&bytes, "the body", Some(&regions))?;
        Ok(RegistryChange { hubs, ..RegistryChange::default() })
    })
    .await
}

/// Lists the hubs that the caller may see, by id.
#[utoipa::path(
    get, path = "/v1/hubs", tag = "admin",
    responses((status = 200, description = "The hubs", body = Vec<HubView>)),
    security(("dispatcher" = []), ("admin" = []))
)]
pub(super) async fn list_hubs(
    State(app): State<App>,
    dispatcher: Dispatcher,
) -> axum::Json<Vec<HubView>> {
    let registry = app.desk.registry();
    let seen = registry.hubs.values().filter(|hub| dispatcher.sees(&hub.region));
    axum::Json(seen.map(|hub| HubView::from(&**hub)).collect())
}

impl From<&Hub> for HubView {
    fn from(hub: &Hub) -> Self {
        Self {
            id: hub.id.to_string(),
            region: hub.region.to_string(),
            name: hub.name.clone(),
            lon: hub.place.lon(),
            lat: hub.place.lat(),
            datum: Datum::Wgs84,
            opens: hub.opens,
            closes: hub.closes,
        }
    }
}
