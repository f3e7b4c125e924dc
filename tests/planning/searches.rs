//! What a search lists can be held, and what it refuses is refused by exactly as much as it says.

use crate::naive;
use crate::world::{HOLD, World};
use chrono::{DateTime, TimeDelta, Utc};
use doorstep::model::{Booking, BookingState, Reason, ReasonCode, RelaxedSide, Slot};
use doorstep::planning::{Entry, Place, SlotQuery, search, why_no_place};
use proptest::prelude::*;
use std::sync::Arc;

/// For how long a listed slot may be held.
const OFFER: TimeDelta = TimeDelta::minutes(5);

/// The verdicts on some slots now.
fn verdicts(world: &World, booking: &Booking, slots: &[Slot]) -> Vec<Result<Place, Reason>> {
    let held_by = world.now + OFFER;
    let query = SlotQuery { booking, slots, now: world.now, held_by, not_before: held_by + HOLD };
    let answers = search(&world.day, &query);
    assert_eq!(answers, naive::search(&world.day, &query));
    assert!(answers.iter().map(|answer| answer.slot).eq(slots.iter().copied()));
    answers.into_iter().map(|answer| answer.verdict).collect()
}

/// A booking of a slot, held at a moment.
fn held(booking: &Booking, slot: &Slot, at: DateTime<Utc>) -> Booking {
    Booking {
        state: BookingState::Held,
        hold_expires_at: Some(at + HOLD),
        window: slot.window,
        ..booking.clone()
    }
}

pub(crate) fn listed_slots_can_be_held(
    world: &World,
    booking: &Booking,
) -> Result<(), TestCaseError> {
    for (slot, verdict) in world.slots.iter().zip(verdicts(world, booking, &world.slots)) {
        match verdict {
            Ok(listed) => {
                for after_s in [0, 1, 137, 299, 300] {
                    let now = world.now + TimeDelta::seconds(after_s);
                    can_be_held_at(world, held(booking, slot, now), now, &listed)?;
                }
            }
            Err(reason) if reason.code == ReasonCode::PastCutoff => {
                prop_assert!(slot.cutoff_at <= world.now);
            }
            Err(reason) => {
                let last = world.now + OFFER;
                let held = held(booking, slot, last);
                prop_assert_eq!(world.day.cheapest_place(&held, last), None);
                prop_assert_eq!(why_no_place(&world.day, &held, last), reason);
            }
        }
    }
    Ok(())
}

fn can_be_held_at(
    world: &World,
    booking: Booking,
    now: DateTime<Utc>,
    listed: &Place,
) -> Result<(), TestCaseError> {
    let place = world.day.cheapest_place(&booking, now);
    prop_assert!(place.is_some(), "listed at {}, refused at {}", world.now, now);
    let place = place.unwrap();
    prop_assert!(place.marginal().travel_s <= listed.marginal().travel_s);
    let entry = Arc::new(Entry { booking, version: 0 });
    let mut later = world.clone();
    later.now = now;
    later.day.routes[place.route] = Arc::new(later.day.routed(place, entry, now));
    later.is_sound()
}

/// A refusal that names a change of the window: the slot opens by exactly that much.
pub(crate) fn refusals_are_exact(world: &World, booking: &Booking) -> Result<(), TestCaseError> {
    for (slot, verdict) in world.slots.iter().zip(verdicts(world, booking, &world.slots)) {
        let Err(Reason { relaxation: Some(relaxation), by, .. }) = verdict else { continue };
        prop_assert_eq!(by, Some(relaxation.by));
        let opens = |by_s: i64| {
            let by = TimeDelta::seconds(by_s);
            let mut wider = *slot;
            match relaxation.change {
                RelaxedSide::Start => wider.window.start -= by,
                RelaxedSide::End => wider.window.end += by,
            }
            verdicts(world, booking, &[wider])[0].is_ok()
        };
        let by_s = relaxation.by.get();
        prop_assert!(opens(by_s), "{:?} does not open {:?}", relaxation, slot);
        prop_assert!(!opens(by_s - 1), "less than {:?} opens {:?}", relaxation, slot);
    }
    Ok(())
}
