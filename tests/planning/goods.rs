//! Goods from the hub: nobody hands over what they left the hub without, and what is on board stays with
//! its courier, whatever runs by itself or is asked for by hand.

use crate::cities::city;
use crate::days::cases;
use crate::locks::{fallen_ill, machine, run};
use crate::moves::{busy, moves};
use crate::repairs;
use crate::replans::{apply, searched};
use crate::world::{Ask, World, ask};
use chrono::TimeDelta;
use doorstep::check::Rule;
use doorstep::model::{BookingId, CourierId, Load, Reason, ReasonCode, RouteId};
use doorstep::planning::{DayPlan, Move, MoveTo, RoutePlan, proposed, reasons};
use doorstep::schedule::{Element, ElementKind};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

/// Whose goods are on board of whom, by going along each route from the hub: whatever is handed over
/// after the last stop that the courier has set off to, unless that is the hub.
pub(crate) fn aboard(day: &DayPlan, now: i64) -> BTreeMap<BookingId, RouteId> {
    let mut found = BTreeMap::new();
    for route in day.routes.iter().filter(|route| !route.of.is_out) {
        let elements = route.schedule.elements();
        let (gone, ahead) = elements.split_at(route.schedule.frozen(now));
        let last = gone.iter().rfind(|element| element.kind != ElementKind::Rest);
        if !last.is_some_and(|last| matches!(last.kind, ElementKind::Visit(_))) {
            continue;
        }
        for Element { kind, delivery, .. } in ahead {
            if let ElementKind::Visit(ordinal) = kind
                && *delivery != Load::ZERO
            {
                found.insert(route.entries[*ordinal as usize].booking.id, route.id);
            }
        }
    }
    found
}

fn route_of(day: &DayPlan, id: BookingId) -> Option<&RoutePlan> {
    day.routes.iter().find(|route| route.ordinal(id).is_some()).map(|route| &**route)
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn whatever_runs_by_itself_leaves_goods_with_their_couriers(
        city in city(),
        asks in vec(ask(), 1..40),
        minutes in 0..600_i64,
        steps in vec((machine(), any::<Index>(), ask(), 0..40_i64), 1..4),
    ) {
        let mut world = busy(&city, &asks, TimeDelta::minutes(minutes));
        for (machine, of, guest, pause) in &steps {
            let before = world.day.clone();
            let aboard = aboard(&before, world.now.timestamp());
            run(&mut world, *machine, *of, guest);
            prop_assert_eq!(world.goods_missing(&before), vec![], "{:?}", machine);
            let out = |id| world.day.routes.iter().any(|route| route.id == id && route.of.is_out);
            for (booking, route) in aboard {
                let is_with = route_of(&world.day, booking).map(|route| route.id);
                if out(route) {
                    prop_assert_eq!(is_with, None, "{:?}", machine);
                    prop_assert!(world.day.stranded(booking).is_some());
                } else {
                    prop_assert_eq!(is_with, Some(route), "{:?}", machine);
                }
            }
            world.advance(TimeDelta::minutes(*pause));
        }
    }

    #[test]
    fn a_move_that_is_said_to_hold_needs_no_goods_that_are_elsewhere(
        city in city(),
        booked in vec(ask(), 1..25),
        after_s in 0..30_000_i64,
        choices in vec((any::<usize>(), 0..7_usize, any::<usize>()), 1..5),
    ) {
        let world = busy(&city, &booked, TimeDelta::seconds(after_s));
        let asked = moves(&world.day, &choices);
        let Ok(proposal) = proposed(&world.day, &asked, world.now) else { return Ok(()) };
        let mut after = world.clone();
        after.day = proposal.after.clone();
        let told: Vec<Option<BookingId>> = proposal
            .violations
            .iter()
            .filter(|violation| violation.reason.code == ReasonCode::Precedence)
            .map(|violation| violation.booking)
            .collect();
        for violation in after.goods_missing(&world.day) {
            prop_assert_eq!(&violation.rule, &Rule::Goods);
            prop_assert!(told.contains(&violation.booking), "{}", violation);
        }
        for (booking, route) in aboard(&world.day, world.now.timestamp()) {
            let is_with = route_of(&after.day, booking).map(|route| route.id);
            prop_assert_eq!(is_with != Some(route), told.contains(&Some(booking)));
        }
    }
}

/// A day with somebody away who has something on board.
fn loaded(runner: &mut TestRunner) -> (World, BookingId) {
    loop {
        let city = city().new_tree(runner).unwrap().current();
        let asks: Vec<Ask> = vec(ask(), 30).new_tree(runner).unwrap().current();
        let world = busy(&city, &asks, TimeDelta::hours(4));
        let found = aboard(&world.day, world.now.timestamp()).into_keys().next();
        if let Some(booking) = found
            && world.day.routes.len() > 2
        {
            return (world, booking);
        }
    }
}

