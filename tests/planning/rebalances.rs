//! Work shared more evenly: fairer, within its budget, sound, the same each time, and made by its moves.

use crate::cities::city;
use crate::days::cases;
use crate::moves::busy;
use crate::world::{World, ask};
use chrono::TimeDelta;
use doorstep::model::CourierId;
use doorstep::planning::{
    DayPlan, DisruptionBudget, Rebalance, TRAVEL_GROWTH_PERCENT_MAX, TRAVEL_GROWTH_S, proposed,
    rebalanced,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};

fn budget() -> impl Strategy<Value = DisruptionBudget> {
    (0..8_usize, 0..6_usize, 0..14_400_i64).prop_map(
        |(stops_moved_max, couriers_changed_max, eta_shift_s_max)| DisruptionBudget {
            stops_moved_max,
            couriers_changed_max,
            eta_shift_s_max,
        },
    )
}

fn totals(day: &DayPlan, ledger: &BTreeMap<CourierId, i64>) -> BTreeMap<CourierId, i64> {
    let mut paid = BTreeMap::new();
    for route in &day.routes {
        let courier = &route.of.courier.id;
        let ledger_s = ledger.get(courier).copied().unwrap_or(0);
        *paid.entry(courier.clone()).or_insert(ledger_s) += route.to_route(day).duration_s().get();
    }
    paid
}

/// The number of couriers squared, times the variance.
fn variance(paid: &BTreeMap<CourierId, i64>) -> i64 {
    let squares: i64 = paid.values().map(|paid_s| paid_s.pow(2)).sum();
    i64::try_from(paid.len()).unwrap() * squares - paid.values().sum::<i64>().pow(2)
}

fn travel_s(day: &DayPlan) -> i64 {
    day.routes.iter().map(|route| route.schedule.travel().travel_s.get()).sum()
}

fn keeps_its_word(
    world: &World,
    ledger: &BTreeMap<CourierId, i64>,
    budget: &DisruptionBudget,
    found: &Rebalance,
) -> Result<(), TestCaseError> {
    let (before, after) = (totals(&world.day, ledger), totals(&found.proposal.after, ledger));
    for paid in &found.couriers {
        prop_assert_eq!(paid.ledger_s + paid.before_s, before[&paid.courier]);
        prop_assert_eq!(paid.ledger_s + paid.after_s, after[&paid.courier]);
    }
    prop_assert_eq!(found.before.max_s, *before.values().max().unwrap());
    prop_assert_eq!(found.after.min_s, *after.values().min().unwrap());
    prop_assert_eq!(found.proposal.moved.len(), found.moves.len());
    if found.moves.is_empty() {
        return Ok(());
    }
    prop_assert!(variance(&after) < variance(&before));
    let report = found.proposal.disruption(&world.day, world.now);
    prop_assert!(found.moves.len() <= budget.stops_moved_max);
    prop_assert!(report.totals.couriers_changed <= budget.stops_moved_max);
    let changed = found.proposal.changed(&world.day).into_iter();
    let couriers: BTreeSet<_> =
        changed.map(|index| world.day.routes[index].of.courier.id.clone()).collect();
    prop_assert!(couriers.len() <= budget.couriers_changed_max);
    prop_assert!(report.totals.eta_shift_s_max <= budget.eta_shift_s_max);
    prop_assert_eq!((report.totals.promises_broken, report.totals.frozen_touched), (0, 0));
    let growth_s = travel_s(&found.proposal.after) - travel_s(&world.day);
    let most_s = (travel_s(&world.day) * TRAVEL_GROWTH_PERCENT_MAX / 100).max(TRAVEL_GROWTH_S);
    prop_assert!(growth_s <= most_s);
    let mut applied = world.clone();
    applied.day = found.proposal.after.clone();
    applied.is_sound()
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_rebalance_keeps_its_word(
        city in city(),
        booked in vec(ask(), 1..25),
        after_s in 0..20_000_i64,
        budget in budget(),
        ledger in vec(0..100_000_i64, 6),
    ) {
        let world = busy(&city, &booked, TimeDelta::seconds(after_s));
        let couriers = world.day.routes.iter().map(|route| route.of.courier.id.clone());
        let ledger: BTreeMap<CourierId, i64> = couriers.zip(ledger).collect();
        let found = rebalanced(&world.day, &ledger, &budget, world.now);
        keeps_its_word(&world, &ledger, &budget, &found)?;
        let again = rebalanced(&world.day, &ledger, &budget, world.now);
        prop_assert_eq!(&again.moves, &found.moves);
        if !found.moves.is_empty() {
            let made = proposed(&world.day, &found.moves, world.now).unwrap();
            prop_assert_eq!(made.basis(&world.day), found.proposal.basis(&world.day));
        }
    }
}

/// Where there is enough to share, it is shared.
#[test]
fn most_days_with_idle_couriers_become_fairer() {
    let mut runner = TestRunner::deterministic();
    let budget =
        DisruptionBudget { stops_moved_max: 10, couriers_changed_max: 10, eta_shift_s_max: 14_400 };
    let (mut tried, mut fairer) = (0, 0);
    for _ in 0..60 {
        let city = city().new_tree(&mut runner).unwrap().current();
        let booked = vec(ask(), 12..25).new_tree(&mut runner).unwrap().current();
        let world = busy(&city, &booked, TimeDelta::zero());
        if world.day.routes.len() < 3 {
            continue;
        }
        tried += 1;
        let found = rebalanced(&world.day, &BTreeMap::new(), &budget, world.now);
        fairer += usize::from(found.after.deviation_s < found.before.deviation_s);
    }
    assert!(fairer * 3 > tried, "{fairer} of {tried}");
}
