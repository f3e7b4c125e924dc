//! Holds: places on routes that are kept until they are confirmed or run out.

use super::App;
use super::auth::{Checkout, SlotCaller};
use super::keyed::{KeyHeader, Keyed, kept, respond};
use super::moment::{Moment, WindowView, local};
use super::params::Named;
use super::problem::{Problem, ProblemCode};
use super::slot::{FlexibleView, ReasonView, SlotView};
use crate::desk::DeskError;
use crate::model::{Booking, BookingId, BookingState, HoldId, ProgrammeId, Reason, Region};
use crate::store::KeptAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which offer to hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldBody {
    /// An `offer` of a slot search, exactly as it was given.
    #[schema(example = "ofr_eyJwcm9n….c2lnbmF0dXJl")]
    offer: String,
}

/// A hold.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HoldView {
    /// Its id.
    #[schema(example = "hld_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    id: String,
    /// `held` until it is confirmed, cancelled or runs out.
    #[schema(schema_with = super::schema::booking_state)]
    status: BookingState,
    /// The region.
    region: String,
    /// IANA time zone of the moments below.
    time_zone: String,
    /// What it promises.
    slot: WindowView,
    /// Where one of several slots is promised and it is still open which: `slot` is the one that
    /// is planned now.
    #[serde(skip_serializing_if = "Option::is_none")]
    flexible: Option<FlexibleView>,
    /// When the place is given back, while it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Moment>,
    /// The booking that it became, once it is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<String>,
}

/// Takes the place of an offer and holds it.
///
/// The place is the cheapest one that the slot now has. Where it has none any more, the answer is
/// 409 `slot_taken` with the reason and the `alternatives` of that date, ready to be held.
#[utoipa::path(
    post, path = "/v1/holds", tag = "checkout", request_body = HoldBody,
    params(KeyHeader),
    responses((
        status = 201, description = "The hold", body = HoldView,
        headers(("Location" = String, description = "Path of the hold"))
    )),
    security(("checkout" = []), ("picker" = [])),
    extensions(("x-problems" = json!(["bad_offer", "offer_expired", "slot_taken", "no_such_day"])))
)]
pub(super) async fn create_hold(
    State(app): State<App>,
    SlotCaller(checkout): SlotCaller,
    Keyed { body, key }: Keyed<HoldBody>,
) -> Result<Response, Problem> {
    let ticket = key.map(|key| key.ticket(checkout.key_scope(), created));
    match app.desk.acting(checkout.actor()).hold(&checkout.0, &body.offer, ticket).await {
        Err(DeskError::SlotTaken { reason }) => Err(refused(&app, &body.offer, &reason).await),
        done => respond(&app, done?, created),
    }
}

fn created(region: &Region, booking: &Booking) -> KeptAnswer {
    let view = HoldView::new(region, booking);
    kept(StatusCode::CREATED, Some(format!("/v1/holds/{}", view.id)), &view)
}

/// Reads a hold.
#[utoipa::path(
    get, path = "/v1/holds/{id}", tag = "checkout",
    params(("id" = String, Path, description = "The hold's id")),
    responses((status = 200, description = "The hold, or what became of it", body = HoldView)),
    security(("checkout" = []), ("picker" = [])),
    extensions(("x-problems" = json!(["hold_expired"])))
)]
pub(super) async fn get_hold(
    State(app): State<App>,
    SlotCaller(Checkout(programme)): SlotCaller,
    Named(id): Named<HoldId>,
) -> Result<axum::Json<HoldView>, Problem> {
    let booking = hold(&app, &programme, id).await?;
    if booking.state == BookingState::Expired || booking.is_overdue(app.desk.clock().now()) {
        return Err(DeskError::HoldExpired.into());
    }
    let region = app.desk.region(&booking.region)?;
    Ok(axum::Json(HoldView::new(&region, &booking)))
}

/// Gives a held place back. Doing it again answers the same.
#[utoipa::path(
    delete, path = "/v1/holds/{id}", tag = "checkout",
    params(("id" = String, Path, description = "The hold's id")),
    responses((status = 204, description = "The place was given back")),
    security(("checkout" = []), ("picker" = [])),
    extensions(("x-problems" = json!(["hold_expired", "state_conflict", "under_way"])))
)]
pub(super) async fn delete_hold(
    State(app): State<App>,
    SlotCaller(checkout): SlotCaller,
    Named(id): Named<HoldId>,
) -> Result<StatusCode, Problem> {
    match app.desk.acting(checkout.actor()).release(Some(&checkout.0), id).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(DeskError::State { state, .. }) => {
            let booking = BookingId::from(id);
            let detail = format!(
                "the hold became {booking}, which is {state}: cancel it at \
                 /v1/bookings/{booking}/cancel"
            );
            Err(Problem::new(ProblemCode::StateConflict, detail))
        }
        Err(error) => Err(error.into()),
    }
}

/// A hold of a programme, in whatever state it is.
pub(super) async fn hold(
    app: &App,
    programme: &ProgrammeId,
    id: HoldId,
) -> Result<Booking, Problem> {
    match app.desk.booking(Some(programme), BookingId::from(id)).await {
        Ok((booking, _)) => Ok(booking),
        Err(DeskError::NotFound { .. }) => Err(Problem::not_found("hold", id)),
        Err(error) => Err(error.into()),
    }
}

/// The problem of an offer that lost its place. Alternatives are a courtesy: where they cannot
/// be found, there are none.
pub(super) async fn refused(app: &App, offer: &str, reason: &Reason) -> Problem {
    let answer = app.desk.alternatives(offer).await;
    let alternatives = answer.map_or_else(
        |_| Vec::new(),
        |answer| {
            let slots = answer.slots.into_iter();
            slots.map(|slot| SlotView::new(&answer.region, slot)).collect()
        },
    );
    Problem::slot_taken(ReasonView::for_checkout(reason), alternatives)
}

impl HoldView {
    fn new(region: &Region, booking: &Booking) -> Self {
        let became_booking = !matches!(
            booking.state,
            BookingState::Held | BookingState::Cancelled | BookingState::Expired
        );
        Self {
            id: HoldId::from(booking.id).to_string(),
            status: booking.state,
            region: region.id.to_string(),
            time_zone: region.time_zone.to_string(),
            slot: WindowView::new(region, booking.window),
            flexible: booking.flexible.as_ref().map(|of| FlexibleView::new(region, of)),
            expires_at: booking.hold_expires_at.map(|at| local(region.time_zone, at)),
            booking_id: became_booking.then(|| booking.id.to_string()),
        }
    }
}
