//! Another visit where one failed, chosen by the customer's own link.

use super::reoffers::{fail, told};
use super::service::{Service, contact, on_each_database, on_sqlite};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn link(booking: &Value) -> String {
    format!("/v1/tracking/{}", booking["tracking"]["token"].as_str().unwrap())
}

/// A booking whose visit failed for a reason.
async fn failed(service: &Service, reason: &str) -> Value {
    let booking = service.booking("order-1").await;
    service.pass(TimeDelta::minutes(40));
    fail(service, &booking, reason, TimeDelta::minutes(9)).await;
    booking
}

async fn offers(service: &Service, booking: &Value) -> Vec<Value> {
    let search = format!("{}/slot-searches", link(booking));
    let found = service.nobody.post(&search, &json!({})).await.expect(200);
    found["slots"].as_array().unwrap().iter().map(|slot| slot["offer"].clone()).collect()
}

#[tokio::test]
async fn a_failed_visit_is_booked_again_once_and_the_link_leads_on() {
    on_each_database(async |service| {
        let booking = failed(&service, "no_show").await;
        let shown = service.nobody.get(&link(&booking)).await.expect(200);
        assert_eq!((&shown["status"], &shown["failed"]), (&json!("failed"), &json!("no_show")));
        assert_eq!(shown["can_reschedule"], true);
        assert!(shown.get("booked_again").is_none());

        let offers = offers(&service, &booking).await;
        let path = format!("{}/reschedule", link(&booking));
        let bodies = [json!({ "offer": offers[0] }), json!({ "offer": offers[1] })];
        let (one, other) = tokio::join!(
            service.nobody.post(&path, &bodies[0]),
            service.nobody.post(&path, &bodies[1])
        );
        let (one, other) = (one.expect(200), other.expect(200));
        assert_eq!(one["booked_again"], other["booked_again"], "the same visit");
        assert_eq!(one["can_reschedule"], false);
        let placed = told(&service, "booking.placed").await;
        assert_eq!(placed.len(), 1, "once");
        assert_eq!(placed[0]["body"]["replaces"], booking["id"]);
        assert_eq!(placed[0]["actor"], format!("customer:{}", booking["id"].as_str().unwrap()));

        let id = placed[0]["subject"].as_str().unwrap();
        let again = service.checkout.get(&format!("/v1/bookings/{id}")).await.expect(200);
        assert_eq!(again["tracking"], one["booked_again"]);
        assert_eq!((&again["replaces"], &again["status"]), (&booking["id"], &json!("confirmed")));
        assert_eq!((&again["external_id"], &again["contact"]), (&json!("order-1"), &contact()));
        let shown = service.nobody.get(&link(&again)).await.expect(200);
        assert_eq!(shown["status"], "confirmed");
    })
    .await;
}

#[tokio::test]
async fn who_calls_the_new_visit_off_may_choose_another() {
    on_sqlite(async |service| {
        let booking = failed(&service, "not_ready").await;
        let offers = offers(&service, &booking).await;
        let path = format!("{}/reschedule", link(&booking));
        let mut links = Vec::new();
        for offer in &offers[..2] {
            let body = json!({ "offer": offer });
            let shown = service.nobody.post(&path, &body).await.expect(200);
            let token = shown["booked_again"]["token"].as_str().unwrap().to_owned();
            service.nobody.ask(&format!("/v1/tracking/{token}/cancel")).await.expect(200);
            links.push(token);
        }
        assert_ne!(links[0], links[1]);
        let shown = service.nobody.get(&link(&booking)).await.expect(200);
        assert_eq!(shown["can_reschedule"], true, "what was called off does not count");
    })
    .await;
}

#[tokio::test]
async fn what_would_fail_again_is_not_booked_by_link() {
    for reason in ["price_refused", "customer_cancelled", "wrong_address"] {
        on_sqlite(async |service| {
            let booking = failed(&service, reason).await;
            let shown = service.nobody.get(&link(&booking)).await.expect(200);
            assert_eq!(shown["can_reschedule"], false, "{reason}");
            let offer = json!({ "offer": offers(&service, &booking).await[0] });
            let path = format!("{}/reschedule", link(&booking));
            service.nobody.post(&path, &offer).await.problem(409, "state_conflict");
        })
        .await;
    }
}

#[tokio::test]
async fn an_order_that_the_shop_has_booked_again_is_not_booked_twice() {
    on_sqlite(async |service| {
        let booking = failed(&service, "no_show").await;
        let by_shop = service.booking("order-1").await;
        assert!(by_shop.get("replaces").is_none(), "the shop did not say what for");
        let offer = json!({ "offer": offers(&service, &booking).await[0] });
        let path = format!("{}/reschedule", link(&booking));
        let refused = service.nobody.post(&path, &offer).await.problem(409, "state_conflict");
        assert!(!refused.to_string().contains(by_shop["id"].as_str().unwrap()), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn an_offer_of_the_first_booking_does_not_serve_for_the_next() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let early = offers(&service, &booking).await;
        service.pass(TimeDelta::minutes(40));
        fail(&service, &booking, "no_show", TimeDelta::minutes(9)).await;
        let path = format!("{}/reschedule", link(&booking));
        let late = json!({ "offer": early.last().unwrap() });
        service.nobody.post(&path, &late).await.problem(422, "bad_offer");
    })
    .await;
}
