//! One position for one visit: the constant-time answer is the walk's answer.

use crate::plain_route::PlainRoute;
use crate::problems::{cases, now, route_and_visit};
use doorstep::model::{Leg, RelaxedSide};
use doorstep::schedule::{Block, ElementKind, Gap, Limit, Schedule, Visit, WindowFit};
use doorstep::schedule::{Violation, violations};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

/// The moment `now` of a day that has not begun.
const BEFORE_ALL: i64 = 0;

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn a_gap_says_what_the_walk_says((route, visit) in route_and_visit()) {
        agrees(&route, &visit, BEFORE_ALL)?;
    }

    #[test]
    fn a_gap_says_what_the_walk_says_while_the_courier_is_under_way(
        (route, visit) in route_and_visit(),
        now in now(),
    ) {
        let visit = Visit { not_before: visit.not_before.max(now), ..visit };
        agrees(&route, &visit, now)?;
    }

    #[test]
    fn only_what_the_courier_has_not_set_off_to_is_open(
        (route, visit) in route_and_visit(),
        now in now(),
    ) {
        let schedule = route.schedule();
        let frozen = schedule.frozen(now);
        let open: Vec<usize> = schedule.gaps(&collected(&visit), now).map(|gap| gap.at).collect();
        prop_assert_eq!(open, (frozen..schedule.elements().len()).collect::<Vec<_>>());
        for at in 1..schedule.elements().len() {
            prop_assert_eq!(at < frozen, set_off_before(&schedule, at, now), "element {}", at);
        }
        for gap in schedule.gaps(&visit, now) {
            let leg = schedule.vehicle.leg(schedule.elements()[gap.at - 1].place, visit.place);
            prop_assert!(gap.earliest - leg.travel_s.get() >= now);
        }
    }

    #[test]
    fn what_the_quick_looks_leave_out_has_no_room(
        (route, visit) in route_and_visit(),
        now in now(),
    ) {
        let schedule = route.schedule();
        let visit = Visit { not_before: visit.not_before.max(now), ..visit };
        if !schedule.may_fit_without_rest(&visit, now) {
            for moved in schedule.rests_moved(now) {
                prop_assert_eq!(moved.cheapest(&visit, now), None);
            }
        }
        if schedule.carries_anywhere(&visit) {
            let positions = 1..schedule.elements().len();
            prop_assert!(positions.into_iter().all(|at| schedule.carries(at, &visit).is_ok()));
        }
        for gap in feasible_gaps(&schedule, &visit, now) {
            prop_assert!(schedule.may_fit(gap.at, &visit));
        }
    }

    #[test]
    fn more_is_frozen_as_time_passes((route, _) in route_and_visit(), a in now(), b in now()) {
        let schedule = route.schedule();
        prop_assert!(schedule.frozen(a.min(b)) <= schedule.frozen(a.max(b)));
    }

    #[test]
    fn an_insertion_leaves_what_is_frozen_alone(
        (route, visit) in route_and_visit(),
        now in now(),
    ) {
        let schedule = route.schedule();
        let visit = Visit { not_before: visit.not_before.max(now), ..visit };
        let frozen = schedule.frozen(now);
        for gap in feasible_gaps(&schedule, &visit, now) {
            let longer = schedule.with(gap.at, 99, &visit);
            prop_assert_eq!(&longer.elements()[..frozen], &schedule.elements()[..frozen]);
            let times = |s: &Schedule| -> Vec<(i64, i64, i64)> {
                s.timings()[..frozen].iter().map(|t| (t.arrive, t.start, t.ready)).collect()
            };
            prop_assert_eq!(times(&longer), times(&schedule));
            prop_assert_eq!(longer.frozen(now), frozen);
        }
    }

    #[test]
    fn a_refusal_names_what_would_help((route, visit) in route_and_visit(), now in now()) {
        let schedule = route.schedule();
        let visit = Visit { not_before: visit.not_before.max(now), ..visit };
        if schedule.cheapest(&visit, now).is_some() {
            return Ok(());
        }
        match schedule.closest_block(&visit, now) {
            Block::Window(side, by) => {
                let fits = |by| schedule.cheapest(&relaxed(&visit, side, by), now).is_some();
                prop_assert!(fits(by) && !fits(by - 1));
            }
            Block::Load(dimension, by) => {
                let mut vehicle = (*schedule.vehicle).clone();
                let by = doorstep::model::Amount::of_load(dimension, by).get();
                prop_assert!(by > 0);
                vehicle.capacity = doorstep::model::Load::UNLIMITED;
                let roomier = PlainRoute { vehicle: vehicle.into(), ..route.clone() }.schedule();
                let still = roomier.closest_block(&visit, now);
                prop_assert!(!matches!(still, Block::Load(..)), "{:?}", still);
            }
            Block::Skill(skill) => prop_assert!(!schedule.vehicle.skills.contains(&skill)),
            Block::MaxStops => {
                let most = schedule.vehicle.max_stops.map(|most| most as usize);
                prop_assert_eq!(most, Some(schedule.visit_count()));
            }
            Block::OffShift => prop_assert!(schedule.is_off_shift(visit.opens, visit.closes)),
            Block::Locked => prop_assert!(schedule.vehicle.is_locked),
            Block::UnderWay => prop_assert_eq!(schedule.gaps(&collected(&visit), now).count(), 0),
            Block::Goods => {
                prop_assert_eq!(schedule.gaps(&visit, now).count(), 0);
                prop_assert!(schedule.gaps(&collected(&visit), now).count() > 0);
            }
            Block::Later(_, by) => prop_assert!((1..86_400).contains(&by), "late by {}", by),
        }
    }
}

