//! What every courier says to a visit, against trying every position of every route.

use crate::cities::city;
use crate::days::cases;
use crate::goods::aboard;
use crate::moves::busy;
use crate::naive;
use crate::world::ask;
use chrono::{DateTime, TimeDelta, Utc};
use doorstep::model::{Booking, RelaxedSide};
use doorstep::planning::{Committed, RoutePlan, why};
use doorstep::schedule::{Element, ElementKind, Schedule, Task, Visit};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The visit of a confirmed booking, with its window wider by so many seconds on either side.
fn visit(booking: &Booking, now: DateTime<Utc>, (earlier_s, later_s): (i64, i64)) -> Visit {
    let visit = naive::visit_of(booking, now.timestamp());
    Visit { opens: visit.opens - earlier_s, closes: visit.closes + later_s, ..visit }
}

fn visit_of(element: &Element) -> Visit {
    Visit {
        place: element.place,
        opens: element.opens,
        closes: element.closes,
        service_s: element.service_s,
        setup_s: element.setup_s,
        not_before: element.not_before,
        delivery: element.delivery,
        is_aboard: false,
        pickup: element.pickup,
        skills: BTreeSet::new(),
        facts: element.facts,
    }
}

/// Whether some position is left where the visit breaks nothing: each is tried from the beginning.
fn fits_somewhere(route: &RoutePlan, visit: &Visit, now: DateTime<Utc>) -> bool {
    let schedule = &route.schedule;
    let vehicle = &schedule.vehicle;
    let stops = schedule.visit_count() + 1;
    if !visit.skills.is_subset(&vehicle.skills)
        || vehicle.max_stops.is_some_and(|most| stops > most as usize)
    {
        return false;
    }
    let (mut visits, mut tasks, mut rest_not_before) = (Vec::new(), Vec::new(), i64::MIN);
    for element in schedule.elements() {
        match element.kind {
            ElementKind::Visit(_) => {
                tasks.push(Task::Visit(u32::try_from(visits.len()).unwrap()));
                visits.push(visit_of(element));
            }
            ElementKind::Rest => {
                tasks.push(Task::Rest);
                rest_not_before = element.not_before;
            }
            ElementKind::Hub => tasks.extend(element.task()),
            ElementKind::Start | ElementKind::End => {}
        }
    }
    let new = Task::Visit(u32::try_from(visits.len()).unwrap());
    visits.push(visit.clone());
    naive::open(schedule, visit, now.timestamp()).into_iter().any(|at| {
        let mut tasks = tasks.clone();
        tasks.insert(at - 1, new);
        let tried = Schedule::new(vehicle.clone(), &visits, &tasks, rest_not_before);
        tried.violations().is_empty()
    })
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn every_courier_answers_as_trying_everything_does(
        city in city(),
        booked in vec(ask(), 1..30),
        after_s in 0..30_000_i64,
        which in any::<usize>(),
    ) {
        let world = busy(&city, &booked, TimeDelta::seconds(after_s));
        let entries: Vec<_> = world.day.entries().map(|(_, entry)| entry.clone()).collect();
        let booking = &entries[which % entries.len()].booking;
        let at = world.day.find(booking.id).unwrap();
        if world.day.is_fixed(at, world.now) {
            return Ok(());
        }
        let answer = why(&world.day, booking.id, world.now).unwrap();
        prop_assert_eq!(answer.couriers.len(), world.day.routes.len());
        prop_assert_eq!(answer.here.is_some(), matches!(at, Committed::OnRoute { .. }));
        let carrier = aboard(&world.day, world.now.timestamp()).get(&booking.id).copied();
        let mut left = world.clone();
        if !left.remove(booking.id) {
            return Ok(());
        }
        for courier in answer.couriers {
            let route = left.day.routes.iter().find(|route| route.id == courier.route).unwrap();
            let fits = |wider| {
                let visit = visit(booking, world.now, wider);
                let visit = Visit { is_aboard: carrier == Some(route.id), ..visit };
                let is_elsewhere = carrier.is_some_and(|carrier| carrier != route.id);
                !is_elsewhere && fits_somewhere(route, &visit, world.now)
            };
            prop_assert_eq!(courier.verdict.is_ok(), fits((0, 0)), "{:?}", courier);
            match courier.verdict {
                Ok((spot, cost)) => {
                    prop_assert_eq!(cost.travel_s, spot.extra.travel_s.get());
                    prop_assert_eq!(cost.distance_m, spot.extra.distance_m.get());
                    prop_assert_eq!((cost.stops, cost.lateness_s), (1, 0));
                }
                Err(reason) => {
                    prop_assert_eq!(reason.courier, Some(courier.courier));
                    let Some(change) = reason.relaxation else { continue };
                    let wider = |by_s| match change.change {
                        RelaxedSide::Start => (by_s, 0),
                        RelaxedSide::End => (0, by_s),
                    };
                    let by_s = change.by.get();
                    prop_assert!(fits(wider(by_s)), "{:?} does not help", change);
                    prop_assert!(!fits(wider(by_s - 1)), "less than {:?} helps", change);
                }
            }
        }
    }
}
