//! Who had a booking's devices, and when.
//!
//! A chain of custody rests on what couriers told, never on what was planned: old devices are the
//! customer's until a courier tells that they took them, that courier's until they tell of being at a
//! hub, and the hub's from then on. New devices are the hub's until the courier tells of setting off with
//! them, and the courier's until they are handed over or back at a hub. A courier who cannot go on still
//! has what they had.

use super::outcome::is_accepted;
use super::{
    Booking, BookingId, BookingKind, BookingState, CourierId, Happening, HubId, ToldReport,
};
use chrono::{DateTime, Utc};

/// Who has devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The customer of the booking.
    Customer,
    /// A courier, wherever they are.
    Courier(CourierId),
    /// A hub; nothing where it is not decided yet from which one they come.
    Hub(Option<HubId>),
}

/// Which devices of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goods {
    /// Those that are collected.
    Old,
    /// Those that are handed over.
    New,
}

/// A time in which somebody had some of a booking's devices.
#[derive(Clone, Debug, PartialEq)]
pub struct CustodyLink {
    /// Which devices.
    pub goods: Goods,
    /// Their places among these, from 0.
    pub devices: Vec<usize>,
    /// Who had them.
    pub holder: Holder,
    /// What it began with; nothing where it was so before anybody told anything.
    pub began: Option<ToldReport>,
    /// When it ended; nothing while it lasts.
    pub until: Option<DateTime<Utc>>,
}

impl CustodyLink {
    /// Whether devices changed hands at the customer's door when it began.
    #[must_use]
    pub fn is_from_the_door(&self) -> bool {
        let at_the_door = |what: &Happening| {
            matches!(what, Happening::Collected { .. } | Happening::Delivered { .. })
        };
        self.began.as_ref().is_some_and(|told| at_the_door(&told.report.what))
    }
}

/// What a courier told on the route of a booking and later, as far as it may be about its devices.
#[derive(Clone, Debug)]
pub struct Witness {
    /// Who.
    pub courier: CourierId,
    /// Where the route starts.
    pub hub: HubId,
    /// In the order in which it happened, each with the hub that the courier calls at then.
    pub told: Vec<(ToldReport, HubId)>,
}

/// Time away from the hub, by the places of reports: the one that tells of leaving and the one of being back.
type Trip = (usize, Option<usize>);

impl Witness {
    fn report(&self, at: usize) -> &ToldReport {
        &self.told[at].0
    }

    fn about(&self, booking: BookingId) -> impl DoubleEndedIterator<Item = (usize, &Happening)> {
        let all = self.told.iter().enumerate().map(|(at, (told, _))| (at, &told.report.what));
        all.filter(move |(_, what)| what.booking() == Some(booking))
    }

    /// The first call at a hub after a report.
    fn hub_after(&self, at: usize) -> Option<usize> {
        let is_call = |at: &usize| self.report(*at).report.what == Happening::AtHub;
        (at + 1..self.told.len()).find(is_call)
    }

    /// Whether the courier has not told of being back.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.trips().last().is_some_and(|(_, back)| back.is_none())
    }

    fn trips(&self) -> Vec<Trip> {
        let mut trips: Vec<Trip> = Vec::new();
        for (at, (told, _)) in self.told.iter().enumerate() {
            let is_away = trips.last().is_some_and(|(_, back)| back.is_none());
            if told.report.what == Happening::AtHub {
                if let (true, Some(trip)) = (is_away, trips.last_mut()) {
                    trip.1 = Some(at);
                }
            } else if !is_away && told.report.what.booking().is_some() {
                trips.push((at, None));
            }
        }
        trips
    }

    /// The trip of which a report tells.
    fn trip_with(&self, at: usize) -> Option<Trip> {
        let contains = |trip: &Trip| trip.0 <= at && trip.1.is_none_or(|back| at < back);
        self.trips().into_iter().find(contains)
    }

    /// The hub that was left at the begin of a trip.
    fn left_at(&self, trip: Trip) -> HubId {
        let mut told = self.told[..trip.0].iter();
        // A call before anything else was told is that of the begin.
        let after_a_trip = self.trips().first().is_some_and(|first| first.0 < trip.0);
        let last = told.rfind(|(told, _)| told.report.what == Happening::AtHub);
        last.filter(|_| after_a_trip).map_or_else(|| self.hub.clone(), |(_, hub)| hub.clone())
    }
}

/// The links of some devices, while they are put together.
struct Chain {
    goods: Goods,
    devices: Vec<usize>,
    links: Vec<CustodyLink>,
}

impl Chain {
    fn new(goods: Goods, devices: Vec<usize>, first: Holder) -> Self {
        let mut chain = Self { goods, devices, links: Vec::new() };
        chain.go_to(first, None);
        chain
    }

    fn go_to(&mut self, holder: Holder, began: Option<&ToldReport>) {
        if let Some(last) = self.links.last_mut() {
            last.until = began.map(|told| told.report.at);
        }
        let (goods, devices, began) = (self.goods, self.devices.clone(), began.cloned());
        self.links.push(CustodyLink { goods, devices, holder, began, until: None });
    }

