//! What a customer changes of the own booking, by its link: another slot, another visit where the first
//! failed, or none.

use super::App;
use super::body::Json;
use super::moment::{Moment, local};
use super::params::Named;
use super::problem::Problem;
use super::tracking::{self, TrackingView, booking_of, tracked, tracking_problem};
use crate::desk::{Actor, OfferedSlot};
use crate::model::{BookingId, Region};
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which dates are asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherSlotsBody {
    /// First service date, in the region's time zone; today where absent.
    pub(super) from: Option<NaiveDate>,
    /// How many dates; up to the region's horizon, which is taken where absent.
    #[schema(minimum = 1)]
    pub(super) days: Option<u32>,
}

/// The slots that a booking can be moved to.
#[derive(Serialize, ToSchema)]
pub(super) struct OtherSlotsView {
    /// IANA time zone of the moments below.
    time_zone: String,
    /// No offer can be taken after this.
    expires_at: Moment,
    /// Those that have a place, in the order of time.
    slots: Vec<OtherSlotView>,
}

/// A slot that a booking can be moved to.
#[derive(Serialize, ToSchema)]
pub(super) struct OtherSlotView {
    /// The courier begins at the door from here on.
    start: Moment,
    /// The courier begins at the door by then.
    end: Moment,
    /// The token to move the booking with.
    offer: String,
}

/// Where a customer moves a booking.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherSlotBody {
    /// An `offer` of this booking's slots, exactly as it was given.
    offer: String,
}

/// Searches for slots that a booking can be moved to, or another visit can have in the place of one
/// that failed, for what was booked and at the same door.
#[utoipa::path(
    post, path = "/v1/tracking/{token}/slot-searches", tag = "customer",
    request_body = OtherSlotsBody,
    params(("token" = String, Path, description = "The `tracking.token` of a booking")),
    responses((status = 200, description = "The slots", body = OtherSlotsView)),
    extensions(("x-problems" = json!(["overloaded", "unavailable"])))
)]
pub(super) async fn search_other_slots(
    State(app): State<App>,
    Named(token): Named<String>,
    Json(body): Json<OtherSlotsBody>,
) -> Result<axum::Json<OtherSlotsView>, Problem> {
    let id = booking_of(&app, &token)?;
    let found = app.desk.slots_for_tracked(id, body.from, body.days).await;
    let found = found.map_err(tracking_problem)?;
    let region = &found.region;
    let slots = found.slots.into_iter().filter_map(|slot| OtherSlotView::new(region, slot));
    Ok(axum::Json(OtherSlotsView {
        time_zone: region.time_zone.to_string(),
        expires_at: local(region.time_zone, found.expires_at),
        slots: slots.collect(),
    }))
}

/// Chooses another slot, as the customer.
///
/// A booking moves there; where it cannot be moved, it keeps the old one. Where the visit failed for a
/// reason that another one may not meet, a new booking is made in its place, once, with the same order
/// number and contact: `booked_again` is its link.
#[utoipa::path(
    post, path = "/v1/tracking/{token}/reschedule", tag = "customer", request_body = OtherSlotBody,
    params(("token" = String, Path, description = "The `tracking.token` of a booking")),
    responses((status = 200, description = "The booking in its new slot, or with the link of the new one", body = TrackingView)),
    extensions(("x-problems" = json!([
        "bad_offer", "offer_expired", "slot_taken", "state_conflict", "under_way", "no_such_day",
        "overloaded", "unavailable"
    ])))
)]
pub(super) async fn reschedule_tracked(
    State(app): State<App>,
    Named(token): Named<String>,
    Json(body): Json<OtherSlotBody>,
) -> Result<axum::Json<TrackingView>, Problem> {
    let id = booking_of(&app, &token)?;
    let desk = app.desk.acting(Actor::customer(id));
    desk.move_tracked(id, &body.offer).await.map_err(tracking_problem)?;
    shown(&app, id).await
}

/// Calls a booking off, as its customer. Doing it again answers the same.
#[utoipa::path(
    post, path = "/v1/tracking/{token}/cancel", tag = "customer",
    params(("token" = String, Path, description = "The `tracking.token` of a booking")),
    responses((status = 200, description = "The cancelled booking", body = TrackingView)),
    extensions(("x-problems" = json!([
        "state_conflict", "under_way", "overloaded", "unavailable"
    ])))
)]
pub(super) async fn cancel_tracked(
    State(app): State<App>,
    Named(token): Named<String>,
) -> Result<axum::Json<TrackingView>, Problem> {
    let id = booking_of(&app, &token)?;
    tracked(&app, id).await?;
    app.desk.acting(Actor::customer(id)).cancel(None, id, None).await?;
    shown(&app, id).await
}

async fn shown(app: &App, id: BookingId) -> Result<axum::Json<TrackingView>, Problem> {
    Ok(axum::Json(tracking::view(app, &tracked(app, id).await?).await?))
}

impl OtherSlotView {
    fn new(region: &Region, offered: OfferedSlot) -> Option<Self> {
        let (zone, window) = (region.time_zone, offered.slot.window);
        let (offer, _) = offered.verdict.ok()?;
        Some(Self { start: local(zone, window.start), end: local(zone, window.end), offer })
    }
}
