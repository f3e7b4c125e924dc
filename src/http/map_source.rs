//! The ground of the maps: plain, or what an operator has.
//!
//! Maps need no outside service: hexes, hubs, routes and stops lie on a plain ground. An operator
//! may name a style (of MapLibre's kind) or a file of tiles (PMTiles), and the datum it is drawn in.

use super::App;
use crate::geo::Datum;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use std::path::PathBuf;
use tower::ServiceExt;
use tower_http::services::ServeFile;
use url::Url;
use utoipa::ToSchema;

/// Where the ground of the maps comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapSource {
    /// A style of MapLibre's kind.
    pub style: Option<Url>,
    /// Hosts beside the style's own that it loads tiles, glyphs or sprites from.
    pub hosts: Vec<Url>,
    /// A PMTiles file on this machine, served at `/map/tiles.pmtiles`.
    pub tiles: Option<PathBuf>,
    /// What its coordinates mean.
    pub datum: Datum,
}

impl MapSource {
    /// The origins that a page with this map calls.
    pub(super) fn origins(&self) -> Vec<String> {
        let urls = self.style.iter().chain(&self.hosts);
        let mut origins: Vec<String> = urls.map(|url| url.origin().ascii_serialization()).collect();
        origins.sort();
        origins.dedup();
        origins
    }
}

/// The ground of the maps.
#[derive(Serialize, ToSchema)]
pub(super) struct MapView {
    /// URL of a style of MapLibre's kind; without one, the ground is plain or the tiles'.
    style_url: Option<String>,
    /// Path of a PMTiles file.
    tiles_url: Option<&'static str>,
    /// `wgs84`, `gcj02` or `bd09`: places are converted to it before they are drawn.
    #[schema(schema_with = super::schema::datum)]
    datum: Datum,
}

const TILES: &str = "/map/tiles.pmtiles";

/// The tiles' path, which is a file's and no call of the API.
pub(super) fn routes() -> Router<App> {
    Router::new().route(TILES, get(get_tiles))
}

/// What pages draw their maps on.
#[utoipa::path(
    get, path = "/v1/map", tag = "service",
    responses((status = 200, description = "The ground of the maps", body = MapView)),
)]
pub(super) async fn get_map(State(app): State<App>) -> Json<MapView> {
    Json(MapView {
        style_url: app.map.style.as_ref().map(Url::to_string),
        tiles_url: app.map.tiles.as_ref().map(|_| TILES),
        datum: app.map.datum,
    })
}

/// The tiles, in the ranges that are asked for.
async fn get_tiles(State(app): State<App>, request: Request) -> Response {
    let Some(path) = &app.map.tiles else {
        return super::layers::no_such_path(request.uri().clone()).await.into_response();
    };
    match ServeFile::new(path).oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}
