//! What a customer sees of the own booking, whenever it changes.

use super::App;
use super::etag;
use super::params::Named;
use super::problem::Problem;
use super::sse::{self, Seat, Source};
use super::tracking::{self, TrackingView, booking_of, tracked};
use crate::desk::{DeskError, Follower};
use crate::model::{BookingId, RegionId};
use crate::planning::Committed;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;

/// Streams what a customer sees of a booking, whenever it changes.
///
/// An event `booking` with the same content as `GET /v1/tracking/{token}` comes on connection, and again
/// when the booking or the times of its route have changed what is seen.
#[utoipa::path(
    get, path = "/v1/tracking/{token}/stream", tag = "customer",
    params(("token" = String, Path, description = "The `tracking.token` of a booking")),
    responses((
        status = 200, description = "The booking, each time", body = TrackingView,
        content_type = "text/event-stream"
    )),
    extensions(("x-problems" = json!(["overloaded", "unavailable"])))
)]
pub(super) async fn stream_tracking(
    State(app): State<App>,
    Named(token): Named<String>,
    seat: Seat,
) -> Result<Response, Problem> {
    let id = booking_of(&app, &token)?;
    let booking = tracked(&app, id).await?.booking;
    let follower = app.desk.follow(&booking.region, booking.date, None).await?;
    let day = (booking.region, booking.date);
    let first = Some(sse::retry_hint());
    let stream = TrackingStream { app, first, id, day, follower, seen: None, sent: None };
    Ok(seat.serve(None, stream))
}

struct TrackingStream {
    app: App,
    first: Option<Bytes>,
    id: BookingId,
    day: (RegionId, NaiveDate),
    follower: Follower,
    /// Versions of the booking and its route that were looked at last.
    seen: Option<Seen>,
    /// Tag of what was sent last.
    sent: Option<String>,
}

/// Versions of a booking and of the route it is on; of one that has no place, none.
type Seen = Option<(i64, Option<i64>)>;

impl TrackingStream {
    /// What the view depends on. It is computed anew only when this has changed.
    fn versions(&self) -> Seen {
        let plan = self.follower.plan();
        let at = plan.find(self.id)?;
        let route = match at {
            Committed::OnRoute { route, .. } => Some(plan.routes[route].version),
            Committed::Unassigned(_) => None,
        };
        Some((plan.entry(at).version, route))
    }

    /// What the customer has not seen yet, if anything.
    async fn news(&mut self) -> Result<Option<Bytes>, DeskError> {
        let versions = self.versions();
        if self.seen == Some(versions) {
            return Ok(None);
        }
        let tracked = self.app.desk.tracked(self.id).await?;
        let day = (tracked.booking.region.clone(), tracked.booking.date);
        if day != self.day {
            // It was rescheduled: what happens there is what matters now.
            self.follower = self.app.desk.follow(&day.0, day.1, None).await?;
            self.day = day;
            return Box::pin(self.news()).await;
        }
        self.seen = Some(versions);
        let view = tracking::view(&self.app, &tracked).await?;
        let tag = etag::of(&view);
        if self.sent == tag {
            return Ok(None);
        }
        let id = tag.as_deref().unwrap_or_default().trim_matches('"').to_owned();
        self.sent = tag;
        Ok(Some(sse::frame(id, "booking", &view).into()))
    }
}

impl Source for TrackingStream {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            if let Some(news) = self.news().await.ok()? {
                return Some(news);
            }
            self.follower.next().await.ok()?;
        }
    }
}
