//! The HTTP API: what checkouts, couriers, dispatchers and administrators call.
//!
//! A handler reads top to bottom on one screen: extractors (`auth`, `body`, `params`), one
//! call of the [`desk`](crate::desk), a view. The bodies and views of a noun are in the file of its
//! name, with the handlers of its paths. They are the contract; the [`model`](crate::model) behind
//! them knows nothing of HTTP.
//!
//! Whatever goes wrong is answered as a `problem` with a stable code. The API document is made
//! from the handlers (`document`), and tests hold it against what the service answers.

mod audit;
mod auth;
mod body;
mod booking;
mod budget;
mod courier;
mod courier_stream;
mod custody;
mod day;
mod desk_error;
mod device;
mod disruption;
mod disturbance;
mod document;
mod etag;
mod evidence;
mod faults;
mod find;
mod health;
mod hold;
mod hub;
mod imports;
mod key;
mod keyed;
mod layers;
mod lock;
mod map;
mod map_source;
mod moment;
mod moves;
mod navigation;
mod operation;
mod page_files;
mod pages;
mod params;
mod place;
mod preparation;
mod problem;
mod programme;
mod rebalance;
mod region;
mod replan;
mod report;
mod route;
mod schema;
mod shift;
mod slot;
mod slots_again;
mod sse;
mod stream;
mod text;
mod tracking;
mod tracking_change;
mod tracking_stream;
mod undo;
mod upset_body;
mod upset_report;
mod urgent;
mod value_at_risk;
mod webhook;
mod webhook_delivery;
mod whereabouts;
mod why;

pub use map::route_features;
pub use map_source::MapSource;
pub use page_files::PageFiles;

use crate::config::REPLAN_TIME_LIMIT;
use crate::desk::Desk;
use crate::events::{Guard, Webhooks};
use crate::planning::Effort;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderValue;
use axum::middleware::from_fn_with_state;
use axum::serve::ListenerExt;
use axum::{Extension, Router};
use pages::Pages;
use sse::Closing;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

/// How long a search may take that puts an upset day right: a dispatcher waits for it.
const REPAIR_TIME: Duration = Duration::from_millis(700);

/// The limits of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// The largest body of most requests, in bytes.
    pub body_bytes_max: usize,
    /// The largest body of an import, in bytes.
    pub import_bytes_max: usize,
    /// How long a request may take before it is given up.
    pub request_time_max: Duration,
    /// Streams that are open at a time.
    pub streams_max: usize,
    /// How much a re-plan of a day may search.
    pub replan: Effort,
    /// How much may be searched to put a day right that was upset.
    pub repair: Effort,
    /// Whether webhooks may have addresses that are not public, and plain http.
    pub allow_private_webhooks: bool,
    /// Origins of other hosts' pages that may call the API; `*` is any.
    pub allowed_origins: Vec<HeaderValue>,
    /// Where the pages' files come from.
    pub pages: PageFiles,
    /// The ground of the maps.
    pub map: MapSource,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            body_bytes_max: 1 << 20,
            import_bytes_max: 8 << 20,
            request_time_max: Duration::from_mins(1),
            streams_max: STREAMS_MAX,
            replan: Effort {
                seed: 1,
                threads: 1,
                iterations: None,
                time_limit: Some(REPLAN_TIME_LIMIT),
            },
            repair: Effort { seed: 1, threads: 1, iterations: None, time_limit: Some(REPAIR_TIME) },
            allow_private_webhooks: false,
            allowed_origins: Vec::new(),
            pages: PageFiles::default(),
            map: MapSource::default(),
        }
    }
}

/// Streams that are open at a time where nothing else was said. Each is a connection: many more
/// would be refused by the limits of the operating system.
const STREAMS_MAX: usize = 16_384;

/// What handlers share. Clones are the same.
#[derive(Clone)]
struct App {
    desk: Desk,
    webhooks: Webhooks,
    replan: Effort,
    repair: Effort,
    streams: Arc<Semaphore>,
    pages: Pages,
    map: Arc<MapSource>,
}

/// The service as a function from requests to answers.
pub fn router(desk: Desk, settings: HttpSettings) -> Router {
    let streams = Arc::new(Semaphore::new(settings.streams_max));
    let (routes, document) = routes(&settings).split_for_parts();
    let guard = Guard::new(settings.allow_private_webhooks);
    let webhooks = Webhooks::new(desk.store().clone(), desk.clock().clone(), guard);
    let routes = routes
        .layer(from_fn_with_state(desk.clock().clone(), layers::dated))
        .merge(pages::routes())
        .merge(map_source::routes())
        .fallback(layers::no_such_path)
        .method_not_allowed_fallback(layers::no_such_method)
        .merge(SwaggerUi::new("/docs").url("/openapi.json", document::with_problems(document)))
        .with_state(App {
            desk,
            webhooks,
            replan: settings.replan,
            repair: settings.repair,
            streams,
            pages: Pages::new(settings.pages, &settings.map),
            map: Arc::new(settings.map),
        });
    let routes = if settings.allowed_origins.is_empty() {
        routes
    } else {
        routes.layer(layers::other_origins(&settings.allowed_origins))
    };
    layers::around(routes, settings.request_time_max)
}

