//! Streams of events (`text/event-stream`, WHATWG HTML section 9.2): their frames, their seats, and
//! when they end.
//!
//! A stream has no time limit and is not compressed. It ends when the service stops, when its key is
//! revoked, or when what it tells of cannot be read; the caller comes back with `Last-Event-ID`.

use super::App;
use super::problem::{Problem, ProblemCode};
use crate::desk::{Desk, Holder};
use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

/// After how long without an event a comment is sent, so that nobody takes the connection for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// When to come back after the connection is lost, in milliseconds.
const RETRY_MS: u32 = 2_000;
/// The header of a caller who comes back.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells proxies not to gather what should be passed on at once.
const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The header, for the API document.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only describes what last_event_id reads")]
pub(super) struct ResumeHeader {
    /// The `id` of the last event that the caller has: what came after it is sent first.
    #[param(rename = "Last-Event-ID")]
    last_event_id: Option<String>,
}

/// What a stream tells.
pub(super) trait Source: Send + 'static {
    /// Waits for the next frame; nothing where the stream is over. May be dropped while it waits,
    /// and nothing is lost.
    fn next(&mut self) -> impl Future<Output = Option<Bytes>> + Send;
}

/// The end of the service, for streams that would go on for ever. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Closing(pub(super) CancellationToken);

/// A place among the streams that a process serves at a time.
pub(super) struct Seat {
    _permit: OwnedSemaphorePermit,
    closing: Closing,
    desk: Desk,
}

impl FromRequestParts<App> for Seat {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let permit = Arc::clone(&app.streams).try_acquire_owned().map_err(|_| {
            let detail = "too many streams are open: try again, or read what you need now and then";
            Problem::new(ProblemCode::Overloaded, detail)
        })?;
        let closing = parts.extensions.get::<Closing>().cloned().unwrap_or_default();
        Ok(Self { _permit: permit, closing, desk: app.desk.clone() })
    }
}

impl Seat {
    /// Answers with a stream, for as long as the key is in use where there is one.
    pub(super) fn serve(self, holder: Option<Holder>, source: impl Source) -> Response {
        let stream = Open { seat: self, holder, source };
        let frames = futures_util::stream::unfold(stream, async |mut stream| {
            let frame = stream.next().await?;
            Some((Ok::<_, Infallible>(frame), stream))
        });
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
            (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (NO_BUFFERING, HeaderValue::from_static("no")),
        ];
        (headers, Body::from_stream(frames)).into_response()
    }
}

struct Open<S> {
    seat: Seat,
    holder: Option<Holder>,
    source: S,
}

impl<S: Source> Open<S> {
    async fn next(&mut self) -> Option<Bytes> {
        let frame = tokio::select! {
            biased;
            () = self.seat.closing.0.cancelled() => return None,
            frame = tokio::time::timeout(KEEP_ALIVE, self.source.next()) => frame,
        };
        let is_allowed = self.holder.as_ref().is_none_or(|holder| self.seat.desk.is_in_use(holder));
        if is_allowed { frame.unwrap_or(Some(Bytes::from_static(b":\n\n"))) } else { None }
    }
}

/// An event as it is sent.
pub(super) fn frame(id: impl std::fmt::Display, event: &str, data: &impl Serialize) -> Vec<u8> {
    let mut frame = format!("id: {id}\nevent: {event}\ndata: ").into_bytes();
    // JSON on one line: no line of it can be taken for another field. Views are plain data.
    let _ = serde_json::to_writer(&mut frame, data);
    frame.extend_from_slice(b"\n\n");
    frame
}

/// The same as the first event of a stream, which says when to come back.
pub(super) fn first_frame(id: impl std::fmt::Display, event: &str, data: &impl Serialize) -> Bytes {
    let mut first = retry_hint().to_vec();
    first.extend(frame(id, event, data));
    first.into()
}

/// When to come back, for a stream that begins without an event.
pub(super) fn retry_hint() -> Bytes {
    format!("retry: {RETRY_MS}\n\n").into()
}

/// The last event that the caller has.
///
/// # Errors
/// `bad_event_id` where `read` does not know it.
pub(super) fn last_event_id<T>(
    headers: &HeaderMap,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let known = value.to_str().ok().and_then(|text| read(text.trim()));
    known.map(Some).ok_or_else(unknown_event)
}

/// The answer to an id that this stream never sent.
pub(super) fn unknown_event() -> Problem {
    let detail = "Last-Event-ID is not an id that this stream has sent: leave it out to start anew";
    Problem::new(ProblemCode::BadEventId, detail)
}
