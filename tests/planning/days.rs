//! A day as it goes: bookings come and go while couriers are under way.

use crate::cities::{City, city};
use crate::replans::replanned;
use crate::searches::{listed_slots_can_be_held, refusals_are_exact};
use crate::world::{Ask, HOLD, World, ask};
use chrono::TimeDelta;
use doorstep::model::{BookingId, BookingState};
use proptest::collection::vec;
use proptest::prelude::*;

/// Something that happens.
#[derive(Clone, Debug)]
enum Step {
    Book(Ask),
    Hold(Ask),
    Confirm(usize),
    Cancel(usize),
    Search(Ask),
    Replan,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => ask().prop_map(Step::Book),
        4 => ask().prop_map(Step::Hold),
        2 => any::<usize>().prop_map(Step::Confirm),
        2 => any::<usize>().prop_map(Step::Cancel),
        1 => ask().prop_map(Step::Search),
        2 => Just(Step::Replan),
    ]
}

/// Steps with the seconds that pass before each: often none, so that plans fill up.
fn steps() -> impl Strategy<Value = Vec<(Step, i64)>> {
    let pause = prop_oneof![4 => Just(0_i64), 3 => 0..400_i64, 1 => 0..3_600_i64];
    vec((step(), pause), 1..40)
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn every_promise_of_a_day_is_kept(
        city in city(),
        booked in vec(ask(), 0..30),
        steps in steps(),
    ) {
        let mut world = World::new(&city);
        world.is_sound()?;
        for ask in booked {
            happen(&mut world, Step::Book(ask))?;
        }
        for (step, pause_s) in steps {
            world.advance(TimeDelta::seconds(pause_s));
            world.is_sound()?;
            happen(&mut world, step)?;
            world.is_sound()?;
        }
    }
}

fn happen(world: &mut World, step: Step) -> Result<(), TestCaseError> {
    match step {
        Step::Book(ask) => {
            let booking = world.booking(&ask);
            world.take(booking);
        }
        Step::Hold(ask) => {
            let mut booking = world.booking(&ask);
            booking.state = BookingState::Held;
            booking.hold_expires_at = Some(world.now + HOLD);
            world.take(booking);
        }
        Step::Confirm(which) => {
            if let Some(id) = pick(world, which, |state| state == BookingState::Held) {
                world.confirm(id);
            }
        }
        Step::Cancel(which) => {
            if let Some(id) = pick(world, which, |_| true) {
                world.remove(id);
            }
        }
        Step::Search(ask) => {
            let booking = world.booking(&ask);
            listed_slots_can_be_held(world, &booking)?;
            refusals_are_exact(world, &booking)?;
        }
        Step::Replan => *world = replanned(world)?,
    }
    Ok(())
}

fn pick(world: &World, which: usize, of: impl Fn(BookingState) -> bool) -> Option<BookingId> {
    let entries = world.day.entries().map(|(_, entry)| &entry.booking);
    let mut found: Vec<BookingId> =
        entries.filter(|booking| of(booking.state)).map(|booking| booking.id).collect();
    found.sort_unstable();
    (!found.is_empty()).then(|| found[which % found.len()])
}

/// So many random days; a failure is printed whole, and nothing is written beside the sources.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    let failure_persistence = None;
    ProptestConfig { failure_persistence, ..ProptestConfig::with_cases(count) }
}

/// Slots exist, shifts span and hubs close by the wall clock on the days when it changes.
#[test]
fn the_clocks_change_inside_a_shift() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut lengths = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let City { region, date, shifts } = city().new_tree(&mut runner).unwrap().current();
        let hours = shifts[0].hub.hours(&region, date);
        lengths.insert((hours.end - hours.start).num_hours());
    }
    assert!(lengths.into_iter().eq([11, 12, 13]));
}
