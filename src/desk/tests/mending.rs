//! A day whose repair did not come is put right by whoever finds it.

use super::town::{Town, confirmation, date, hold, programme, region};
use crate::desk::Desk;
use crate::desk::command::{Command, Outcome};
use crate::desk::mending::{LOOKS, UpsetDays};
use crate::desk::upsets::Upsetting;
use crate::model::{BookingId, CourierId, Upset};
use crate::planning::DayPlan;

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
