//! Requests with an `Idempotency-Key` are done once.

use super::actors::{Actor, Answer};
use super::service::{Service, contact, on_each_database, on_sqlite};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn keyed(actor: &Actor, key: &str, path: &str, body: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    actor.send(Method::POST, path, &headers, body.to_string().into_bytes()).await
}

fn is_replay(answer: &Answer) -> bool {
    answer.headers.get("idempotent-replayed").is_some_and(|value| value == "true")
}

async fn booked_count(service: &Service) -> usize {
    let day = service.dispatcher.get("/v1/regions/shanghai/days/2026-03-02").await.expect(200);
    let routes = day["routes"].as_array().unwrap().iter();
    let stops = routes.flat_map(|route| route["stops"].as_array().unwrap());
    stops.filter(|stop| stop["kind"] == "visit").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_at_once_with_one_key_are_one_booking() {
    on_each_database(async |service| {
        let body = json!({ "offer": service.offer().await, "contact": contact() });
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (checkout, body) = (service.checkout.clone(), body.clone());
                tokio::spawn(async move { keyed(&checkout, "one", "/v1/bookings", &body).await })
            })
            .collect();
        let (mut replays, mut ids) = (0, BTreeSet::new());
        for task in tasks {
            let answer = task.await.unwrap();
            replays += usize::from(is_replay(&answer));
            assert!(answer.headers["location"].to_str().unwrap().starts_with("/v1/bookings/bkg_"));
            ids.insert(answer.expect(201)["id"].as_str().unwrap().to_owned());
        }
        assert_eq!((ids.len(), replays, booked_count(&service).await), (1, 49, 1));
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_given_again_whatever_became_of_it() {
    on_each_database(async |service| {
        let body = json!({ "offer": service.offer().await });
        let first = keyed(&service.checkout, "h", "/v1/holds", &body).await;
        assert!(!is_replay(&first));
        let hold = first.expect(201);
        service.pass(TimeDelta::minutes(15));
        let again = keyed(&service.checkout, "h", "/v1/holds", &body).await;
        assert!(is_replay(&again), "the offer and the hold have long expired");
        assert_eq!(again.expect(201), hold);
        service.checkout.post("/v1/holds", &body).await.problem(410, "offer_expired");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_for_one_request_of_one_programme() {
    on_each_database(async |service| {
        let body = json!({ "offer": service.offer().await });
        let hold = keyed(&service.checkout, "k", "/v1/holds", &body).await.expect(201);
        let slots = service.slots().await;
        let other = slots.iter().rfind(|slot| slot["status"] == "available").unwrap();
        let other = json!({ "offer": other["offer"] });
        let refused = keyed(&service.checkout, "k", "/v1/holds", &other).await;
        refused.problem(422, "idempotency_key_reused");
        let order = json!({ "hold_id": hold["id"], "contact": contact() });
        let elsewhere = keyed(&service.checkout, "k", "/v1/bookings", &order).await;
        elsewhere.problem(422, "idempotency_key_reused");
        let foreign = keyed(&service.other_checkout, "k", "/v1/holds", &body).await;
        foreign.problem(422, "bad_offer");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    on_each_database(async |service| {
        service.booking("order-1").await;
        let hold = service.hold().await;
        let order =
            |id: &str| json!({ "hold_id": hold["id"], "external_id": id, "contact": contact() });
        let taken = keyed(&service.checkout, "b", "/v1/bookings", &order("order-1")).await;
        taken.problem(409, "external_id_taken");
        keyed(&service.checkout, "b", "/v1/bookings", &order("order-2")).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_booking_is_cancelled_once() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let path = format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap());
        let send = async || {
            service.checkout.send(Method::POST, &path, &[("idempotency-key", "c")], vec![]).await
        };
        let first = send().await.expect(200);
        assert_eq!(send().await.expect(200), first);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_refused() {
    on_sqlite(async |service| {
        let body = json!({ "offer": service.offer().await });
        for key in ["", "two words", &"x".repeat(256)] {
            let refused = keyed(&service.checkout, key, "/v1/holds", &body).await;
            refused.problem(400, "bad_idempotency_key");
        }
        keyed(&service.checkout, &"x".repeat(255), "/v1/holds", &body).await.expect(201);
    })
    .await;
}
