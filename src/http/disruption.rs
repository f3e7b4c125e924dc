//! What a change of a day means for customers and couriers.

use super::moment::{Moment, local};
use super::route::LoadView;
use super::slot::{LegView, ReasonView};
use crate::model::Region;
use crate::planning::{
    BookingChange, CostParts, Disruption, DisruptionTotals, PlanViolation, RouteCost,
    RouteDifference, Spot, Standing,
};
use chrono::DateTime;
use serde::Serialize;
use utoipa::ToSchema;

/// What routes cost, in parts. As a difference, what they cost more.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct CostView {
    /// Travel in seconds.
    travel_s: i64,
    /// Length of the way in metres.
    distance_m: i64,
    /// From leaving the hub to being back, in seconds; 0 without visits.
    paid_s: i64,
    /// Idle before services, in seconds.
    wait_s: i64,
    /// By how much promised windows are missed, summed over the visits, in seconds.
    lateness_s: i64,
    /// Number of visits.
    stops: i64,
}

/// The difference between two plans of a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct DisruptionView {
    /// Bookings that stand elsewhere or at another time.
    bookings: Vec<BookingChangeView>,
    /// Routes that are not what they were.
    routes: Vec<RouteDifferenceView>,
    /// In numbers.
    totals: DisruptionTotalsView,
}

/// A booking that stands elsewhere or at another time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct BookingChangeView {
    /// The booking.
    booking_id: String,
    /// Where it was.
    before: StandingView,
    /// Where it is.
    after: StandingView,
    /// By how many seconds its service begins later; negative for earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    shift_s: Option<i64>,
    /// Another courier comes.
    courier_changed: bool,
    /// The promise was kept and is not any more.
    promise_broken: bool,
}

/// Where a booking stands in a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct StandingView {
    /// `on_route`, `unassigned`, or `absent` where the plan does not have it.
    #[schema(example = "on_route")]
    status: &'static str,
    /// The route.
    #[serde(skip_serializing_if = "Option::is_none")]
    route_id: Option<String>,
    /// Who drives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    courier: Option<String>,
    /// Which of the route's visits it is, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    /// When the service begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_at: Option<Moment>,
    /// By how much the promised window is missed, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    lateness_s: Option<i64>,
}

/// A route that is not what it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RouteDifferenceView {
    /// The route.
    route_id: String,
    /// Who drives it.
    courier: String,
    /// What it cost.
    before: Option<RouteCostView>,
    /// What it costs.
    after: Option<RouteCostView>,
}

/// What a route costs, and the most on board at any moment.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct RouteCostView {
    #[serde(flatten)]
    parts: CostView,
    /// In each dimension.
    peak_load: LoadView,
}

/// A change of a day in numbers.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct DisruptionTotalsView {
    /// Promises that were kept and are not any more.
    promises_broken: usize,
    /// Promises that were not kept and are now.
    promises_mended: usize,
    /// Visits to which another courier comes.
    couriers_changed: usize,
    /// Visits that begin earlier or later by more than 300 seconds.
    etas_shifted: usize,
    /// The largest shift in either direction, in seconds.
    eta_shift_s_max: i64,
    /// Bookings that lost their place.
    unassigned: usize,
    /// Bookings that had no place and have one.
    assigned: usize,
    /// Visits that were moved although their couriers had set off to them: always 0.
    frozen_touched: usize,
    /// What the changed routes cost together.
    before: CostView,
    /// What they cost after the change.
    after: CostView,
    /// What they cost more.
    delta: CostView,
}

/// A rule that would not hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PlanViolationView {
    #[serde(flatten)]
    reason: ReasonView,
    /// The route.
    #[serde(skip_serializing_if = "Option::is_none")]
    route_id: Option<String>,
    /// The booking at which it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<String>,
}

