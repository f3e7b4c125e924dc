//! What a customer sees of the own booking, by its link. The link is the key: whoever has it may look,
//! move and cancel, and learns nothing of any other booking.

use super::App;
use super::moment::{Moment, WindowView, local};
use super::params::Named;
use super::place::PlaceBody;
use super::preparation::{PrepareView, prepare};
use super::problem::{Problem, ProblemCode};
use super::slot::FlexibleView;
use crate::desk::{DeskError, Tracked};
use crate::model::{
    Booking, BookingAction, BookingId, BookingKind, BookingState, FailReason, Position,
};
use crate::planning::{DayPlan, RoutePlan};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Arrivals are told to this grain, so that they do not tell of others on the route.
const ETA_GRAIN: TimeDelta = TimeDelta::minutes(10);

/// Where a courier was longer ago than this says nothing any more.
const SEEN_LATELY: TimeDelta = TimeDelta::minutes(15);
/// A thousandth of a degree is about a hundred metres: the street, not the door.
const SEEN_DECIMALS: i32 = 3;

/// Where a customer follows a booking.
#[derive(Serialize, ToSchema)]
pub(super) struct TrackingLinkView {
    /// The token of the booking's own link, good until 30 days after the visit. Whoever has it can
    /// look, move and cancel.
    token: String,
    /// Path of the page for the customer.
    #[schema(example = "/t/AZVXe48sfU6aMcag89hbEuXn0K2fYc1s7pJ4mQ3vT9w")]
    url: String,
}

/// A booking as its customer sees it.
#[derive(Serialize, ToSchema)]
pub(super) struct TrackingView {
    /// Where it stands.
    #[schema(schema_with = super::schema::booking_state)]
    status: BookingState,
    /// What happens at the door.
    #[schema(schema_with = super::schema::booking_kind)]
    kind: BookingKind,
    /// Service date in the region's time zone.
    date: NaiveDate,
    /// IANA time zone of the moments below.
    time_zone: String,
    /// What is promised: the courier begins at the door inside it.
    slot: WindowView,
    /// Where it is still open which of several slots it will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    flexible: Option<FlexibleView>,
    /// When the courier is expected, to ten minutes; on the day of the visit, until the courier is
    /// there.
    #[serde(skip_serializing_if = "Option::is_none")]
    eta_at: Option<Moment>,
    /// Who comes, once the courier has set off to this visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    courier: Option<TrackedCourierView>,
    /// What to read out to the courier: 4 digits, while somebody is to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0417")]
    door_code: Option<String>,
    /// What to have ready at the door.
    prepare: Vec<PrepareView>,
    /// Why the visit came to nothing, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = super::schema::fail_reason)]
    failed: Option<FailReason>,
    /// The link of the visit that was booked in the place of this one, which failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    booked_again: Option<TrackingLinkView>,
    /// Whether another slot can be chosen: it moves there, or, where it failed, a new visit is booked
    /// in its place.
    can_reschedule: bool,
    /// Whether it can still be called off.
    can_cancel: bool,
}

/// Who comes.
#[derive(Serialize, ToSchema)]
pub(super) struct TrackedCourierView {
    /// What to call them: the first word of their name.
    first_name: String,
    /// Where their phone was lately, to about a hundred metres; only where it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<SeenView>,
}

/// Where a courier was seen.
#[derive(Serialize, ToSchema)]
struct SeenView {
    /// When.
    at: Moment,
    /// Where.
    place: PlaceBody,
}

/// Shows a booking to its customer, by the token of its link.
#[utoipa::path(
    get, path = "/v1/tracking/{token}", tag = "customer",
    params(("token" = String, Path, description = "The `tracking.token` of a booking")),
    responses((status = 200, description = "The booking", body = TrackingView)),
    extensions(("x-problems" = json!(["unavailable"])))
)]
pub(super) async fn get_tracking(
    State(app): State<App>,
    Named(token): Named<String>,
) -> Result<Json<TrackingView>, Problem> {
    let tracked = tracked(&app, booking_of(&app, &token)?).await?;
    Ok(Json(view(&app, &tracked).await?))
}

