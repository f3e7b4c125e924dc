//! The pages: dispatcher, courier, checkout, tracking.
//!
//! They are built from `web/` (see [`page_files`](super::page_files)) and call the API as anyone
//! would, with a key that the reader gives them. Files whose names carry a hash of their content may
//! be kept for a year; all others are asked for anew and answered with 304 where they are known.
//! The content security policy allows no inline code, no inline style and no other host but those
//! that an operator names for the map.

use super::App;
use super::etag::Known;
use super::map_source::MapSource;
use super::page_files::PageFiles;
use super::problem::{Problem, ProblemCode};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING,
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::EmbeddedFile;
use std::borrow::Cow;
use std::sync::Arc;

/// Names with a hash in them never change their content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The service worker lies below the page that it serves.
const SERVICE_WORKER_ALLOWED: HeaderName = HeaderName::from_static("service-worker-allowed");

/// What the pages are made of. Clones are the same.
#[derive(Clone)]
pub(super) struct Pages(Arc<Inner>);

struct Inner {
    files: PageFiles,
    policy: HeaderValue,
}

impl Pages {
    pub(super) fn new(files: PageFiles, map: &MapSource) -> Self {
        if !files.are_built() {
            tracing::warn!("the pages were not built: {NOT_BUILT}");
        }
        Self(Arc::new(Inner { files, policy: policy(map) }))
    }

    /// A page by the name of its file.
    fn page(&self, known: &Known, asked: &HeaderMap, name: &str) -> Response {
        let Some(mut response) = self.file(known, asked, name) else {
            return (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response();
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, self.0.policy.clone());
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }

    /// A file by its path, in the most compact form that the caller reads.
    fn file(&self, known: &Known, asked: &HeaderMap, path: &str) -> Option<Response> {
        let plain = self.0.files.get(path)?;
        let content_type = content_type(&plain);
        let packed = PACKED.iter().filter(|(name, _)| reads(asked, name));
        let mut found = packed
            .filter_map(|(name, end)| Some((*name, self.0.files.get(&format!("{path}{end}"))?)));
        let (encoding, file) =
            found.next().map_or((None, plain), |(name, file)| (Some(name), file));
        let mut response = known.bytes(content_type, bytes(file));
        let headers = response.headers_mut();
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        Some(response)
    }
}

const NOT_BUILT: &str = "this program holds no pages. With Node 20 or newer, run `make web` and \
    build it again; the API works without them: see /docs";

/// Encodings by preference, and how the names of such files end.
const PACKED: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Whether a caller reads an encoding.
fn reads(asked: &HeaderMap, encoding: &str) -> bool {
    let values = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|choice| {
        let mut parts = choice.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        is_named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

/// The type of a file by the end of its name; text is UTF-8.
fn content_type(file: &EmbeddedFile) -> HeaderValue {
    let kind = file.metadata.mimetype();
    let is_text = kind.starts_with("text/") || kind == "application/javascript";
    let named = if is_text { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
    HeaderValue::try_from(named).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

fn policy(map: &MapSource) -> HeaderValue {
    let hosts = map.origins().iter().fold(String::new(), |hosts, origin| hosts + " " + origin);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; \
         manifest-src 'self'; img-src 'self' data: blob:{hosts}; connect-src 'self'{hosts}; \
         form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    );
    // Origins are read as URLs, whose text is plain ASCII.
    HeaderValue::try_from(policy).expect("a policy of ASCII is a header value")
}

/// The pages and what they load.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(async || Redirect::temporary("/dispatch")))
        .route("/dispatch", page("dispatch.html"))
        .route("/courier", page("courier.html"))
        .route("/checkout", page("checkout.html"))
        .route("/t/{token}", page("tracking.html"))
        .route("/assets/{*path}", get(asset))
        .route("/courier/{*path}", get(courier_file))
        .route("/embed/{*path}", get(embedded_file))
}

fn page(name: &'static str) -> axum::routing::MethodRouter<App> {
    get(async move |State(app): State<App>, known: Known, asked: HeaderMap| {
        app.pages.page(&known, &asked, name)
    })
}

/// A file whose name carries a hash.
async fn asset(
    State(app): State<App>,
    Path(path): Path<String>,
    known: Known,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let mut response = named(&app, &known, &asked, &format!("assets/{path}"))?;
    response.headers_mut().insert(CACHE_CONTROL, FOREVER);
    Ok(response)
}

/// What installs the courier's page on a phone: its manifest, icons and service worker.
async fn courier_file(
    State(app): State<App>,
    Path(path): Path<String>,
    known: Known,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let mut response = named(&app, &known, &asked, &format!("courier/{path}"))?;
    let headers = response.headers_mut();
    headers.insert(SERVICE_WORKER_ALLOWED, HeaderValue::from_static("/courier"));
    headers.insert(CONTENT_SECURITY_POLICY, app.pages.0.policy.clone());
    Ok(response)
}

/// What pages of other hosts load: the slot picker.
async fn embedded_file(
    State(app): State<App>,
    Path(path): Path<String>,
    known: Known,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let mut response = named(&app, &known, &asked, &format!("embed/{path}"))?;
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}

fn named(app: &App, known: &Known, asked: &HeaderMap, path: &str) -> Result<Response, Problem> {
    // Packed copies are chosen by the header, never by name.
    let is_packed = PACKED.iter().any(|(_, end)| path.ends_with(end));
    let found = if is_packed { None } else { app.pages.file(known, asked, path) };
    found.ok_or_else(|| {
        Problem::new(ProblemCode::NotFound, "no page has a file of this name: see /dispatch")
    })
}
