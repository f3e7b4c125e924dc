//! Stops moved by hand: nobody is lost, what is under way stays, what is said to hold does, and the
//! report of a change is the plain difference of the plans.

use crate::cities::{City, city};
use crate::days::cases;
use crate::world::{Ask, World, ask};
use chrono::TimeDelta;
use doorstep::model::{BookingId, CourierId, ReasonCode};
use doorstep::planning::{
    Committed, DayPlan, Disruption, ETA_SHIFT_S, Move, MoveTo, Proposal, Standing, proposed,
};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that choose a booking, a kind of target, and what the target names.
type Choice = (usize, usize, usize);

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    vec((any::<usize>(), 0..7_usize, any::<usize>()), 1..5)
}

/// A day with bookings, some time into it.
pub(crate) fn busy(city: &City, booked: &[Ask], after: TimeDelta) -> World {
    let mut world = World::new(city);
    for ask in booked {
        let booking = world.booking(ask);
        world.take(booking);
    }
    world.advance(after);
    world
}

fn ids(day: &DayPlan) -> Vec<BookingId> {
    let mut ids: Vec<BookingId> = day.entries().map(|(_, entry)| entry.booking.id).collect();
    ids.sort_unstable();
    ids
}

/// Moves of different bookings, to places that there are.
pub(crate) fn moves(day: &DayPlan, choices: &[Choice]) -> Vec<Move> {
    let all = ids(day);
    let mut named = BTreeSet::new();
    let mut moves = Vec::new();
    for &(who, kind, what) in choices {
        let booking = all[who % all.len()];
        let route = day.routes[what % day.routes.len()].id;
        let anchor = all[what % all.len()];
        if !named.insert(booking) {
            continue;
        }
        let to = match kind {
            0 => MoveTo::Unassigned,
            1 => MoveTo::Cheapest(None),
            2 | 3 => MoveTo::Cheapest(Some(route)),
            4 => MoveTo::First(route),
            5 => MoveTo::Last(route),
            _ if what % 2 == 0 => MoveTo::Before(anchor),
            _ => MoveTo::After(anchor),
        };
        moves.push(Move { booking, to });
    }
    moves
}

/// Courier, position and start of each visit; what a plain reader would write down.
type Plain = BTreeMap<BookingId, Option<(CourierId, usize, i64, i64)>>;

fn plain(day: &DayPlan) -> Plain {
    let mut found: Plain = day.unassigned.iter().map(|entry| (entry.booking.id, None)).collect();
    for plan in &day.routes {
        let route = plan.to_route(day);
        let visits = route.stops.iter().filter(|stop| stop.booking.is_some());
        for (index, (stop, entry)) in visits.zip(&plan.entries).enumerate() {
            let late_s = (stop.start_at - entry.booking.window.end).num_seconds().max(0);
            let visit = (route.courier.clone(), index + 1, stop.start_at.timestamp(), late_s);
            found.insert(entry.booking.id, Some(visit));
        }
    }
    found
}

fn standing(of: &Standing) -> Option<(CourierId, usize, i64, i64)> {
    of.visit().map(|v| (v.courier.clone(), v.position, v.start_s, v.late_s))
}

/// The report is the difference of two plans that have the same bookings.
fn is_the_difference(
    report: &Disruption,
    before: &DayPlan,
    after: &DayPlan,
) -> Result<(), TestCaseError> {
    let (old, new) = (plain(before), plain(after));
    let differ: Vec<BookingId> = old.keys().copied().filter(|id| old[id] != new[id]).collect();
    let told: Vec<BookingId> = report.bookings.iter().map(|change| change.booking).collect();
    prop_assert_eq!(&told, &differ);
    for change in &report.bookings {
        prop_assert_eq!(&standing(&change.before), &old[&change.booking]);
        prop_assert_eq!(&standing(&change.after), &new[&change.booking]);
    }
    let pairs = || old.iter().map(|(id, old)| (old.as_ref(), new[id].as_ref()));
    let both = || pairs().filter_map(|(old, new)| old.zip(new));
    let shifts: Vec<i64> = both().map(|(old, new)| (new.2 - old.2).abs()).collect();
    let kept = |visit: Option<&(CourierId, usize, i64, i64)>| visit.is_some_and(|v| v.3 == 0);
    let totals = &report.totals;
    prop_assert_eq!(totals.couriers_changed, both().filter(|(old, new)| old.0 != new.0).count());
    prop_assert_eq!(totals.etas_shifted, shifts.iter().filter(|&&s| s > ETA_SHIFT_S).count());
    prop_assert_eq!(totals.eta_shift_s_max, shifts.iter().copied().max().unwrap_or(0));
    prop_assert_eq!(totals.promises_broken, pairs().filter(|p| kept(p.0) && !kept(p.1)).count());
    prop_assert_eq!(totals.promises_mended, pairs().filter(|p| !kept(p.0) && kept(p.1)).count());
    prop_assert_eq!(totals.unassigned, pairs().filter(|p| p.0.is_some() && p.1.is_none()).count());
    prop_assert_eq!(totals.assigned, pairs().filter(|p| p.0.is_none() && p.1.is_some()).count());
    let travel = |day: &DayPlan| -> i64 {
        day.routes.iter().map(|route| route.schedule.travel().travel_s.get()).sum()
    };
    let delta = totals.after - totals.before;
    prop_assert_eq!(delta.travel_s, travel(after) - travel(before));
    let paid = |day: &DayPlan| -> i64 {
        day.routes.iter().map(|route| route.to_route(day).duration_s().get()).sum()
    };
    prop_assert_eq!(delta.paid_s, paid(after) - paid(before));
    Ok(())
}