/// Every open position: yes or no, the start of service, the added travel, and the seconds missed.
fn agrees(route: &PlainRoute, visit: &Visit, now: i64) -> Result<(), TestCaseError> {
    let schedule = route.schedule();
    prop_assert!(schedule.violations().is_empty());
    let mut best: Option<(i64, usize)> = None;
    for gap in schedule.gaps(visit, now) {
        let longer = route.with(gap.at, visit);
        let timings = longer.timings();
        let inserted = schedule.with(gap.at, index_of(route), visit);
        prop_assert_eq!(inserted.timings(), &timings[..]);
        let (before, after) = (route.travel(), longer.travel());
        let extra = Leg {
            travel_s: after.travel_s - before.travel_s,
            distance_m: after.distance_m - before.distance_m,
        };
        prop_assert_eq!(gap.extra, extra);
        let fit = gap.fit(visit.opens, visit.closes);
        let admitted = schedule.admits(visit).is_ok() && schedule.carries(gap.at, visit).is_ok();
        let yes = matches!(fit, WindowFit::Fits(_)) && admitted;
        prop_assert_eq!(yes, longer.is_feasible(), "{:?} at {}", fit, gap.at);
        amounts_are_exact(route, visit, &gap)?;
        if yes {
            prop_assert_eq!(fit, WindowFit::Fits(timings[gap.at].start));
            let key = (extra.travel_s.get(), gap.at);
            best = Some(best.map_or(key, |best| best.min(key)));
        }
    }
    let found = schedule.cheapest(visit, now);
    prop_assert_eq!(found.map(|gap| (gap.extra.travel_s.get(), gap.at)), best);
    Ok(())
}

