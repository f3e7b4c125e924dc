//! Bookings of a day by what people know of them: an id, the end of a phone number or of an IMEI, a name.

use super::App;
use super::auth::Dispatcher;
use super::day::DayPath;
use super::moment::WindowView;
use super::params::{Asked, Named};
use super::problem::{FieldError, Problem};
use crate::model::{Booking, BookingState};
use crate::planning::DayPlan;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Fewer characters would find half of the day.
const CHARACTERS_MIN: usize = 3;
/// More than anyone types.
const CHARACTERS_MAX: usize = 100;
/// Who finds more than these has to say more.
const FOUND_MAX: usize = 20;

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Sought {
    /// From 3 to 100 characters: the beginning or the end of a booking's id or of the shop's own id, the
    /// end of a phone number or of an IMEI, or a part of a name or an address. Upper and lower case are alike.
    query: String,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(super) struct FoundView {
    /// At most 20, those on routes first.
    bookings: Vec<FoundBookingView>,
    /// There are more: say more of what is looked for.
    more: bool,
}

/// A booking that was found.
#[derive(Serialize, ToSchema)]
pub(super) struct FoundBookingView {
    /// The booking.
    booking_id: String,
    /// The shop's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// Where it stands.
    #[schema(schema_with = super::schema::booking_state)]
    status: BookingState,
    /// The route that it is on; none where it has no place.
    #[serde(skip_serializing_if = "Option::is_none")]
    route_id: Option<String>,
    /// What is promised.
    slot: WindowView,
    /// Who it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What of it was like what was looked for: `booking_id`, `external_id`, `phone`, `imei`, `name` or
    /// `address`.
    matched: &'static str,
}

/// Finds bookings of a day.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/bookings", tag = "dispatcher",
    params(DayPath, Sought),
    responses((status = 200, description = "What was found", body = FoundView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day", "malformed_query", "invalid"])))
)]
pub(super) async fn find_bookings(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    Asked(sought): Asked<Sought>,
) -> Result<Json<FoundView>, Problem> {
    let query = sought.query.trim().to_lowercase();
    if !(CHARACTERS_MIN..=CHARACTERS_MAX).contains(&query.chars().count()) {
        let message = format!("give {CHARACTERS_MIN} to {CHARACTERS_MAX} characters");
        return Err(Problem::invalid(vec![FieldError::at("/query", message)]));
    }
    let day = path.plan(&app, &dispatcher).await?;
    Ok(Json(FoundView::new(&day, &query)))
}

impl FoundView {
    fn new(day: &DayPlan, query: &str) -> Self {
        let mut found = day.entries().filter_map(|(route, entry)| {
            let matched = matched(&entry.booking, query)?;
            Some(FoundBookingView::new(day, route, &entry.booking, matched))
        });
        Self { bookings: found.by_ref().take(FOUND_MAX).collect(), more: found.next().is_some() }
    }
}

impl FoundBookingView {
    fn new(day: &DayPlan, route: Option<usize>, booking: &Booking, matched: &'static str) -> Self {
        Self {
            booking_id: booking.id.to_string(),
            external_id: booking.external_id.clone(),
            status: booking.state,
            route_id: route.map(|route| day.routes[route].id.to_string()),
            slot: WindowView::new(&day.region, booking.window),
            name: booking.contact.as_ref().map(|contact| contact.name.clone()),
            matched,
        }
    }
}

/// What of a booking is like the query, which is in lower case.
fn matched(booking: &Booking, query: &str) -> Option<&'static str> {
    let at_either_end = |text: &str| text.starts_with(query) || text.ends_with(query);
    if at_either_end(&booking.id.to_string()) {
        return Some("booking_id");
    }
    if booking.external_id.as_ref().is_some_and(|id| at_either_end(&id.to_lowercase())) {
        return Some("external_id");
    }
    let devices = booking.devices().iter().chain(&booking.request.handover);
    let mut imeis = devices.filter_map(|device| device.imei.as_ref());
    if imeis.any(|imei| imei.ends_with(query)) {
        return Some("imei");
    }
    let contact = booking.contact.as_ref()?;
    if is_number(query) && digits(&contact.phone).ends_with(&digits(query)) {
        return Some("phone");
    }
    if contact.name.to_lowercase().contains(query) {
        return Some("name");
    }
    contact.address.to_lowercase().contains(query).then_some("address")
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether a text is a number as people write phone numbers.
fn is_number(text: &str) -> bool {
    !digits(text).is_empty() && text.chars().all(|c| c.is_ascii_digit() || "+-() ".contains(c))
}