/// A free place on somebody's route.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SpotView {
    /// The route.
    route_id: String,
    /// Who drives it.
    courier: String,
    /// Which of the route's visits it would become, from 1.
    position: usize,
    /// The visit before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// The visit after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// Travel added to the route.
    marginal: LegView,
    /// When its service would begin.
    start_at: Moment,
}

impl DisruptionView {
    pub(super) fn new(region: &Region, of: &Disruption) -> Self {
        let bookings = of.bookings.iter().map(|change| BookingChangeView::new(region, change));
        Self {
            bookings: bookings.collect(),
            routes: of.routes.iter().map(RouteDifferenceView::from).collect(),
            totals: DisruptionTotalsView::from(&of.totals),
        }
    }
}

impl BookingChangeView {
    fn new(region: &Region, change: &BookingChange) -> Self {
        Self {
            booking_id: change.booking.to_string(),
            before: StandingView::new(region, &change.before),
            after: StandingView::new(region, &change.after),
            shift_s: change.shift_s(),
            courier_changed: change.changes_courier(),
            promise_broken: change.breaks_promise(),
        }
    }
}

impl StandingView {
    fn new(region: &Region, standing: &Standing) -> Self {
        let visit = standing.visit();
        Self {
            status: match standing {
                Standing::Absent => "absent",
                Standing::Unassigned => "unassigned",
                Standing::OnRoute(_) => "on_route",
            },
            route_id: visit.map(|visit| visit.route.to_string()),
            courier: visit.map(|visit| visit.courier.to_string()),
            position: visit.map(|visit| visit.position),
            start_at: visit.map(|visit| moment(region, visit.start_s)),
            lateness_s: visit.map(|visit| visit.late_s),
        }
    }
}

impl From<&RouteDifference> for RouteDifferenceView {
    fn from(of: &RouteDifference) -> Self {
        Self {
            route_id: of.route.to_string(),
            courier: of.courier.to_string(),
            before: of.before.map(RouteCostView::from),
            after: of.after.map(RouteCostView::from),
        }
    }
}

impl From<RouteCost> for RouteCostView {
    fn from(of: RouteCost) -> Self {
        Self { parts: of.parts.into(), peak_load: of.peak_load.into() }
    }
}

impl From<&DisruptionTotals> for DisruptionTotalsView {
    fn from(of: &DisruptionTotals) -> Self {
        Self {
            promises_broken: of.promises_broken,
            promises_mended: of.promises_mended,
            couriers_changed: of.couriers_changed,
            etas_shifted: of.etas_shifted,
            eta_shift_s_max: of.eta_shift_s_max,
            unassigned: of.unassigned,
            assigned: of.assigned,
            frozen_touched: of.frozen_touched,
            before: of.before.into(),
            after: of.after.into(),
            delta: (of.after - of.before).into(),
        }
    }
}

impl From<CostParts> for CostView {
    fn from(of: CostParts) -> Self {
        let CostParts { travel_s, distance_m, paid_s, wait_s, lateness_s, stops } = of;
        Self { travel_s, distance_m, paid_s, wait_s, lateness_s, stops }
    }
}

impl From<&PlanViolation> for PlanViolationView {
    fn from(of: &PlanViolation) -> Self {
        Self {
            reason: ReasonView::for_dispatcher(&of.reason),
            route_id: of.route.map(|route| route.to_string()),
            booking_id: of.booking.map(|booking| booking.to_string()),
        }
    }
}

impl SpotView {
    pub(super) fn new(region: &Region, spot: &Spot) -> Self {
        Self {
            route_id: spot.route.to_string(),
            courier: spot.courier.to_string(),
            position: spot.position,
            after: spot.after.map(|booking| booking.to_string()),
            before: spot.before.map(|booking| booking.to_string()),
            marginal: spot.extra.into(),
            start_at: moment(region, spot.start_s),
        }
    }
}

fn moment(region: &Region, unix_s: i64) -> Moment {
    local(region.time_zone, DateTime::from_timestamp(unix_s, 0).unwrap_or_default())
}
