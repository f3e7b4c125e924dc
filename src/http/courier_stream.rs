//! When a courier's own route changes, as it changes.
//!
//! The stream tells that there is something new, not what: the phone then asks for the route with the
//! tag that it has, so that there is one way to read a route. Nothing of anybody else is sent.

use super::App;
use super::auth::{CourierCaller, KeyHolder};
use super::courier::{RouteQuery, no_shift, route_of};
use super::etag;
use super::params::Asked;
use super::problem::Problem;
use super::route::{Reader, RouteView};
use super::sse::{self, ResumeHeader, Seat, Source};
use crate::desk::Follower;
use crate::model::{CourierId, RouteId};
use crate::planning::DayPlan;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// That a route has changed.
#[derive(Serialize, ToSchema)]
pub(super) struct RouteChangeView {
    /// The route under way or next; `null` where there is none any more.
    route_id: Option<String>,
    /// Counts its committed changes.
    version: Option<i64>,
    /// The `ETag` that reading it now would have.
    etag: Option<String>,
}

/// Tells when the calling courier's own route of a day changes.
///
/// An event `route` is sent on connection and whenever the route has changed: read it then, with
/// `If-None-Match`. A stream that is resumed by `Last-Event-ID` begins with one only if something has
/// changed since. The date is fixed when the stream begins: come back the next day.
#[utoipa::path(
    get, path = "/v1/couriers/me/route/stream", tag = "courier",
    params(RouteQuery, ResumeHeader),
    responses((
        status = 200, description = "The changes", body = RouteChangeView,
        content_type = "text/event-stream"
    )),
    security(("courier" = [])),
    extensions(("x-problems" = json!(["not_found", "no_such_day"])))
)]
pub(super) async fn stream_own_route(
    State(app): State<App>,
    CourierCaller(id): CourierCaller,
    KeyHolder(holder): KeyHolder,
    Asked(query): Asked<RouteQuery>,
    headers: HeaderMap,
    seat: Seat,
) -> Result<Response, Problem> {
    let now = app.desk.clock().now();
    let courier = app.desk.courier(&id)?;
    let region = app.desk.region(&courier.region)?;
    let date = query.date(&region, now);
    let known = sse::last_event_id(&headers, Known::read)?;
    let follower = app.desk.follow(&region.id, date, None).await?;
    if route_of(&follower.plan(), &id, now).is_none() {
        return Err(no_shift(&id, date));
    }
    let first = Some(sse::retry_hint());
    Ok(seat.serve(Some(holder), RouteStream { app, first, follower, courier: id, known }))
}

/// What of a route the phone knows; as text the id of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Known(Option<(RouteId, i64)>);

impl Known {
    fn of(day: &DayPlan, id: &CourierId, now: DateTime<Utc>) -> Self {
        Self(route_of(day, id, now).map(|route| (route.id, route.version)))
    }

    fn read(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self(None));
        }
        let (route, version) = text.split_once('.')?;
        Some(Self(Some((route.parse().ok()?, version.parse().ok()?))))
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((route, version)) => write!(f, "{route}.{version}"),
            None => f.write_str("none"),
        }
    }
}

struct RouteStream {
    app: App,
    first: Option<Bytes>,
    follower: Follower,
    courier: CourierId,
    /// Nothing where the phone has not been told anything yet.
    known: Option<Known>,
}

impl RouteStream {
    /// What has changed since the phone was told, if anything has.
    fn news(&mut self) -> Option<Bytes> {
        let (now, day) = (self.app.desk.clock().now(), self.follower.plan());
        let current = Known::of(&day, &self.courier, now);
        if self.known.replace(current) == Some(current) {
            return None;
        }
        let route = route_of(&day, &self.courier, now);
        let view = route.map(|route| RouteView::new(&day, route, Reader::Courier, now));
        let change = RouteChangeView {
            route_id: route.map(|route| route.id.to_string()),
            version: route.map(|route| route.version),
            etag: view.and_then(|view| etag::of(&view)),
        };
        Some(sse::frame(current, "route", &change).into())
    }
}

impl Source for RouteStream {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            if let Some(news) = self.news() {
                return Some(news);
            }
            self.follower.next().await.ok()?;
        }
    }
}
