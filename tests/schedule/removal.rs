//! Taking a visit off a route.

use crate::problems::{cases, now, route_and_visit};
use doorstep::schedule::ElementKind;
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