/// What its customer sees of a booking now.
pub(super) async fn view(app: &App, tracked: &Tracked) -> Result<TrackingView, DeskError> {
    let now = app.desk.clock().now();
    let mut view = TrackingView::new(tracked, now);
    if tracked.booking.is_to_be_visited() {
        view.door_code = Some(app.desk.tracking().door_code(tracked.booking.id));
    }
    if tracked.booking.state == BookingState::Failed {
        let again = app.desk.booked_instead_of(tracked.booking.id).await?;
        view.can_reschedule = again.is_none() && tracked.booking.may_be_tried_again();
        view.booked_again = again.map(|id| TrackingLinkView::new(app.desk.tracking().sign(id)));
    }
    if let (Some(courier), Some((route, _))) = (&mut view.courier, tracked.visit()) {
        let seen = app.desk.last_position(&route.of.courier.id).await?;
        let seen = seen.filter(|seen| now - seen.at <= SEEN_LATELY);
        courier.seen = seen.map(|seen| SeenView::new(&tracked.day, &seen));
    }
    Ok(view)
}

/// The booking of a link.
pub(super) fn booking_of(app: &App, token: &str) -> Result<BookingId, Problem> {
    app.desk.tracking().read(token).ok_or_else(no_such_link)
}

/// A booking as its customer may see it.
pub(super) async fn tracked(app: &App, id: BookingId) -> Result<Tracked, Problem> {
    app.desk.tracked(id).await.map_err(tracking_problem)
}

/// A link of which nothing is shown any more is as good as none.
pub(super) fn tracking_problem(error: DeskError) -> Problem {
    match error {
        DeskError::NotFound { .. } => no_such_link(),
        other => other.into(),
    }
}

fn no_such_link() -> Problem {
    let detail = "there is no booking with this link, or its visit is long ago";
    Problem::new(ProblemCode::NotFound, detail)
}

impl TrackingLinkView {
    pub(super) fn new(token: String) -> Self {
        Self { url: format!("/t/{token}"), token }
    }
}

impl TrackingView {
    fn new(tracked: &Tracked, now: DateTime<Utc>) -> Self {
        let Tracked { booking, day, .. } = tracked;
        let region = &day.region;
        let visit = tracked.visit();
        let under_way = visit.is_some_and(|(route, nth)| route.is_frozen(nth, now.timestamp()));
        let may = |action| booking.state.after(action).is_ok() && !under_way;
        let has_come = matches!(booking.state, BookingState::EnRoute | BookingState::Arrived);
        let shows_courier = booking.state.has_place() && (under_way || has_come);
        let courier = visit.filter(|_| shows_courier).map(|(route, _)| first_name(route));
        let eta = visit.and_then(|(route, _)| eta(day, route, booking, now));
        Self {
            status: booking.state,
            kind: booking.request.kind,
            date: booking.date,
            time_zone: region.time_zone.to_string(),
            slot: WindowView::new(region, booking.window),
            flexible: booking.flexible.as_ref().map(|of| FlexibleView::new(region, of)),
            eta_at: eta.map(|at| local(region.time_zone, at)),
            courier: courier.map(|first_name| TrackedCourierView { first_name, seen: None }),
            door_code: None,
            prepare: prepare(booking),
            failed: booking.failure(),
            booked_again: None,
            can_reschedule: may(BookingAction::Reschedule),
            can_cancel: may(BookingAction::Cancel),
        }
    }
}

impl SeenView {
    fn new(day: &DayPlan, seen: &Position) -> Self {
        Self {
            at: local(day.region.time_zone, seen.at),
            place: PlaceBody::about(seen.place, SEEN_DECIMALS),
        }
    }
}

fn first_name(route: &RoutePlan) -> String {
    let name = &route.of.courier.name;
    name.split_whitespace().next().unwrap_or(name).to_owned()
}

/// When the courier is expected as of now: not before now, inside the promise where the plan is, and
/// nothing before the day of the visit or once the courier is there.
fn eta(
    day: &DayPlan,
    route: &RoutePlan,
    booking: &Booking,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let waits = matches!(booking.state, BookingState::Confirmed | BookingState::EnRoute);
    if !waits || day.region.date_of(now) != day.date {
        return None;
    }
    let at = route.element_of(route.ordinal(booking.id)?);
    let planned = DateTime::from_timestamp(route.timings_at(now)[at].start, 0)?;
    let rounded = planned.max(now).duration_round(ETA_GRAIN).ok()?;
    let window = booking.window;
    Some(if window.contains(planned) { rounded.clamp(window.start, window.end) } else { rounded })
}
