//! Bookings: confirmed, read, cancelled.

use super::App;
use super::auth::{BookingCaller, Checkout};
use super::device::{self, DeviceBody};
use super::etag::Known;
use super::evidence::{FailureView, ProofView};
use super::hold;
use super::keyed::{KeyHeader, Keyed, KeyedCall, kept, respond};
use super::moment::{Moment, WindowView, local};
use super::params::Named;
use super::place::PlaceBody;
use super::problem::{FieldError, Problem};
use super::slot::FlexibleView;
use super::text;
use super::tracking::TrackingLinkView;
use crate::desk::{Confirmation, DeskError, Order, TrackingSigner};
use crate::model::{Booking, BookingId, BookingKind, BookingState, Contact, HoldId, Region};
use crate::store::KeptAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to book: the place of a hold, or that of an offer without a hold before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BookingBody {
    /// The hold to keep. Give this or `offer`.
    #[schema(value_type = Option<String>, example = "hld_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    hold_id: Option<HoldId>,
    /// An `offer` of a slot search, exactly as it was given. Give this or `hold_id`.
    offer: Option<String>,
    /// The programme's own order number, unique per programme; 1 to 128 characters.
    #[serde(default, deserialize_with = "text::external_id")]
    #[schema(min_length = 1, max_length = 128)]
    external_id: Option<String>,
    /// Who to ask for at the door.
    contact: ContactBody,
}

/// Where to move a booking to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RescheduleBody {
    /// A hold of the same programme, on any date.
    #[schema(value_type = String, example = "hld_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    hold_id: HoldId,
}

/// Who to ask for at the door. Each is 1 to 500 characters, and never logged.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactBody {
    /// The customer's name.
    #[serde(deserialize_with = "text::line")]
    name: String,
    /// A number that reaches them; may be a masked one.
    #[serde(deserialize_with = "text::line")]
    phone: String,
    /// The address as the customer wrote it.
    #[serde(deserialize_with = "text::line")]
    address: String,
    /// How to find the door, and what to know before knocking; up to 500 characters.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "text::optional_line"
    )]
    #[schema(max_length = 500, example = "side entrance, third floor")]
    notes: Option<String>,
}

/// A booking.
#[derive(Serialize, ToSchema)]
pub(super) struct BookingView {
    /// Its id.
    #[schema(example = "bkg_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    id: String,
    /// Where it stands.
    #[schema(schema_with = super::schema::booking_state)]
    status: BookingState,
    /// The programme's own order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// The programme it came from.
    programme: String,
    /// The region.
    region: String,
    /// IANA time zone of the moments below.
    time_zone: String,
    /// Service date in the region's time zone.
    date: NaiveDate,
    /// What happens at the door.
    #[schema(schema_with = super::schema::booking_kind)]
    kind: BookingKind,
    /// The door.
    place: PlaceBody,
    /// What is collected, or for a `delivery` handed over.
    devices: Vec<DeviceBody>,
    /// For an `exchange`, what is handed over.
    handover: Vec<DeviceBody>,
    /// What is promised: the courier begins at the door inside it.
    slot: WindowView,
    /// Where one of several slots is promised and it is still open which: `slot` is the one that
    /// is planned now.
    #[serde(skip_serializing_if = "Option::is_none")]
    flexible: Option<FlexibleView>,
    /// When it was asked for.
    requested_at: Moment,
    /// Until when the place is kept, while it is only held.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Moment>,
    /// Who to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactBody>,
    /// The customer's own link to it, once it is booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking: Option<TrackingLinkView>,
    /// The booking that came to nothing, and that this one is for instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    /// Why it came to nothing at the door, and what shows the attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<FailureView>,
    /// What shows that the visit was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<ProofView>,
}

/// Keeps a held place, or takes that of an offer at once.
///
/// Sending the same `hold_id` again answers the same; with an `offer`, give an `Idempotency-Key` or
/// an `external_id` so that a repeat does not book twice. A booking of a hold has the hold's 32
/// digits in its id.
#[utoipa::path(
    post, path = "/v1/bookings", tag = "checkout", request_body = BookingBody,
    params(KeyHeader),
    responses((
        status = 201, description = "The booking", body = BookingView,
        headers(("Location" = String, description = "Path of the booking"))
    )),
    security(("checkout" = [])),
    extensions(("x-problems" = json!([
        "not_found", "hold_expired", "external_id_taken", "state_conflict", "bad_offer",
        "offer_expired", "slot_taken", "no_such_day"
    ])))
)]
pub(super) async fn create_booking(
    State(app): State<App>,
    checkout: Checkout,
    Keyed { body, key }: Keyed<BookingBody>,
) -> Result<Response, Problem> {
    let ticket = key.map(|key| key.ticket(checkout.key_scope(), created(&app)));
    let order = Order { external_id: body.external_id, contact: body.contact.into() };
    let desk = app.desk.acting(checkout.actor());
    let done = match (body.hold_id, body.offer) {
        (Some(hold), None) => {
            let confirmation = Confirmation { hold: BookingId::from(hold), order };
            desk.confirm(&checkout.0, confirmation, ticket).await
        }
        (None, Some(offer)) => match desk.book(&checkout.0, &offer, order, ticket).await {
            Err(DeskError::SlotTaken { reason }) => {
                return Err(hold::refused(&app, &offer, &reason).await);
            }
            done => done,
        },
        _ => {
            let message = "give either hold_id or offer";
            return Err(Problem::invalid(vec![FieldError::at("", message)]));
        }
    };
    respond(&app, done?, created(&app))
}