    /// The courier unloads them at the first hub after a report.
    fn unload(&mut self, witness: &Witness, after: usize) {
        if let Some(call) = witness.hub_after(after) {
            let (told, hub) = &witness.told[call];
            self.go_to(Holder::Hub(Some(hub.clone())), Some(told));
        }
    }
}

/// Who had the old devices of a booking, by what the courier of its visit told.
#[must_use]
pub fn custody_of_old(booking: &Booking, visit: Option<&Witness>) -> Vec<CustodyLink> {
    let of_customer = |devices| Chain::new(Goods::Old, devices, Holder::Customer);
    if booking.request.kind == BookingKind::Delivery {
        return Vec::new();
    }
    let taken_at = visit.and_then(|witness| Some((witness, taken_at(booking, witness)?)));
    let found = booking.outcome.as_ref().map_or(&[][..], |outcome| &outcome.devices);
    let is_taken = |device: &usize| taken_at.is_some() && is_accepted(found, *device);
    let (taken, kept): (Vec<usize>, Vec<usize>) = (0..booking.devices().len()).partition(is_taken);
    let mut links = Vec::new();
    if let Some((witness, at)) = taken_at.filter(|_| !taken.is_empty()) {
        let mut chain = of_customer(taken);
        chain.go_to(Holder::Courier(witness.courier.clone()), Some(witness.report(at)));
        chain.unload(witness, at);
        links.extend(chain.links);
    }
    if !kept.is_empty() {
        links.extend(of_customer(kept).links);
    }
    links
}

/// The report by which the old devices were taken: the first since it was last told that it came to
/// nothing.
fn taken_at(booking: &Booking, witness: &Witness) -> Option<usize> {
    if booking.state != BookingState::Completed {
        return None;
    }
    let mut about = witness.about(booking.id);
    let failed = about.rfind(|(_, what)| matches!(what, Happening::Failed { .. }));
    let failed = failed.map(|(at, _)| at);
    let mut since = witness.about(booking.id).filter(|(at, _)| Some(*at) > failed);
    since.find(|(_, what)| matches!(what, Happening::Collected { .. })).map(|(at, _)| at)
}

/// Who had the new devices of a booking. `carriers` are the couriers who told of having them or of coming
/// to the door: of the last one `is_aboard` says whether the new devices are on board though the visit is
/// still ahead; those before could not go on with them.
#[must_use]
pub fn custody_of_new(
    booking: &Booking,
    carriers: &[Witness],
    is_aboard: bool,
) -> Vec<CustodyLink> {
    let count = match booking.request.kind {
        BookingKind::Pickup | BookingKind::Shipment => return Vec::new(),
        // Of an exchange that names no new devices there are as many as old ones.
        BookingKind::Exchange if !booking.request.handover.is_empty() => {
            booking.request.handover.len()
        }
        BookingKind::Exchange | BookingKind::Delivery => booking.devices().len(),
    };
    let first = carriers.first().map(|witness| witness.hub.clone());
    let mut chain = Chain::new(Goods::New, (0..count).collect(), Holder::Hub(first));
    let last = carriers.len().saturating_sub(1);
    for (index, witness) in carriers.iter().enumerate() {
        chain.carry(booking, witness, index < last || is_aboard);
    }
    chain.links
}

impl Chain {
    /// A courier takes the new devices on board, hands them over, or brings them back.
    fn carry(&mut self, booking: &Booking, witness: &Witness, is_aboard: bool) {
        let waits = matches!(booking.state, BookingState::Held | BookingState::Confirmed);
        let door = if waits { None } else { at_the_door(booking, witness) };
        let trip = match door {
            Some(at) => witness.trip_with(at),
            None if is_aboard => witness.trips().last().copied(),
            None => None,
        };
        let Some(trip) = trip else { return };
        let hub = Holder::Hub(Some(witness.left_at(trip)));
        if self.links.len() == 1 {
            self.links[0].holder = hub;
        }
        self.go_to(Holder::Courier(witness.courier.clone()), Some(witness.report(trip.0)));
        let is_handed_over = booking.outcome.as_ref().is_some_and(|outcome| outcome.handed_over);
        match door {
            Some(at) if is_handed_over => self.go_to(Holder::Customer, Some(witness.report(at))),
            at => self.unload(witness, at.unwrap_or(trip.0)),
        }
    }
}

/// The report by which the new devices were handed over, or else the last one about the visit.
fn at_the_door(booking: &Booking, witness: &Witness) -> Option<usize> {
    let hands_over = |what: &Happening| match what {
        Happening::Delivered { .. } => true,
        Happening::Collected { handed_over, .. } => *handed_over,
        _ => false,
    };
    let handed_over = booking.outcome.as_ref().is_some_and(|outcome| outcome.handed_over);
    let mut about = witness.about(booking.id);
    let found =
        if handed_over { about.find(|(_, what)| hands_over(what)) } else { about.next_back() };
    found.map(|(at, _)| at)
}
