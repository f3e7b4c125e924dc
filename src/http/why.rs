//! Why a booking is where it is, or has no place.

use super::App;
use super::auth::Dispatcher;
use super::disruption::{CostView, SpotView};
use super::params::Named;
use super::problem::Problem;
use super::slot::ReasonView;
use crate::model::{BookingId, Region};
use crate::planning::{CourierAnswer, Here, Why};
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a booking is and what every courier of its day says to it.
#[derive(Serialize, ToSchema)]
pub(super) struct WhyView {
    /// The booking.
    booking_id: String,
    /// The place it has; nothing where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    here: Option<HereView>,
    /// Those who could take it first, by the travel it adds; then the others, nearest to a yes first.
    couriers: Vec<CourierAnswerView>,
    /// Every position of every route was tried: there is nothing more to say.
    complete: bool,
}

/// The place that a booking has.
#[derive(Serialize, ToSchema)]
pub(super) struct HereView {
    /// The route.
    route_id: String,
    /// Who drives it.
    courier: String,
    /// Which of the route's visits it is, from 1.
    position: usize,
    /// What the route costs more with the visit than without.
    cost: CostView,
}

/// What one courier says, with the visit taken out of where it is and the day otherwise as it is.
#[derive(Serialize, ToSchema)]
pub(super) struct CourierAnswerView {
    /// The route.
    route_id: String,
    /// Who drives it.
    courier: String,
    /// The route that the booking is on.
    current: bool,
    /// Whether there is a place for it.
    feasible: bool,
    /// The place that adds the least travel.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<SpotView>,
    /// What the route would cost more.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<CostView>,
    /// Why there is no place, with the smallest change of the window that would make one.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ReasonView>,
}

/// Tells why a booking is on its route, or has no place.
///
/// Of each courier either the cheapest place with its cost, to compare with the place that the booking
/// has, or the reason why there is none, from an exhaustive look at the positions.
#[utoipa::path(
    get, path = "/v1/bookings/{id}/why", tag = "dispatcher",
    params(("id" = String, Path, description = "The booking's id")),
    responses((status = 200, description = "Every courier's answer", body = WhyView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["state_conflict", "under_way", "no_such_day"])))
)]
pub(super) async fn get_why(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(id): Named<BookingId>,
) -> Result<axum::Json<WhyView>, Problem> {
    let (booking, _) = app.desk.booking(None, id).await?;
    dispatcher.enter(&booking.region)?;
    let region = app.desk.region(&booking.region)?;
    let why = app.desk.why(&booking).await?;
    Ok(axum::Json(WhyView::new(&region, id, &why)))
}

impl WhyView {
    fn new(region: &Region, booking: BookingId, why: &Why) -> Self {
        let couriers = why.couriers.iter();
        Self {
            booking_id: booking.to_string(),
            here: why.here.as_ref().map(HereView::from),
            couriers: couriers
                .map(|answer| CourierAnswerView::new(region, why.here.as_ref(), answer))
                .collect(),
            complete: true,
        }
    }
}

impl From<&Here> for HereView {
    fn from(here: &Here) -> Self {
        Self {
            route_id: here.route.to_string(),
            courier: here.courier.to_string(),
            position: here.position,
            cost: here.cost.into(),
        }
    }
}

impl CourierAnswerView {
    fn new(region: &Region, here: Option<&Here>, answer: &CourierAnswer) -> Self {
        let place = answer.verdict.as_ref().ok();
        Self {
            route_id: answer.route.to_string(),
            courier: answer.courier.to_string(),
            current: here.is_some_and(|here| here.route == answer.route),
            feasible: place.is_some(),
            place: place.map(|(spot, _)| SpotView::new(region, spot)),
            cost: place.map(|(_, cost)| (*cost).into()),
            reason: answer.verdict.as_ref().err().map(ReasonView::for_dispatcher),
        }
    }
}