/// Serves until `shutdown` is done and the requests under way are answered.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    // Answers are small and complete: waiting for more to send only delays them. A connection that
    // cannot be told so still works.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    // Streams have no end of their own: they would keep the service from stopping.
    let closing = Closing::default();
    let router = router.layer(Extension(closing.clone()));
    let shutdown = async move {
        shutdown.await;
        closing.0.cancel();
    };
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

/// The API document (`OpenAPI`) of this version. Needs no database.
#[must_use]
pub fn openapi() -> OpenApi {
    document::with_problems(routes(&HttpSettings::default()).split_for_parts().1)
}

fn routes(settings: &HttpSettings) -> OpenApiRouter<App> {
    let calls = checkout_routes()
        .merge(customer_routes())
        .merge(dispatch_routes())
        .merge(admin_routes())
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(map_source::get_map))
        .layer(DefaultBodyLimit::max(settings.body_bytes_max));
    let imports = import_routes().layer(DefaultBodyLimit::max(settings.import_bytes_max));
    OpenApiRouter::with_openapi(document::frame()).merge(calls).merge(imports)
}

fn checkout_routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(slot::search_slots))
        .routes(routes!(hold::create_hold))
        .routes(routes!(hold::get_hold, hold::delete_hold))
        .routes(routes!(booking::create_booking))
        .routes(routes!(booking::get_booking))
        .routes(routes!(booking::reschedule_booking))
        .routes(routes!(booking::cancel_booking))
        .routes(routes!(custody::get_custody))
        .routes(routes!(slots_again::search_slots_again))
        .routes(routes!(courier::get_own_route))
        .routes(routes!(report::report_events))
        .routes(routes!(report::report_positions))
        .routes(routes!(courier_stream::stream_own_route))
}

/// The paths whose key is the link of a booking.
fn customer_routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(tracking::get_tracking))
        .routes(routes!(tracking_stream::stream_tracking))
        .routes(routes!(tracking_change::search_other_slots))
        .routes(routes!(tracking_change::reschedule_tracked))
        .routes(routes!(tracking_change::cancel_tracked))
}

fn dispatch_routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(day::get_day))
        .routes(routes!(day::get_unassigned))
        .routes(routes!(find::find_bookings))
        .routes(routes!(whereabouts::get_positions))
        .routes(routes!(replan::replan_day))
        .routes(routes!(replan::get_replan))
        .routes(routes!(replan::apply_replan))
        .routes(routes!(disturbance::create_disturbance, disturbance::list_disturbances))
        .routes(routes!(disturbance::delete_disturbance))
        .routes(routes!(lock::create_lock, lock::list_locks))
        .routes(routes!(lock::delete_lock))
        .routes(routes!(undo::list_changes))
        .routes(routes!(undo::undo_change))
        .routes(routes!(audit::list_events))
        .routes(routes!(stream::stream_day))
        .routes(routes!(operation::get_operation))
        .routes(routes!(operation::cancel_operation))
        .routes(routes!(moves::check_moves))
        .routes(routes!(moves::make_moves))
        .routes(routes!(rebalance::propose_rebalance))
        .routes(routes!(rebalance::get_rebalance))
        .routes(routes!(rebalance::apply_rebalance))
        .routes(routes!(why::get_why))
        .routes(routes!(map::get_zones))
        .routes(routes!(map::get_routes))
}

fn admin_routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(key::create_key, key::list_keys))
        .routes(routes!(key::revoke_key))
        .routes(routes!(programme::list_programmes))
        .merge(webhook_routes())
}

fn webhook_routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(webhook::create_webhook, webhook::list_webhooks))
        .routes(routes!(webhook::get_webhook, webhook::change_webhook, webhook::delete_webhook))
        .routes(routes!(webhook::rotate_webhook_secret))
        .routes(routes!(webhook_delivery::test_webhook))
        .routes(routes!(webhook_delivery::list_deliveries))
        .routes(routes!(webhook_delivery::replay_webhook))
        .routes(routes!(webhook_delivery::retry_delivery))
}

/// The paths that take whole files.
fn import_routes() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(region::import_regions, region::list_regions))
        .routes(routes!(hub::import_hubs, hub::list_hubs))
        .routes(routes!(courier::import_couriers, courier::list_couriers))
        .routes(routes!(shift::import_shifts, shift::list_shifts))
        .routes(routes!(imports::import_bookings))
}
