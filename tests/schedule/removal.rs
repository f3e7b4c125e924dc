//! Taking a visit off a route.

use crate::problems::{cases, now, route_and_visit};
use doorstep::model::Load;
use doorstep::schedule::{Element, ElementKind};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn a_route_stays_feasible_without_a_visit((route, _) in route_and_visit(), now in now()) {
        let schedule = route.schedule();
        let frozen = schedule.frozen(now);
        for at in frozen..schedule.elements().len() {
            let ElementKind::Visit(removed) = schedule.elements()[at].kind else { continue };
            let shorter = schedule.without(at, now);
            let [gone, next] = [&schedule.elements()[at], &schedule.elements()[at + 1]];
            let moves_the_break = next.kind == ElementKind::Rest;
            let leaves_the_set_up = gone.door == next.door;
            let excused = moves_the_break || leaves_the_set_up;
            prop_assert!(excused || shorter.violations().is_empty());
            prop_assert_eq!(&shorter.elements()[..frozen], &schedule.elements()[..frozen]);
            prop_assert!(shorter.visits().eq(schedule.visits().filter(|visit| *visit != removed)));
        }
    }

    #[test]
    fn what_follows_is_not_set_off_to_in_the_past((route, _) in route_and_visit(), now in now()) {
        let schedule = route.schedule();
        for at in schedule.frozen(now)..schedule.elements().len() {
            let ElementKind::Visit(_) = schedule.elements()[at].kind else { continue };
            let shorter = schedule.without(at, now);
            let next = &shorter.timings()[at];
            if shorter.elements()[at].kind != ElementKind::End {
                prop_assert!(next.arrive - next.leg.travel_s.get() >= now);
            }
            prop_assert!(shorter.frozen(now) <= at);
        }
    }

    #[test]
    fn a_removed_visit_fits_again_where_it_was((route, _) in route_and_visit(), now in now()) {
        let schedule = route.schedule();
        for at in schedule.frozen(now)..schedule.elements().len() {
            let ElementKind::Visit(removed) = schedule.elements()[at].kind else { continue };
            let mut visit = route.visits[removed as usize].clone();
            visit.not_before = visit.not_before.max(now);
            let shorter = schedule.without(at, now);
            let gap = shorter.gap(at, &visit, now);
            prop_assert_eq!(shorter.admits(&visit), Ok(()));
            prop_assert_eq!(shorter.block_at(&gap, &visit), None);
        }
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_call_at_the_hub_is_walked_to_wherever_it_is_put((route, _) in route_and_visit()) {
        let schedule = route.schedule();
        for at in 1..schedule.elements().len() {
            let called = schedule.with_hub_call(at, i64::MIN);
            let plain = route.with_hub_call(at);
            prop_assert_eq!(called.elements(), &plain.elements()[..]);
            prop_assert_eq!(called.timings(), &plain.timings()[..]);
            let back = called.without(at, i64::MIN);
            prop_assert_eq!(back.timings(), schedule.timings());
            prop_assert_eq!(back.violations(), vec![]);
        }
    }

    #[test]
    fn what_is_on_board_is_what_its_trip_brings_and_takes((route, _) in route_and_visit()) {
        let schedule = route.schedule();
        let elements = schedule.elements();
        for (at, timing) in schedule.timings().iter().enumerate() {
            let is_hub = |element: &Element| element.kind == ElementKind::Hub;
            let begins = elements[..=at].iter().rposition(is_hub).unwrap_or(0);
            let ends = elements[at + 1..].iter().position(is_hub);
            let ends = ends.map_or(elements.len(), |after| at + 1 + after);
            let taken: Load = elements[begins..=at].iter().map(|element| element.pickup).sum();
            let brought: Load = elements[at + 1..ends].iter().map(|element| element.delivery).sum();
            prop_assert_eq!(timing.load, taken + brought);
        }
    }
}
