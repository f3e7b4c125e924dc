//! What the walk needs of a problem, laid out for speed: made once, shared by all threads.

use super::super::{Break, Load, Problem, Window};
use std::collections::BTreeMap;

/// No visit, no vehicle.
pub(super) const NONE: u32 = u32::MAX;

/// What never opens.
const NEVER: Window = Window { opens: i32::MAX, closes: i32::MIN };

/// Which end of a shipment a visit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// None.
    No,
    /// The shipment is collected here.
    Pickup,
    /// The shipment is handed over here.
    Delivery,
}

/// A visit, flat.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    pub(super) place: u32,
    /// The first window.
    pub(super) window: Window,
    /// The other windows, as a range of [`Rules::windows`].
    more: (u32, u32),
    pub(super) service: i32,
    pub(super) setup: i32,
    pub(super) release: i32,
    /// Visits with the same skills are of the same class.
    class: u32,
    /// The only vehicle, or [`NONE`].
    vehicle: u32,
    /// The other end of the shipment, or [`NONE`].
    pub(super) partner: u32,
    pub(super) end: End,
    pub(super) pickup: Load,
    pub(super) delivery: Load,
}

/// A problem, prepared for many walks.
#[derive(Clone, Debug)]
pub struct Rules<'p> {
    pub(super) problem: &'p Problem,
    /// Index `i` is visit `i`.
    stops: Vec<Stop>,
    /// Second and later windows of the visits that have several.
    windows: Vec<Window>,
    /// Index `v * classes + c`: whether vehicle `v` has the skills of class `c`.
    skilled: Vec<bool>,
    classes: usize,
}

impl<'p> Rules<'p> {
    /// Prepares a problem: linear, times vehicles × distinct sets of skills.
    #[must_use]
    pub fn new(problem: &'p Problem) -> Self {
        let mut classes: BTreeMap<&[u32], u32> = BTreeMap::new();
        let mut windows = Vec::new();
        let mut stops: Vec<Stop> = Vec::with_capacity(problem.visits.len());
        for visit in &problem.visits {
            let next = index(classes.len());
            let class = *classes.entry(&visit.skills).or_insert(next);
            let from = index(windows.len());
            windows.extend(visit.windows.iter().skip(1));
            stops.push(Stop {
                place: visit.place,
                window: visit.windows.first().copied().unwrap_or(NEVER),
                more: (from, index(windows.len())),
                service: visit.service,
                setup: visit.setup,
                release: visit.release,
                class,
                vehicle: visit.vehicle.unwrap_or(NONE),
                partner: NONE,
                end: End::No,
                pickup: visit.pickup,
                delivery: visit.delivery,
            });
        }
        for shipment in &problem.shipments {
            let pickup = &mut stops[shipment.pickup as usize];
            (pickup.partner, pickup.end) = (shipment.delivery, End::Pickup);
            let delivery = &mut stops[shipment.delivery as usize];
            (delivery.partner, delivery.end) = (shipment.pickup, End::Delivery);
        }
        let mut skills = vec![&[][..]; classes.len()];
        for (needed, class) in &classes {
            skills[*class as usize] = needed;
        }
        let skilled = problem.vehicles.iter().flat_map(|vehicle| {
            let has = |skill| vehicle.skills.binary_search(skill).is_ok();
            skills.iter().map(move |needed| needed.iter().all(has))
        });
        Self { problem, skilled: skilled.collect(), classes: skills.len(), stops, windows }
    }

    /// The problem these are the rules of.
    #[must_use]
    pub fn problem(&self) -> &'p Problem {
        self.problem
    }

    /// Whether a vehicle has the skills of a visit. Constant.
    #[inline]
    #[must_use]
    pub fn is_skilled(&self, vehicle: u32, visit: u32) -> bool {
        let class = self.stop(visit).class;
        self.skilled[vehicle as usize * self.classes + class as usize]
    }

    /// Whether a visit is open to a vehicle, and not only to another one. Constant.
    #[inline]
    #[must_use]
    pub fn is_open_to(&self, vehicle: u32, visit: u32) -> bool {
        let only = self.stop(visit).vehicle;
        only == NONE || only == vehicle
    }

    /// The other end of a visit's shipment. Constant.
    #[inline]
    #[must_use]
    pub fn partner(&self, visit: u32) -> Option<u32> {
        let partner = self.stop(visit).partner;
        (partner != NONE).then_some(partner)
    }

    #[inline]
    pub(super) fn stop(&self, visit: u32) -> &Stop {
        &self.stops[visit as usize]
    }

    /// When service at a stop may begin.
    #[inline]
    pub(super) fn opening(&self, stop: &Stop) -> Opening<'_> {
        let (from, to) = stop.more;
        Opening { first: stop.window, more: &self.windows[from as usize..to as usize] }
    }
}

#[expect(clippy::expect_used, reason = "indices of visits are u32 everywhere")]
fn index(length: usize) -> u32 {
    u32::try_from(length).expect("a problem has fewer than 2³² windows")
}

/// Windows, the first of them at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening<'a> {
    pub(super) first: Window,
    pub(super) more: &'a [Window],
}

impl<'a> Opening<'a> {
    /// The windows of a break.
    pub(super) fn of_break(pause: &'a Break) -> Self {
        let (first, more) = pause.windows.split_first().unwrap_or((&NEVER, &[]));
        Self { first: *first, more }
    }

    /// The earliest moment inside a window, not before `moment`; or by how much all are missed.
    #[inline]
    pub(super) fn begin(&self, moment: i64) -> Result<i64, i64> {
        if moment <= i64::from(self.first.closes) {
            return Ok(moment.max(i64::from(self.first.opens)));
        }
        for window in self.more {
            if moment <= i64::from(window.closes) {
                return Ok(moment.max(i64::from(window.opens)));
            }
        }
        Err(moment - self.closes())
    }

    /// The last moment of the last window.
    #[inline]
    pub(super) fn closes(&self) -> i64 {
        i64::from(self.more.last().unwrap_or(&self.first).closes)
    }
}
