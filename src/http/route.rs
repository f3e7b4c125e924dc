//! A courier's route of a day, stop by stop.

use super::booking::ContactBody;
use super::device::{self, DeviceBody};
use super::moment::{Moment, WindowView, local};
use super::navigation::NavigationView;
use super::place::PlaceBody;
use super::value_at_risk::ValueAtRiskView;
use crate::model::{
    Booking, BookingKind, BookingState, Load, Region, Route, Stop, StopKind, TimeWindow, Vehicle,
};
use crate::planning::{DayPlan, Locks, RoutePlan};
use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// One shift's stops on one date.
#[derive(Serialize, ToSchema)]
pub(super) struct RouteView {
    /// Its id.
    #[schema(example = "rte_0195577b8f2c5d4e9a31c6a0f3d85b12")]
    id: String,
    /// Service date in the region's time zone.
    date: NaiveDate,
    /// The region.
    region: String,
    /// IANA time zone of the moments below.
    time_zone: String,
    /// What values are counted in (ISO 4217).
    #[schema(example = "CNY")]
    currency: String,
    /// How long the courier waits for a customer who is not there, in seconds.
    wait_at_door_s: i64,
    /// Counts the committed changes of this route.
    version: i64,
    /// Who drives it.
    courier: RouteCourierView,
    /// Where it starts and ends.
    hub: RouteHubView,
    /// The working hours.
    shift: WindowView,
    /// Start, visits, break and calls at the hub in their order, end.
    stops: Vec<StopView>,
    /// From leaving the hub to being back, in seconds; 0 without visits.
    paid_s: i64,
    /// Travel of the whole route in seconds.
    travel_s: i64,
    /// Length of the whole route in metres.
    distance_m: i64,
    /// The most on board at any moment.
    peak_load: LoadView,
    /// The most that may be on board.
    capacity: CapacityView,
    /// Declared values on board, against what is insured.
    value_at_risk: ValueAtRiskView,
    /// By how much promised windows are missed, summed over the visits, in seconds.
    lateness_s: i64,
    /// A dispatcher locked it: nothing automatic changes it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    locked: bool,
}

/// Who drives a route.
#[derive(Serialize, ToSchema)]
pub(super) struct RouteCourierView {
    /// The courier's id.
    id: String,
    /// As colleagues and customers know them.
    name: String,
    /// What they drive.
    #[schema(schema_with = super::schema::vehicle)]
    vehicle: Vehicle,
}

/// Where a route starts and ends.
#[derive(Serialize, ToSchema)]
pub(super) struct RouteHubView {
    /// The hub's id.
    id: String,
    /// As people know it.
    name: String,
    /// Where it stands.
    place: PlaceBody,
}

/// One line of a route. `arrive_at + wait_s = start_at` and `start_at + service_s = leave_at`.
#[derive(Serialize, ToSchema)]
pub(super) struct StopView {
    /// From 1.
    seq: usize,
    /// Stable while the booking stays on the route.
    #[schema(example = "stp_0195577b8f2c5d4e9a31c6a0f3d85b12")]
    stop_id: String,
    /// `start`, `visit`, `break`, `hub` (a call at the hub on the way: what was collected is unloaded, and
    /// what the next trip hands over is loaded) or `end`.
    #[schema(value_type = String, example = "visit")]
    kind: StopKind,
    /// The booking, for a visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<String>,
    /// Where the booking stands; a `held` one may still go away.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = super::schema::booking_state, required = false)]
    status: Option<BookingState>,
    /// Where it is; a break is where the stop before it is.
    place: PlaceBody,
    /// `pickup`, `delivery` or `exchange`, for a visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = super::schema::booking_kind, required = false)]
    visit_kind: Option<BookingKind>,
    /// What the customer was promised, for a visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    promise: Option<WindowView>,
    /// At the door.
    arrive_at: Moment,
    /// Service begins.
    start_at: Moment,
    /// Service ends.
    leave_at: Moment,
    /// When the courier is expected there, as of now: by the plan, by what the courier told, and by
    /// where they were seen.
    eta_at: Moment,
    /// The courier told that they set off to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    departed_at: Option<Moment>,
    /// The courier told that they were there.
    #[serde(skip_serializing_if = "Option::is_none")]
    arrived_at: Option<Moment>,
    /// The courier told that they were done there.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_at: Option<Moment>,
    /// The promise may not be kept, or was not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    at_risk: bool,
    /// Travel from the stop before, in seconds.
    travel_s: i64,
    /// Distance from the stop before, in metres.
    distance_m: i64,
    /// Idle before the service, in seconds.
    wait_s: i64,
    /// Time at the door, in seconds.
    service_s: i64,
    /// On board on arrival.
    load_before: LoadView,
    /// On board on leaving.
    load_after: LoadView,
    /// The courier has set off to it, or has been there: it is not moved any more.
    frozen: bool,
    /// A dispatcher locked it: nothing automatic gives it to another courier.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    locked: bool,
    /// What is collected, or for a delivery handed over, for a visit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    devices: Vec<DeviceBody>,
    /// What is handed over, for an exchange; where empty, as many as `devices`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    handover: Vec<DeviceBody>,
    /// Links that lead there, in the courier's own route.
    #[serde(skip_serializing_if = "Option::is_none")]
    navigation: Option<NavigationView>,
    /// Who to ask for; in the courier's own route, and only of confirmed bookings.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactBody>,
}

