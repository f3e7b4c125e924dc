//! The definition of a search: every position of every route, exactly.

use chrono::{DateTime, Utc};
use doorstep::model::{Booking, BookingState, CourierId, Load, Reason, ReasonCode, Slot};
use doorstep::planning::{DayPlan, Place, SlotAnswer, SlotQuery, no_place};
use doorstep::schedule::{Block, ElementKind, Facts, Gap, Schedule, Visit, WindowFit};

/// What is known about one slot while the routes are looked at.
#[derive(Clone, Debug, Default)]
struct Tally<'a> {
    best: Option<Place>,
    closest: Option<(Block, &'a CourierId)>,
    /// The window that would do for a courier who does not work in the slot.
    off_shift: Option<(Block, &'a CourierId)>,
}

impl<'a> Tally<'a> {
    fn offer(&mut self, place: Place) {
        let key = |place: &Place| (place.gap.extra.travel_s, place.route);
        if self.best.is_none_or(|best| key(&place) < key(&best)) {
            self.best = Some(place);
        }
    }

    fn refuse(&mut self, block: Block, courier: &'a CourierId) {
        keep_closer(&mut self.closest, block, courier);
    }

    /// Nobody is told to wait for another shift while somebody works in the slot; but where the
    /// answer is another window, it is the nearest one, whoever comes then.
    fn reason(self) -> Reason {
        match (self.closest, self.off_shift) {
            (Some((Block::Window(side, by), _)), Some((other, courier)))
                if other.distance() < Block::Window(side, by).distance() =>
            {
                no_place(Some((other, courier)))
            }
            (closest, _) => no_place(closest),
        }
    }
}

fn keep_closer<'a>(
    kept: &mut Option<(Block, &'a CourierId)>,
    block: Block,
    courier: &'a CourierId,
) {
    if kept.as_ref().is_none_or(|(best, _)| block.distance() < best.distance()) {
        *kept = Some((block, courier));
    }
}

/// As `planning::search`.
pub(crate) fn search(day: &DayPlan, query: &SlotQuery<'_>) -> Vec<SlotAnswer> {
    let visit = visit_of(query.booking, query.not_before.timestamp());
    let held_by = query.held_by.timestamp();
    let mut tallies = vec![Tally::default(); query.slots.len()];
    for (index, route) in day.routes.iter().enumerate() {
        let courier = &route.of.courier.id;
        judge(&route.schedule, index, courier, &visit, held_by, query.slots, &mut tallies);
    }
    let closed = |slot: &Slot| slot.cutoff_at <= query.now;
    let slots = query.slots.iter().zip(tallies);
    slots
        .map(|(slot, tally)| SlotAnswer {
            slot: *slot,
            verdict: match tally.best {
                _ if closed(slot) => Err(Reason::of(ReasonCode::PastCutoff)),
                Some(place) => Ok(place),
                None => Err(tally.reason()),
            },
        })
        .collect()
}

/// One route against all slots.
fn judge<'a>(
    schedule: &Schedule,
    route: usize,
    courier: &'a CourierId,
    visit: &Visit,
    now: i64,
    slots: &[Slot],
    tallies: &mut [Tally<'a>],
) {
    if let Err(block) = schedule.admits(visit) {
        for tally in tallies {
            tally.refuse(block.clone(), courier);
        }
        return;
    }
    let gaps: Vec<(Gap, Option<Block>)> = open(schedule, visit, now)
        .into_iter()
        .map(|at| schedule.gap(at, visit, now))
        .map(|gap| (gap, schedule.carries(gap.at, visit).err()))
        .collect();
    for (slot, tally) in slots.iter().zip(tallies) {
        let (opens, closes) = (slot.window.start.timestamp(), slot.window.end.timestamp());
        let off_shift = schedule.is_off_shift(opens, closes);
        if off_shift {
            tally.refuse(Block::OffShift, courier);
        }
        for (gap, overload) in &gaps {
            match (gap.fit(opens, closes), overload) {
                (WindowFit::Fits(_), None) => tally.offer(Place { route, gap: *gap }),
                (WindowFit::Misses(side, by), None) if off_shift => {
                    keep_closer(&mut tally.off_shift, Block::Window(side, by), courier);
                }
                (WindowFit::Misses(side, by), None) => {
                    tally.refuse(Block::Window(side, by), courier);
                }
                _ if off_shift => {}
                (_, Some(block)) => tally.refuse(block.clone(), courier),
                (WindowFit::NoRoom(limit, by), None) => {
                    tally.refuse(Block::Later(limit, by), courier);
                }
            }
        }
        if gaps.is_empty() && !off_shift {
            let is_home = schedule.frozen(now) == schedule.elements().len();
            tally.refuse(if is_home { Block::UnderWay } else { Block::Goods }, courier);
        }
    }
}

/// Where a visit may be inserted: each position is tried by going back from it to where its courier was
/// loaded last. What is on board is not carried past a call at the hub.
pub(crate) fn open(schedule: &Schedule, visit: &Visit, now: i64) -> Vec<usize> {
    let (elements, frozen) = (schedule.elements(), schedule.frozen(now));
    let can_be_had = |at: usize| {
        let is_hub =
            |hub: &usize| matches!(elements[*hub].kind, ElementKind::Start | ElementKind::Hub);
        let hub = (0..at).rev().find(is_hub).expect("a route begins at its hub");
        let has_left = (hub + 1..frozen).any(|at| elements[at].kind != ElementKind::Rest);
        hub >= frozen || !has_left
    };
    let passes_hub = |at: usize| (frozen..at).any(|at| elements[at].kind == ElementKind::Hub);
    let is_open = |at: &usize| match visit.delivery {
        Load::ZERO => true,
        _ if visit.is_aboard => !passes_hub(*at),
        _ => can_be_had(*at),
    };
    (frozen..elements.len()).filter(is_open).collect()
}

/// As `DayPlan::cheapest_place`.
pub(crate) fn cheapest_place(
    day: &DayPlan,
    booking: &Booking,
    now: DateTime<Utc>,
) -> Option<Place> {
    let not_before = match (booking.state, booking.hold_expires_at) {
        (BookingState::Held, Some(expires_at)) => expires_at.max(now),
        _ => now,
    };
    let visit = visit_of(booking, not_before.timestamp());
    let places = day.routes.iter().enumerate().filter_map(|(route, plan)| {
        let (schedule, now) = (&plan.schedule, now.timestamp());
        schedule.admits(&visit).ok()?;
        let gaps = open(schedule, &visit, now).into_iter().map(|at| schedule.gap(at, &visit, now));
        let fits = gaps.filter(|gap| schedule.block_at(gap, &visit).is_none());
        let gap = fits.min_by_key(|gap| (gap.extra.travel_s, gap.at))?;
        Some(Place { route, gap })
    });
    places.min_by_key(|place| (place.gap.extra.travel_s, place.route))
}

/// A booking's visit, with room for what is collected or for what goes back.
pub(crate) fn visit_of(booking: &Booking, not_before: i64) -> Visit {
    Visit {
        facts: Facts::default(),
        is_aboard: false,
        place: booking.place(),
        opens: booking.window.start.timestamp(),
        closes: booking.window.end.timestamp(),
        service_s: booking.demand.service_s.get(),
        setup_s: booking.demand.setup_s.get(),
        not_before,
        delivery: booking.demand.delivery,
        pickup: booking.demand.pickup.max(booking.demand.delivery),
        skills: booking.demand.skills.clone(),
    }
}
