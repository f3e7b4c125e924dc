//! A day whose repair did not come is put right by whoever finds it.

use super::town::{Town, confirmation, date, hold, programme, region};
use crate::desk::command::{Command, Outcome};
use crate::desk::mending::{LOOKS, UpsetDays};
use crate::desk::serving_again::TriedDays;
use crate::desk::upsets::Upsetting;
use crate::desk::{Desk, DeskError, Moves, Render, Slip, UpsetReport};
use crate::model::{BookingId, CourierId, Upset};
use crate::planning::{DayPlan, Effort, Move, MoveTo};
use crate::store::{KeptAnswer, RequestKey};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Some bookings, and a courier who is to visit somebody.
async fn busy(town: &Town, desk: &Desk) -> (Vec<BookingId>, CourierId) {
    let mut booked = Vec::new();
    for (wish, order) in town.orders.iter().take(12).enumerate() {
        if let Some(held) = hold(desk, &order.request, wish).await {
            desk.confirm(&programme(), confirmation(&held), None).await.unwrap();
            booked.push(held.id);
        }
    }
    let plan = desk.day(&region(), date()).await.unwrap();
    let busiest = plan.routes.iter().max_by_key(|route| route.entries.len()).unwrap();
    assert!(!busiest.entries.is_empty());
    (booked, busiest.of.courier.id.clone())
}

/// Notes that a courier is out, and goes no further.
async fn falls_ill(desk: &Desk, courier: CourierId) {
    let what = Upset::CourierOut { courier };
    let command = Command::Upset(Upsetting { what, registry: desk.registry() });
    let outcome = desk.send(&region(), date(), command, None).await.unwrap();
    assert!(matches!(outcome, Outcome::Upset(_)));
}

async fn plan(desk: &Desk) -> std::sync::Arc<DayPlan> {
    desk.day(&region(), date()).await.unwrap()
}

#[tokio::test]
async fn a_day_whose_process_ended_before_the_repair_is_put_right() {
    let town = Town::new().await;
    let before = town.desk().await;
    let (booked, courier) = busy(&town, &before).await;
    falls_ill(&before, courier.clone()).await;
    assert!(plan(&before).await.is_left_alone());
    drop(before);

    let after = town.desk().await;
    let mut seen = UpsetDays::default();
    for _ in 0..LOOKS {
        after.mend_upset_days(&mut seen).await.unwrap();
    }
    let plan = plan(&after).await;
    assert!(!plan.is_left_alone());
    let out = plan.routes.iter().find(|route| route.of.courier.id == courier).unwrap();
    assert!(out.of.is_out && out.entries.is_empty());
    assert!(booked.iter().all(|id| plan.find(*id).is_some()), "nobody is lost");
}

#[tokio::test]
async fn who_lost_their_place_gets_one_once_couriers_are_back() {
    let town = Town::new().await;
    let desk = town.desk().await;
    let (booked, _) = busy(&town, &desk).await;
    let everybody: BTreeSet<CourierId> =
        plan(&desk).await.routes.iter().map(|route| route.of.courier.id.clone()).collect();
    let effort = Effort { seed: 1, threads: 1, iterations: Some(0), time_limit: None };
    for courier in everybody {
        let what = Upset::CourierOut { courier };
        desk.upset(&region(), date(), what, effort, None).await.unwrap();
    }
    assert_eq!(plan(&desk).await.unassigned.len(), booked.len());
    let displaced = desk.store().displaced(&region(), date()).await.unwrap();
    assert_eq!(displaced, booked.iter().copied().collect());
    // One of them is the dispatcher's own business from now on.
    let by_hand = vec![Move { booking: booked[0], to: MoveTo::Unassigned }];
    let seen = desk.check_moves(&region(), date(), by_hand.clone()).await.unwrap().tag;
    let moves = Moves { moves: by_hand, accept_lateness: false, seen: vec![seen], proposal: None };
    desk.make_moves(&region(), date(), moves, None).await.unwrap();

    for number in 1..=u32::try_from(plan(&desk).await.disturbances.len()).unwrap() {
        desk.settle(&region(), date(), number).await.unwrap();
    }
    let mut tried = TriedDays::default();
    desk.serve_displaced(&mut tried).await.unwrap();
    let after = plan(&desk).await;
    let waiting: Vec<BookingId> = after.unassigned.iter().map(|e| e.booking.id).collect();
    assert_eq!(waiting, [booked[0]]);
    assert_eq!(desk.store().displaced(&region(), date()).await.unwrap(), BTreeSet::new());
    let events = desk.store().events_after(&region(), date(), 0, 10_000).await.unwrap();
    let placed = events.iter().filter(|event| {
        event.kind == "booking.moved"
            && event.body["from"].is_null()
            && event.body["to"].is_object()
    });
    assert_eq!(placed.count(), booked.len() - 1, "each is told");
}

#[tokio::test]
async fn a_request_whose_process_ended_before_the_repair_is_not_done_twice() {
    let town = Town::new().await;
    let before = town.desk().await;
    let (_, courier) = busy(&town, &before).await;
    let of = RequestKey { caller: "everywhere".to_owned(), key: "ill".to_owned() };
    let slip = Slip { of, fingerprint: [7; 32] };
    let answer = |report: &UpsetReport| KeptAnswer {
        status: 201,
        location: None,
        body: format!("repaired: {}", report.is_repaired).into_bytes(),
    };
    let render = Render::Upset(Arc::new(|_, _| KeptAnswer {
        status: 201,
        location: None,
        body: b"noted".to_vec(),
    }));
    let what = Upset::CourierOut { courier };
    let command = Command::Upset(Upsetting { what: what.clone(), registry: before.registry() });
    before.send(&region(), date(), command, Some(slip.clone().ticket(render))).await.unwrap();
    drop(before);

    let after = town.desk().await;
    let kept = after.answered(&slip).await.unwrap().unwrap();
    assert_eq!(kept.body, b"noted", "as far as it had come");
    let effort = Effort { seed: 1, threads: 1, iterations: Some(0), time_limit: None };
    let again = after.upset(&region(), date(), what, effort, Some((slip.clone(), answer))).await;
    assert!(matches!(again, Err(DeskError::DoneBefore)), "{again:?}");
    assert_eq!(plan(&after).await.disturbances.len(), 1);

    // Whoever repairs the day for a caller has the whole answer be kept.
    after.settle(&region(), date(), 1).await.unwrap();
    let other = Slip { of: RequestKey { key: "ill again".to_owned(), ..slip.of }, ..slip };
    let what = plan(&after).await.disturbances[0].what.clone();
    after.upset(&region(), date(), what, effort, Some((other.clone(), answer))).await.unwrap();
    let kept = after.answered(&other).await.unwrap().unwrap();
    assert_eq!(kept.body, b"repaired: true");
    let another = Slip { fingerprint: [8; 32], ..other };
    assert!(matches!(after.answered(&another).await, Err(DeskError::KeyReused)));
}

#[test]
fn a_day_is_left_to_whoever_upset_it_for_a_while() {
    let (mut seen, key) = (UpsetDays::default(), (region(), date()));
    assert!((1..LOOKS).all(|_| !seen.is_due(&key, 1)));
    assert!(seen.is_due(&key, 1) && seen.is_due(&key, 1), "until it is done");
    seen.is_done(key.clone(), 1);
    assert!(!seen.is_due(&key, 1));
    assert!((1..LOOKS).all(|_| !seen.is_due(&key, 2)), "upset once more");
    assert!(seen.is_due(&key, 2));
}