/// What is on board.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct LoadView {
    /// Number of parcels.
    parcels: i64,
    /// Grams.
    weight_g: i64,
    /// Millilitres.
    volume_ml: i64,
    /// Declared value in minor units of the region's currency.
    value: i64,
}

/// What may be on board; `null` is no limit.
#[derive(Serialize, ToSchema)]
pub(super) struct CapacityView {
    /// Number of parcels.
    pub(super) parcels: Option<i64>,
    /// Grams.
    pub(super) weight_g: Option<i64>,
    /// Millilitres.
    pub(super) volume_ml: Option<i64>,
    /// Declared value in minor units of the region's currency: the insured cap.
    pub(super) value: Option<i64>,
}

/// Who reads a route.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The courier who drives it, and has to find the customers.
    Courier,
    /// A dispatcher, who asks for a booking where its contact is needed.
    Dispatcher,
}

impl RouteView {
    pub(super) fn new(day: &DayPlan, plan: &RoutePlan, reader: Reader, now: DateTime<Utc>) -> Self {
        let region = &*day.region;
        let route = plan.to_route(day);
        let shift = TimeWindow { start: route.shift.starts, end: route.shift.ends };
        let stops = StopViews::new(day, plan, reader, now);
        Self {
            id: route.id.to_string(),
            date: route.date,
            region: region.id.to_string(),
            time_zone: region.time_zone.to_string(),
            currency: region.currency.to_string(),
            wait_at_door_s: region.live.wait_s.get(),
            version: route.version,
            courier: RouteCourierView::new(plan),
            hub: RouteHubView::new(plan),
            shift: WindowView::new(region, shift),
            paid_s: route.duration_s().get(),
            travel_s: route.travel_s().get(),
            distance_m: route.distance_m().get(),
            peak_load: route.peak_load().into(),
            capacity: plan.of.courier.capacity.into(),
            value_at_risk: ValueAtRiskView::new(region, plan.value_at_risk(now)),
            lateness_s: plan.lateness_s().get(),
            locked: plan.of.is_locked,
            stops: stops.views(&route),
        }
    }
}

fn moment_of(unix_s: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(unix_s, 0).unwrap_or_default()
}

/// What turns the stops of a route into views.
struct StopViews<'a> {
    locks: &'a Locks,
    region: &'a Region,
    plan: &'a RoutePlan,
    bookings: HashMap<crate::model::BookingId, &'a Booking>,
    reader: Reader,
    /// So many stops are behind the courier or the next one.
    frozen: usize,
    /// When the courier arrives at each stop, as of now.
    etas: Vec<DateTime<Utc>>,
}

impl<'a> StopViews<'a> {
    fn new(day: &'a DayPlan, plan: &'a RoutePlan, reader: Reader, now: DateTime<Utc>) -> Self {
        let (region, locks) = (&*day.region, &*day.locks);
        let bookings = plan.entries.iter().map(|entry| (entry.booking.id, &entry.booking));
        let frozen = plan.schedule.frozen(now.timestamp());
        // By whole minutes, so that a phone which asks often is mostly told that nothing has changed.
        let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
        let etas = plan.timings_at(minute).iter().map(|timing| moment_of(timing.arrive)).collect();
        Self { locks, region, plan, bookings: bookings.collect(), reader, frozen, etas }
    }

