//! Requests with an `Idempotency-Key`: done once, however often they are sent.
//!
//! The key is the caller's, 1 to 255 visible ASCII characters. What a request with it did is
//! answered again, with `Idempotent-Replayed: true`; the same key with another path or body is 422
//! `idempotency_key_reused`. Requests sent at the same time wait for the first of them.

use super::App;
use super::body;
use super::problem::{Problem, ProblemCode};
use crate::desk::{Done, Render, Slip, Ticket};
use crate::model::{Booking, Region};
use crate::store::{KeptAnswer, RequestKey};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use utoipa::IntoParams;

/// The header that names a request.
pub(super) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of an answer that was given before.
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The longest key.
const KEY_LENGTH_MAX: usize = 255;

/// The header, for the API document.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only describes what Key reads")]
pub(super) struct KeyHeader {
    /// Names this request: sent again with the same key, it is done once. 1 to 255 visible ASCII
    /// characters, such as a UUID; kept for 48 hours.
    #[param(rename = "Idempotency-Key")]
    idempotency_key: Option<String>,
}

/// A caller's key, with what it was sent for.
pub(super) struct Key {
    key: String,
    fingerprint: [u8; 32],
}

impl Key {
    /// What the desk needs to do the request once for this caller.
    pub(super) fn ticket(
        self,
        caller: String,
        answer: impl Fn(&Region, &Booking) -> KeptAnswer + Send + Sync + 'static,
    ) -> Ticket {
        self.slip(caller).ticket(Render::Booking(Arc::new(answer)))
    }

    /// What the desk knows the request of this caller by.
    fn slip(self, caller: String) -> Slip {
        let of = RequestKey { caller, key: self.key };
        Slip { of, fingerprint: self.fingerprint }
    }

    fn read(headers: &HeaderMap, path: &str, body: &[u8]) -> Result<Option<Self>, Problem> {
        let mut given = headers.get_all(KEY).iter();
        let Some(value) = given.next() else { return Ok(None) };
        let usable = |b: u8| b.is_ascii_graphic();
        let bytes = value.as_bytes();
        let fits = (1..=KEY_LENGTH_MAX).contains(&bytes.len()) && bytes.iter().copied().all(usable);
        let text = value.to_str().ok().filter(|_| fits && given.next().is_none());
        let key = text.ok_or_else(|| {
            let detail =
                "send one Idempotency-Key of 1 to 255 visible ASCII characters, such as a UUID";
            Problem::new(ProblemCode::BadIdempotencyKey, detail)
        })?;
        let asked = Sha256::new().chain_update(path).chain_update([0]).chain_update(body);
        Ok(Some(Self { key: key.to_owned(), fingerprint: asked.finalize().into() }))
    }
}

/// A JSON body, and the key that it was sent with.
pub(super) struct Keyed<T> {
    pub(super) body: T,
    pub(super) key: Option<Key>,
}

impl<T: DeserializeOwned> FromRequest<App> for Keyed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
        let bytes: Bytes = body::json_bytes(request, app).await?;
        let key = Key::read(&headers, &path, &bytes)?;
        Ok(Self { body: body::parse(&bytes)?, key })
    }
}

/// A JSON body or none, and the key that it was sent with.
pub(super) struct MaybeKeyed<T> {
    pub(super) body: T,
    pub(super) key: Option<Key>,
}

impl<T: DeserializeOwned + Default> FromRequest<App> for MaybeKeyed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
        let bytes = body::json_bytes_or_none(request, app).await?;
        let key = Key::read(&headers, &path, &bytes)?;
        let body = if bytes.is_empty() { T::default() } else { body::parse(&bytes)? };
        Ok(Self { body, key })
    }
}

/// A JSON or CSV body, and the key that it was sent with for this path and query.
pub(super) struct KeyedSheet {
    pub(super) bytes: Bytes,
    pub(super) key: Option<Key>,
}

impl FromRequest<App> for KeyedSheet {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (asked, headers) = (request.uri().to_string(), request.headers().clone());
        let body::Sheet(bytes) = body::Sheet::from_request(request, app).await?;
        Ok(Self { key: Key::read(&headers, &asked, &bytes)?, bytes })
    }
}

/// The key of a request without a body.
pub(super) struct KeyedCall(pub(super) Option<Key>);

impl FromRequestParts<App> for KeyedCall {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Key::read(&parts.headers, parts.uri.path(), &[]).map(Self)
    }
}

/// A view as an answer that can be kept.
///
/// # Panics
/// Never: views are plain data, which JSON can always hold.
pub(super) fn kept(
    status: StatusCode,
    location: Option<String>,
    view: &impl Serialize,
) -> KeptAnswer {
    let body = serde_json::to_vec(view).expect("a view is plain data");
    KeptAnswer { status: status.as_u16(), location, body }
}

/// What was done, now or before, as a response.
pub(super) fn respond(
    app: &App,
    done: Done,
    answer: impl Fn(&Region, &Booking) -> KeptAnswer,
) -> Result<Response, Problem> {
    match done {
        Done::Now(booking) => {
            let region = app.desk.region(&booking.region)?;
            Ok(response(answer(&region, &booking)))
        }
        Done::Before(kept) => Ok(replayed(kept)),
    }
}

/// Has `work` answer a request, once if it has a key: what it was answered before is answered again.
/// `work` has the answer be kept with what it does.
pub(super) async fn once<W>(
    app: &App,
    key: Option<Key>,
    caller: String,
    work: impl FnOnce(Option<Slip>) -> W,
) -> Result<Response, Problem>
where
    W: Future<Output = Result<Response, Problem>>,
{
    let Some(slip) = key.map(|key| key.slip(caller)) else { return work(None).await };
    let _turn = app.desk.turn(&slip).await;
    if let Some(kept) = app.desk.answered(&slip).await? {
        return Ok(replayed(kept));
    }
    let done = work(Some(slip.clone())).await;
    if done.is_ok() {
        return done;
    }
    // Another process may have been faster.
    app.desk.answered(&slip).await?.map_or(done, |kept| Ok(replayed(kept)))
}

fn replayed(kept: KeptAnswer) -> Response {
    let mut response = response(kept);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn response(kept: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let json = HeaderValue::from_static("application/json");
    let mut response = (status, [(CONTENT_TYPE, json)], kept.body).into_response();
    if let Some(location) = kept.location.and_then(|path| HeaderValue::try_from(path).ok()) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}
