//! Slots for what a booking was for: where it came to nothing, or has to be moved.

use super::App;
use super::auth::Checkout;
use super::body::Json;
use super::params::Named;
use super::problem::Problem;
use super::slot::SlotSearchView;
use super::tracking_change::OtherSlotsBody;
use crate::model::BookingId;
use axum::extract::State;

/// Searches the slots that can be promised for what a booking is for: its door, its devices.
///
/// Where the booking has come to nothing (`failed`, `cancelled`, `expired`), a booking made of these
/// offers names it in `replaces`. A booking that waits is moved with `…/reschedule`.
#[utoipa::path(
    post, path = "/v1/bookings/{id}/slot-searches", tag = "checkout", request_body = OtherSlotsBody,
    params(("id" = String, Path, description = "The booking")),
    responses((status = 200, description = "The slots", body = SlotSearchView)),
    security(("checkout" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn search_slots_again(
    State(app): State<App>,
    checkout: Checkout,
    Named(id): Named<BookingId>,
    Json(body): Json<OtherSlotsBody>,
) -> Result<axum::Json<SlotSearchView>, Problem> {
    let answer = app.desk.slots_again(Some(&checkout.0), id, body.from, body.days).await?;
    Ok(axum::Json(SlotSearchView::new(answer)))
}