    fn views(&self, route: &Route) -> Vec<StopView> {
        (0..route.stops.len()).map(|at| self.view(&route.stops, at)).collect()
    }

    fn view(&self, stops: &[Stop], at: usize) -> StopView {
        let stop = &stops[at];
        let booking = stop.booking.and_then(|id| self.bookings.get(&id).copied());
        let moment = |at| local(self.region.time_zone, at);
        StopView {
            seq: at + 1,
            stop_id: self.plan.id.stop(&name(stops, at)).to_string(),
            kind: stop.kind,
            booking_id: booking.map(|booking| booking.id.to_string()),
            status: booking.map(|booking| booking.state),
            place: stop.place.into(),
            promise: booking.map(|booking| WindowView::new(self.region, booking.window)),
            arrive_at: moment(stop.arrive_at),
            start_at: moment(stop.start_at),
            leave_at: moment(stop.leave_at),
            eta_at: moment(self.eta(at, stop)),
            departed_at: stop.progress.departed_at.map(moment),
            arrived_at: stop.progress.arrived_at.map(moment),
            left_at: stop.progress.left_at.map(moment),
            at_risk: stop.progress.at_risk,
            visit_kind: booking.map(|booking| booking.request.kind),
            travel_s: stop.travel_s.get(),
            distance_m: stop.distance_m.get(),
            wait_s: stop.wait_s.get(),
            service_s: stop.service_s.get(),
            load_before: stop.load_before.into(),
            load_after: stop.load_after.into(),
            frozen: at < self.frozen,
            locked: booking.is_some_and(|booking| self.locks.holds(booking.id)),
            devices: booking.map(|b| device::views(b.devices())).unwrap_or_default(),
            handover: booking.map(|b| device::views(&b.request.handover)).unwrap_or_default(),
            navigation: self.is_led(stop).then(|| NavigationView::to(stop.place)),
            contact: booking.and_then(|booking| self.contact(booking)),
        }
    }

    /// A courier who waits at the hub rather than at the first door is there when service begins.
    fn eta(&self, at: usize, stop: &Stop) -> DateTime<Utc> {
        self.etas.get(at).map_or(stop.arrive_at, |eta| *eta.max(&stop.arrive_at))
    }

    fn is_led(&self, stop: &Stop) -> bool {
        self.reader == Reader::Courier && stop.kind != StopKind::Break
    }

    fn contact(&self, booking: &Booking) -> Option<ContactBody> {
        let shown = self.reader == Reader::Courier && booking.state != BookingState::Held;
        booking.contact.as_ref().filter(|_| shown).map(ContactBody::from)
    }
}

/// What a stop is called within its route; calls at the hub by their order.
fn name(stops: &[Stop], at: usize) -> String {
    let stop = &stops[at];
    match (stop.kind, stop.booking) {
        (_, Some(booking)) => booking.to_string(),
        (StopKind::Start, None) => "start".to_owned(),
        (StopKind::End, None) => "end".to_owned(),
        (StopKind::Hub, None) => {
            let before = stops[..at].iter().filter(|other| other.kind == StopKind::Hub).count();
            format!("hub-{}", before + 1)
        }
        (StopKind::Break | StopKind::Visit, None) => "break".to_owned(),
    }
}

impl RouteCourierView {
    fn new(plan: &RoutePlan) -> Self {
        let courier = &plan.of.courier;
        Self { id: courier.id.to_string(), name: courier.name.clone(), vehicle: courier.vehicle }
    }
}

impl RouteHubView {
    fn new(plan: &RoutePlan) -> Self {
        let hub = &plan.of.hub;
        Self { id: hub.id.to_string(), name: hub.name.clone(), place: hub.place.into() }
    }
}

impl From<Load> for LoadView {
    fn from(Load { parcels, weight_g, volume_ml, value }: Load) -> Self {
        Self { parcels, weight_g, volume_ml, value }
    }
}

impl From<Load> for CapacityView {
    fn from(capacity: Load) -> Self {
        let limit = |amount: i64, none: i64| (amount < none).then_some(amount);
        let none = Load::UNLIMITED;
        Self {
            parcels: limit(capacity.parcels, none.parcels),
            weight_g: limit(capacity.weight_g, none.weight_g),
            volume_ml: limit(capacity.volume_ml, none.volume_ml),
            value: limit(capacity.value, none.value),
        }
    }
}