/// The seconds of a miss are those by which the walk is late, and the limit is one it is late for.
fn amounts_are_exact(route: &PlainRoute, visit: &Visit, gap: &Gap) -> Result<(), TestCaseError> {
    match gap.fit(visit.opens, visit.closes) {
        WindowFit::Fits(_) => {}
        WindowFit::Misses(side, by) => {
            let start = |by| {
                let asked = relaxed(visit, side, by);
                matches!(gap.fit(asked.opens, asked.closes), WindowFit::Fits(_))
            };
            prop_assert!(by > 0 && start(by) && !start(by - 1));
            prop_assert_eq!(late(&route.with(gap.at, &relaxed(visit, side, by))), vec![]);
        }
        WindowFit::NoRoom(limit, by) => {
            let any_time = Visit { opens: i64::MIN / 4, closes: i64::MAX / 4, ..visit.clone() };
            let late = late(&route.with(gap.at, &any_time));
            prop_assert_eq!(late.iter().map(|(_, by_s)| *by_s).max(), Some(by));
            prop_assert!(late.iter().any(|(other, _)| *other == limit), "{:?}: {:?}", limit, late);
        }
    }
    Ok(())
}

/// What a walk is late for, and by how much.
fn late(route: &PlainRoute) -> Vec<(Limit, i64)> {
    violations(&route.vehicle, &route.elements(), &route.timings())
        .into_iter()
        .filter_map(|violation| match violation {
            Violation::Late { limit, by_s, .. } => Some((limit, by_s)),
            Violation::Overload { .. } => None,
        })
        .collect()
}

/// The same visit with nothing to hand over.
fn collected(visit: &Visit) -> Visit {
    Visit { delivery: doorstep::model::Load::ZERO, ..visit.clone() }
}

fn relaxed(visit: &Visit, side: RelaxedSide, by: i64) -> Visit {
    match side {
        RelaxedSide::Start => Visit { opens: visit.opens - by, ..visit.clone() },
        RelaxedSide::End => Visit { closes: visit.closes + by, ..visit.clone() },
    }
}

fn feasible_gaps(schedule: &Schedule, visit: &Visit, now: i64) -> Vec<Gap> {
    let fits = |gap: &Gap| schedule.block_at(gap, visit).is_none();
    schedule.gaps(visit, now).filter(fits).collect()
}

/// A courier sets off as late as the next service allows, and home as late as the shift allows.
fn set_off_before(schedule: &Schedule, at: usize, now: i64) -> bool {
    let (element, timing) = (&schedule.elements()[at], &schedule.timings()[at]);
    let begins = match element.kind {
        ElementKind::End => schedule.vehicle.latest(),
        _ => timing.start,
    };
    begins - timing.leg.travel_s.get() < now
}

fn index_of(route: &PlainRoute) -> u32 {
    u32::try_from(route.visits.len()).unwrap()
}

/// Every verdict occurs often, and routes are long enough for it to be about something.
#[test]
fn the_random_routes_are_worth_judging() {
    let mut runner = TestRunner::deterministic();
    let mut verdicts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut visits = 0;
    for _ in 0..1_000 {
        let (route, visit) = route_and_visit().new_tree(&mut runner).unwrap().current();
        let schedule = route.schedule();
        visits += schedule.visit_count();
        for gap in schedule.gaps(&visit, BEFORE_ALL) {
            *verdicts.entry(verdict(schedule.block_at(&gap, &visit).as_ref())).or_default() += 1;
        }
    }
    assert!(visits > 3_000, "{visits} visits on 1,000 routes");
    assert!(verdicts.len() == 8 && verdicts.values().all(|&count| count >= 20), "{verdicts:?}");
}

fn verdict(block: Option<&Block>) -> &'static str {
    match block {
        None => "fits",
        Some(Block::Load(..)) => "load",
        Some(Block::Window(RelaxedSide::Start, _)) => "too late for it",
        Some(Block::Window(RelaxedSide::End, _)) => "too early for it",
        Some(Block::Later(Limit::Window, _)) => "a later window",
        Some(Block::Later(Limit::Rest, _)) => "the break",
        Some(Block::Later(Limit::ShiftEnd, _)) => "the shift's end",
        Some(Block::Later(Limit::HubCloses, _)) => "the hub's hours",
        Some(_) => "of no single position",
    }
}
