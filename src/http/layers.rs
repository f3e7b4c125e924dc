//! What happens around every request: its id, its span, its time limit, and what is answered where
//! no handler does.
//!
//! Logs name the method, the path's pattern, the status and the time taken. Neither query strings
//! nor headers nor bodies get there, so that no token, phone number or address does.

use super::keyed;
use super::problem::{Problem, ProblemCode};
use crate::clock::Clock;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, DATE, ETAG, HeaderName, LOCATION, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::Level;

/// The header that names a request in answers and logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id taken over from a caller.
const REQUEST_ID_BYTES_MAX: usize = 128;

/// Puts the layers around the handlers: the innermost first.
pub(super) fn around(routes: Router, request_time_max: Duration) -> Router {
    let trace = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_response(DefaultOnResponse::new().level(Level::INFO));
    routes
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(request_time_max, within_time))
        .layer(CompressionLayer::new())
        .layer(trace)
        .layer(from_fn(with_request_id))
}

/// Takes the caller's request id over or makes one, and gives it back. Answers are not to be
/// cached unless their handler says otherwise.
async fn with_request_id(mut request: Request, next: Next) -> Response {
    let id = request.headers().get(REQUEST_ID).filter(|id| is_usable(id)).cloned();
    let id = id.unwrap_or_else(fresh_id);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Says when it is by the service's own clock, which is not the machine's in a rehearsal.
pub(super) async fn dated(State(clock): State<Clock>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let now = clock.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(now) = HeaderValue::try_from(now) {
        response.headers_mut().insert(DATE, now);
    }
    response
}

/// Lets pages of these origins call the API: their browsers ask whether they may. Keys are sent in a
/// header, never by the browser on its own, so that no origin can act for a reader of another.
pub(super) fn other_origins(allowed: &[HeaderValue]) -> CorsLayer {
    let origins = if allowed.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(allowed.iter().cloned())
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, keyed::KEY])
        .expose_headers([DATE, ETAG, LOCATION, RETRY_AFTER, keyed::REPLAYED, REQUEST_ID])
        .max_age(Duration::from_hours(1))
}

fn is_usable(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    (1..=REQUEST_ID_BYTES_MAX).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
}

fn fresh_id() -> HeaderValue {
    let id = format!("{:032x}", rand::random::<u128>());
    HeaderValue::try_from(id).expect("hex digits are a header value")
}

/// The span of a request.
fn span(request: &Request) -> tracing::Span {
    let path = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str);
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or("");
    tracing::info_span!(
        "request",
        http.method = %request.method(),
        http.path = path,
        request.id = id,
    )
}

/// Gives up on a request that takes too long.
async fn within_time(State(most): State<Duration>, request: Request, next: Next) -> Response {
    tokio::time::timeout(most, next.run(request)).await.unwrap_or_else(|_| {
        let detail = "the request took too long: read again what it was to change, then retry";
        Problem::new(ProblemCode::Unavailable, detail).into_response()
    })
}

/// A panic of a handler, as a problem. Its text is in the log by the panic hook.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::internal().into_response()
}

/// No handler has this path.
pub(super) async fn no_such_path(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(200).collect();
    Problem::new(ProblemCode::NotFound, format!("there is nothing at {path}: see /docs"))
}

/// The path has handlers, but not for this method.
pub(super) async fn no_such_method(method: Method, path: MatchedPath) -> Problem {
    let detail = format!("{} does not take {method}: see /docs", path.as_str());
    Problem::new(ProblemCode::MethodNotAllowed, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn answer(routes: Router, time_max: Duration) -> (u16, serde_json::Value) {
        let request = Request::builder().uri("/").body(Body::empty()).unwrap();
        let response = around(routes, time_max).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_does_not_tell_its_text() {
        async fn failing() -> &'static str {
            panic!("the inside of the service")
        }
        let routes = Router::new().route("/", get(failing));
        let (status, problem) = answer(routes, Duration::MAX).await;
        assert_eq!((status, problem["code"].as_str()), (500, Some("internal")));
        assert!(!problem.to_string().contains("inside"));
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_given_up() {
        let routes = Router::new().route("/", get(std::future::pending::<&'static str>));
        let (status, problem) = answer(routes, Duration::ZERO).await;
        assert_eq!((status, problem["code"].as_str()), (503, Some("unavailable")));
    }
}