/// The random days are worth judging: goods are on board in many of them, and in the way.
#[test]
fn goods_are_often_on_board_and_in_the_way() {
    let mut runner = TestRunner::deterministic();
    let (mut on_board, mut refused) = (0, 0);
    for _ in 0..100 {
        let city = city().new_tree(&mut runner).unwrap().current();
        let asks: Vec<Ask> = vec(ask(), 20).new_tree(&mut runner).unwrap().current();
        let guest = ask().new_tree(&mut runner).unwrap().current();
        let mut world = busy(&city, &asks, TimeDelta::hours(4));
        on_board += aboard(&world.day, world.now.timestamp()).len();
        let booking = world.booking(&guest);
        let why = reasons(&world.day, &booking, world.now);
        refused += usize::from(why.iter().any(|reason| reason.code == ReasonCode::Precedence));
    }
    assert!(on_board > 50, "{on_board} visits with their goods on board");
    assert!(refused > 10, "{refused} refused for goods");
}

#[test]
fn goods_on_board_are_moved_to_nobody_else_and_not_taken_off() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..20 {
        let (world, booking) = loaded(&mut runner);
        let own = route_of(&world.day, booking).unwrap();
        let others = world.day.routes.iter().filter(|route| route.id != own.id);
        let elsewhere = others.map(|route| MoveTo::Cheapest(Some(route.id)));
        for to in elsewhere.chain([MoveTo::Unassigned]) {
            let proposal = proposed(&world.day, &[Move { booking, to }], world.now).unwrap();
            let told = proposal.violations.iter().find(|violation| {
                (violation.reason.code, violation.booking)
                    == (ReasonCode::Precedence, Some(booking))
            });
            let told = told.expect("the goods are on board of another");
            assert_eq!(told.reason.courier.as_ref(), Some(&own.of.courier.id));
        }
        let to = MoveTo::Cheapest(None);
        let proposal = proposed(&world.day, &[Move { booking, to }], world.now).unwrap();
        let code = |code| proposal.violations.iter().any(|v| v.reason.code == code);
        assert!(!code(ReasonCode::Precedence), "{:?}", proposal.violations);
        assert_eq!(route_of(&proposal.after, booking).map(|route| route.id), Some(own.id));
    }
}

/// Who falls ill has goods on board: they wait with the reason, nothing automatic gives them to others,
/// a dispatcher may, and once the courier is well again a re-plan does.
#[test]
fn goods_of_a_courier_who_is_out_wait_until_people_say_otherwise() {
    let mut runner = TestRunner::deterministic();
    let (mut moved, mut planned) = (0, 0);
    for _ in 0..20 {
        let (mut world, booking) = loaded(&mut runner);
        let ill = world.day.routes.iter().position(|route| route.ordinal(booking).is_some());
        let (ill, courier) =
            (ill.unwrap(), route_of(&world.day, booking).unwrap().of.courier.id.clone());
        let stranded = world.day.routes[ill].aboard(world.now.timestamp());
        fallen_ill(&mut world, ill);
        let found = repairs::repaired(&world);
        repairs::apply(&mut world.day, &found);
        let why = found.left.iter().find(|(entry, _)| entry.booking.id == booking);
        assert_eq!(why.map(|(_, why)| &**why), Some(&[out_with_goods(&courier)][..]));
        assert!(stranded.iter().all(|id| route_of(&world.day, *id).is_none()));

        let replanned = searched(&world, 200);
        let told = replanned.unassigned.iter().find(|(id, _)| *id == booking);
        assert_eq!(told.map(|(_, why)| &**why), Some(&[out_with_goods(&courier)][..]));
        replanned.groups.iter().for_each(|group| apply(&mut world.day, group));
        assert!(stranded.iter().all(|id| route_of(&world.day, *id).is_none()));

        let to = MoveTo::Cheapest(None);
        let by_hand = proposed(&world.day, &[Move { booking, to }], world.now).unwrap();
        moved += usize::from(by_hand.is_feasible());

        let mut settled = world.day.disturbances.to_vec();
        for disturbance in &mut settled {
            disturbance.is_over = true;
        }
        world.day.disturbances = settled.into();
        let replanned = searched(&world, 0);
        replanned.groups.iter().for_each(|group| apply(&mut world.day, group));
        planned += usize::from(stranded.iter().any(|id| route_of(&world.day, *id).is_some()));
    }
    assert!(moved > 0, "a dispatcher may have the goods again");
    assert!(planned > 0, "once they are back, somebody brings them");
}

fn out_with_goods(courier: &CourierId) -> Reason {
    Reason { courier: Some(courier.clone()), ..Reason::of(ReasonCode::Precedence) }
}
