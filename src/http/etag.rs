//! Answers that are polled: with a strong `ETag`, and 304 where the caller has them already.

use super::problem::{Problem, ProblemCode};
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::fmt::Write;
use utoipa::IntoParams;

/// The tags of the answers that the caller has, from `If-None-Match`.
pub(super) struct Known(Vec<String>);

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let values = parts.headers.get_all(IF_NONE_MATCH).iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        let tags = texts.flat_map(|text| text.split(','));
        Ok(Self(tags.map(|tag| tag.trim().trim_start_matches("W/").to_owned()).collect()))
    }
}

impl Known {
    /// The answer as JSON, or 304 where the caller has it.
    pub(super) fn json(&self, view: &impl Serialize) -> Response {
        self.answer("application/json", view)
    }

    /// The same for `GeoJSON`.
    pub(super) fn geojson(&self, view: &impl Serialize) -> Response {
        self.answer("application/geo+json", view)
    }

    fn answer(&self, content_type: &'static str, view: &impl Serialize) -> Response {
        match serde_json::to_vec(view) {
            Ok(body) => self.bytes(HeaderValue::from_static(content_type), Bytes::from(body)),
            Err(_) => Problem::internal().into_response(),
        }
    }

    /// The same for content that is there already.
    pub(super) fn bytes(&self, content_type: HeaderValue, body: Bytes) -> Response {
        let tag = tag(&body);
        let known = self.0.iter().any(|known| *known == tag || known == "*");
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            ([(CONTENT_TYPE, content_type)], body).into_response()
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        if let Ok(tag) = HeaderValue::try_from(tag) {
            headers.insert(ETAG, tag);
        }
        response
    }
}

/// The tag that a view would be answered with.
pub(super) fn of(view: &impl Serialize) -> Option<String> {
    serde_json::to_vec(view).ok().map(|body| tag(&body))
}

/// What the caller's change was worked out on: the tags of `If-Match`, without their quotes. Weak tags
/// are none. A request without the header is 428 `precondition_required`.
pub(super) struct Expected(pub(super) Vec<String>);

/// The header, for the API document.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only describes what Expected reads")]
pub(super) struct IfMatchHeader {
    /// The `ETag` of the answer that the change was worked out on.
    #[param(rename = "If-Match")]
    if_match: String,
}

impl<S: Sync> FromRequestParts<S> for Expected {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(IF_MATCH).iter().peekable();
        if values.peek().is_none() {
            let detail = "give the ETag of the answer that this was worked out on as If-Match";
            return Err(Problem::new(ProblemCode::PreconditionRequired, detail));
        }
        let texts = values.filter_map(|value| value.to_str().ok());
        let tags = texts
            .flat_map(|text| text.split(','))
            .filter_map(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"').map(str::to_owned));
        Ok(Self(tags.collect()))
    }
}

/// An answer that is not kept by anybody between, with the tag of what it rests on.
pub(super) fn tagged(tag: &str, view: &impl Serialize) -> Response {
    let mut response = axum::Json(view).into_response();
    if let Ok(tag) = HeaderValue::try_from(format!("\"{tag}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// The first 16 bytes of the body's SHA-256, in quotes.
fn tag(body: &[u8]) -> String {
    let mut tag = String::from("\"");
    for byte in &Sha256::digest(body)[..16] {
        // Writing to a text cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}