fn applied(world: &World, proposal: &Proposal) -> World {
    let mut after = world.clone();
    after.day = proposal.after.clone();
    after
}

fn is_under_way(world: &World, booking: BookingId) -> bool {
    let at = world.day.find(booking).unwrap();
    matches!(at, Committed::OnRoute { route, ordinal }
        if world.day.routes[route].is_frozen(ordinal, world.now.timestamp()))
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_move_loses_nobody_and_tells_what_it_does(
        city in city(),
        booked in vec(ask(), 1..25),
        after_s in 0..30_000_i64,
        choices in choices(),
    ) {
        let world = busy(&city, &booked, TimeDelta::seconds(after_s));
        let asked = moves(&world.day, &choices);
        let Ok(proposal) = proposed(&world.day, &asked, world.now) else { return Ok(()) };
        prop_assert_eq!(ids(&proposal.after), ids(&world.day));
        let report = proposal.disruption(&world.day, world.now);
        is_the_difference(&report, &world.day, &proposal.after)?;
        prop_assert_eq!(report.totals.frozen_touched, 0);
        for asked in &asked {
            let told = proposal.violations.iter().any(|violation| {
                violation.reason.code == ReasonCode::Frozen
                    && violation.booking == Some(asked.booking)
            });
            prop_assert!(told || !is_under_way(&world, asked.booking));
        }
        for (old, new) in world.day.routes.iter().zip(&proposal.after.routes) {
            prop_assert_eq!((old.id, old.version), (new.id, new.version));
            prop_assert!(old.begins_like(new, world.now.timestamp()));
        }
        if proposal.is_feasible() {
            applied(&world, &proposal).is_sound()?;
        } else {
            let refused = |code| matches!(code, ReasonCode::Frozen | ReasonCode::Precedence);
            let told = proposal.violations.iter();
            let without_place = told.filter(|v| refused(v.reason.code) || v.route.is_none());
            let broken = applied(&world, &proposal).violations();
            prop_assert!(without_place.count() > 0 || !broken.is_empty());
        }
    }

    #[test]
    fn the_order_does_not_matter_where_no_position_is_given(
        city in city(),
        booked in vec(ask(), 2..25),
        choices in choices(),
    ) {
        let world = busy(&city, &booked, TimeDelta::zero());
        let mut asked = moves(&world.day, &choices);
        for asked in &mut asked {
            asked.to = match asked.to {
                MoveTo::First(route) | MoveTo::Last(route) => MoveTo::Cheapest(Some(route)),
                MoveTo::Before(_) | MoveTo::After(_) => MoveTo::Cheapest(None),
                other => other,
            };
        }
        let forth = proposed(&world.day, &asked, world.now).unwrap();
        asked.reverse();
        let back = proposed(&world.day, &asked, world.now).unwrap();
        prop_assert_eq!(forth.basis(&world.day), back.basis(&world.day));
        prop_assert_eq!(plain(&forth.after), plain(&back.after));
    }

    #[test]
    fn what_it_rests_on_is_its_own_routes_and_bookings_alone(
        city in city(),
        booked in vec(ask(), 2..25),
        choices in choices(),
    ) {
        let world = busy(&city, &booked, TimeDelta::zero());
        let asked = moves(&world.day, &choices);
        let Ok(proposal) = proposed(&world.day, &asked, world.now) else { return Ok(()) };
        let basis = proposal.basis(&world.day);
        let changed = proposal.changed(&world.day);
        for index in 0..world.day.routes.len() {
            let mut later = world.day.clone();
            let mut route = (*later.routes[index]).clone();
            route.version += 1;
            later.routes[index] = route.into();
            let again = proposed(&later, &asked, world.now).unwrap().basis(&later);
            prop_assert_eq!(again == basis, !changed.contains(&index));
        }
    }
}