/// How a new booking is answered.
fn created(app: &App) -> impl Fn(&Region, &Booking) -> KeptAnswer + Send + Sync + 'static {
    let links = app.desk.tracking().clone();
    move |region, booking| {
        let location = format!("/v1/bookings/{}", booking.id);
        let view = BookingView::new(region, booking, &links);
        kept(StatusCode::CREATED, Some(location), &view)
    }
}

/// How a changed booking is answered.
fn changed(app: &App) -> impl Fn(&Region, &Booking) -> KeptAnswer + Send + Sync + 'static {
    let links = app.desk.tracking().clone();
    move |region, booking| kept(StatusCode::OK, None, &BookingView::new(region, booking, &links))
}

/// Moves a booking to the place of a hold, on the same date or another.
///
/// The old place is given back and the new one kept in one step: until then the booking has the old
/// one. It keeps its id, `external_id` and contact; its slot, door and devices are those that the
/// hold was searched for. The hold ends as `cancelled`.
#[utoipa::path(
    post, path = "/v1/bookings/{id}/reschedule", tag = "checkout", request_body = RescheduleBody,
    params(("id" = String, Path, description = "The booking's id"), KeyHeader),
    responses((status = 200, description = "The booking in its new slot", body = BookingView)),
    security(("checkout" = []), ("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["state_conflict", "under_way", "hold_expired"])))
)]
pub(super) async fn reschedule_booking(
    State(app): State<App>,
    caller: BookingCaller,
    Named(id): Named<BookingId>,
    Keyed { body, key }: Keyed<RescheduleBody>,
) -> Result<Response, Problem> {
    let (booking, _) = app.desk.booking(caller.programme(), id).await?;
    caller.enter(&booking.region)?;
    caller.enter(&hold::hold(&app, &booking.programme, body.hold_id).await?.region)?;
    let ticket = key.map(|key| key.ticket(caller.key_scope(), changed(&app)));
    let desk = app.desk.acting(caller.actor());
    let done = desk.reschedule(caller.programme(), id, body.hold_id, ticket).await?;
    respond(&app, done, changed(&app))
}

/// Reads a booking.
#[utoipa::path(
    get, path = "/v1/bookings/{id}", tag = "checkout",
    params(("id" = String, Path, description = "The booking's id")),
    responses((
        status = 200, description = "The booking", body = BookingView,
        headers(("ETag" = String, description = "Names this content"))
    ), (status = 304, description = "As the caller has it")),
    security(("checkout" = []), ("dispatcher" = []), ("admin" = []))
)]
pub(super) async fn get_booking(
    State(app): State<App>,
    caller: BookingCaller,
    Named(id): Named<BookingId>,
    known: Known,
) -> Result<Response, Problem> {
    let (booking, _) = app.desk.booking(caller.programme(), id).await?;
    caller.enter(&booking.region)?;
    let region = app.desk.region(&booking.region)?;
    Ok(known.json(&BookingView::new(&region, &booking, app.desk.tracking())))
}

/// Calls a booking off and gives its place back. Doing it again answers the same.
#[utoipa::path(
    post, path = "/v1/bookings/{id}/cancel", tag = "checkout",
    params(("id" = String, Path, description = "The booking's id"), KeyHeader),
    responses((status = 200, description = "The cancelled booking", body = BookingView)),
    security(("checkout" = []), ("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["state_conflict", "under_way", "hold_expired"])))
)]
pub(super) async fn cancel_booking(
    State(app): State<App>,
    caller: BookingCaller,
    Named(id): Named<BookingId>,
    KeyedCall(key): KeyedCall,
) -> Result<Response, Problem> {
    let (booking, _) = app.desk.booking(caller.programme(), id).await?;
    caller.enter(&booking.region)?;
    let ticket = key.map(|key| key.ticket(caller.key_scope(), changed(&app)));
    let desk = app.desk.acting(caller.actor());
    respond(&app, desk.cancel(caller.programme(), id, ticket).await?, changed(&app))
}

impl From<ContactBody> for Contact {
    fn from(body: ContactBody) -> Self {
        let ContactBody { name, phone, address, notes } = body;
        Self { name, phone, address, notes }
    }
}

impl From<&Contact> for ContactBody {
    fn from(contact: &Contact) -> Self {
        let Contact { name, phone, address, notes } = contact.clone();
        Self { name, phone, address, notes }
    }
}

impl BookingView {
    pub(super) fn new(region: &Region, booking: &Booking, links: &TrackingSigner) -> Self {
        let zone = region.time_zone;
        let is_booked = booking.contact.is_some();
        Self {
            id: booking.id.to_string(),
            status: booking.state,
            external_id: booking.external_id.clone(),
            programme: booking.programme.to_string(),
            region: region.id.to_string(),
            time_zone: zone.to_string(),
            date: booking.date,
            kind: booking.request.kind,
            place: booking.place().into(),
            devices: device::views(booking.devices()),
            handover: device::views(&booking.request.handover),
            slot: WindowView::new(region, booking.window),
            flexible: booking.flexible.as_ref().map(|of| FlexibleView::new(region, of)),
            requested_at: local(zone, booking.requested_at),
            expires_at: booking.hold_expires_at.map(|at| local(zone, at)),
            contact: booking.contact.as_ref().map(ContactBody::from),
            replaces: booking.replaces.map(|id| id.to_string()),
            failed: FailureView::of(booking),
            proof: ProofView::of(booking, links),
            tracking: is_booked.then(|| TrackingLinkView::new(links.sign(booking.id))),
        }
    }
}
