//! What happens on a region's day, as it happens, for its dispatchers.

use super::App;
use super::audit::EventView;
use super::auth::{Dispatcher, KeyHolder};
use super::day::DayPath;
use super::params::Named;
use super::problem::Problem;
use super::sse::{self, ResumeHeader, Seat, Source};
use crate::desk::{DayEvent, DeskError, Follower};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono_tz::Tz;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Where a stream begins.
#[derive(Serialize, ToSchema)]
pub(super) struct HelloView {
    /// The last event before the stream's first.
    seq: i64,
    /// Version of the day.
    version: i64,
}

/// Streams what happens on a day: each event once, in order, none missing.
///
/// The events are those of `…/events`: `id` is the `seq`, `event` the `kind`, `data` the whole event
/// as JSON. A stream without `Last-Event-ID` begins with an event `hello` that says where the day
/// stands (`seq`, `version`). A comment is sent where nothing happens for 15 seconds. The stream ends
/// when the key is revoked or the service stops: come back with the last `id`.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/stream", tag = "dispatcher",
    params(DayPath, ResumeHeader),
    responses((
        status = 200, description = "The events", body = EventView, content_type = "text/event-stream"
    )),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn stream_day(
    State(app): State<App>,
    dispatcher: Dispatcher,
    KeyHolder(holder): KeyHolder,
    Named(path): Named<DayPath>,
    headers: HeaderMap,
    seat: Seat,
) -> Result<Response, Problem> {
    dispatcher.enter(&path.region)?;
    let after = sse::last_event_id(&headers, read_seq)?;
    let follower = app.desk.follow(&path.region, path.date.0, after).await;
    let follower = follower.map_err(|error| match error {
        DeskError::Invalid { .. } => sse::unknown_event(),
        other => other.into(),
    })?;
    let day = follower.plan();
    let hello = || HelloView { seq: follower.seq(), version: day.version() };
    let first = match after {
        None => sse::first_frame(follower.seq(), "hello", &hello()),
        Some(_) => sse::retry_hint(),
    };
    let zone = day.region.time_zone;
    Ok(seat.serve(Some(holder), DayStream { first: Some(first), follower, zone }))
}

fn read_seq(text: &str) -> Option<i64> {
    text.parse().ok().filter(|seq| *seq >= 0)
}

struct DayStream {
    first: Option<Bytes>,
    follower: Follower,
    zone: Tz,
}

impl Source for DayStream {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        match self.follower.next().await {
            Ok(event) => Some(sent(&event, self.zone)),
            Err(error) => {
                tracing::warn!(error = %error, "a stream ends: its day could not be read");
                None
            }
        }
    }
}

/// An event as it is sent; made once for all who follow the day.
fn sent(event: &Arc<DayEvent>, zone: Tz) -> Bytes {
    Bytes::from_owner(event.text(|row| {
        let view = EventView::new(zone, row.clone());
        sse::frame(row.seq, &row.kind, &view)
    }))
}
