//! A re-plan within a budget keeps it, and what it comes to is what its report says.

use crate::cities::city;
use crate::improvements::under_way;
use crate::replans::{apply, is_closed, leaves_alone};
use crate::world::{World, ask};
use chrono::TimeDelta;
use doorstep::planning::{
    Control, DisruptionBudget, Effort, Replan, disruption, reordered, replan_within,
};
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

fn searched(world: &World, budget: &DisruptionBudget) -> Replan {
    let effort = Effort { seed: 1, threads: 1, iterations: Some(400), time_limit: None };
    let never = AtomicBool::new(false);
    let elapsed = || Duration::ZERO;
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    replan_within(&world.day, world.now, budget, &effort, control)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_budget_is_kept(
        city in city(),
        booked in vec(ask(), 0..40),
        waiting in vec(ask(), 0..8),
        (stops_moved_max, couriers_changed_max) in (0..6_usize, 0..4_usize),
        eta_shift_s_max in prop_oneof![Just(0_i64), Just(1_800), Just(90_000)],
        hours in 0..6_i64,
    ) {
        let world = under_way(&city, &booked, &waiting, TimeDelta::hours(hours));
        let budget = DisruptionBudget { stops_moved_max, couriers_changed_max, eta_shift_s_max };
        let found = searched(&world, &budget);
        let mut after = world.clone();
        for group in &found.groups {
            is_closed(&world.day, group)?;
            group.iter().try_for_each(|change| leaves_alone(&world, change))?;
            apply(&mut after.day, group);
        }
        after.is_sound()?;
        let left: Vec<_> = after.day.unassigned.iter().map(|entry| entry.booking.id).collect();
        let told: Vec<_> = found.unassigned.iter().map(|(id, _)| *id).collect();
        prop_assert_eq!(left, told);
        let change = disruption(&world.day, &after.day, world.now.timestamp());
        prop_assert!(budget.allows(&change), "{:?}", change.totals);
        prop_assert_eq!(change.totals.frozen_touched, 0);
        prop_assert!(after.day.unassigned.len() <= world.day.unassigned.len());
    }

    #[test]
    fn the_order_of_a_plan_makes_that_plan_and_the_old_order_the_old_one(
        city in city(),
        booked in vec(ask(), 0..40),
        waiting in vec(ask(), 0..8),
    ) {
        let world = under_way(&city, &booked, &waiting, TimeDelta::zero());
        let found = crate::replans::searched(&world, 200);
        let orders: Vec<_> =
            found.groups.iter().flatten().map(|change| change.plan.order()).collect();
        let olds = found.groups.iter().flatten();
        let olds: Vec<_> =
            olds.map(|change| world.day.routes[change.route].order()).collect();
        let mut planned = world.clone();
        found.groups.iter().for_each(|group| apply(&mut planned.day, group));
        let proposal = reordered(&world.day, &orders, world.now).unwrap();
        prop_assert!(proposal.is_feasible());
        let all = |world: &World| -> Vec<_> {
            world.day.routes.iter().map(|route| route.order()).collect()
        };
        let mut after = world.clone();
        after.day = proposal.after;
        prop_assert_eq!(all(&after), all(&planned));
        after.is_sound()?;
        let back = reordered(&after.day, &olds, world.now).unwrap();
        let mut undone = world.clone();
        undone.day = back.after;
        prop_assert_eq!(all(&undone), all(&world));
        let ids = |entries: &[std::sync::Arc<doorstep::planning::Entry>]| -> Vec<_> {
            entries.iter().map(|entry| entry.booking.id).collect()
        };
        prop_assert_eq!(ids(&undone.day.unassigned), ids(&world.day.unassigned));
    }
}
