//! What is handed over comes from the hub: who has left it brings nothing new, and what is on board stays
//! with its courier.

use super::crew::{check, day, is_sound, make, more_couriers, moved, to_courier, visit};
use super::service::{Service, contact, on_each_database, on_sqlite, search};
use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};

fn request(kind: &str) -> Value {
    let mut request = search();
    request["kind"] = json!(kind);
    request
}

async fn slots(service: &Service, kind: &str) -> Vec<Value> {
    let answer = service.checkout.post("/v1/slot-searches", &request(kind)).await.expect(200);
    answer["slots"].as_array().unwrap().clone()
}

/// A booking of the slot that begins at an hour.
async fn booked(service: &Service, order: &str, kind: &str, hour: u32) -> Value {
    let begins = format!("T{hour:02}:00:00");
    let slots = slots(service, kind).await;
    let slot = slots.iter().find(|slot| slot["start"].as_str().unwrap().contains(&begins));
    let offer = &slot.unwrap_or_else(|| panic!("no slot at {hour}"))["offer"];
    let body = json!({ "offer": offer, "external_id": order, "contact": contact() });
    service.checkout.post("/v1/bookings", &body).await.expect(201)
}

fn advance_to(service: &Service, time: &str) {
    let at: DateTime<FixedOffset> = format!("2026-03-02T{time}:00+08:00").parse().unwrap();
    service.clock.advance_to(at.to_utc());
}

/// The courier sets off to a booking.
async fn departs(service: &Service, booking: &Value) {
    let event = json!({
        "id": booking["id"], "type": "departed", "at": service.now(), "booking_id": booking["id"]
    });
    let events = json!({ "events": [event] });
    let answer = service.courier.post("/v1/couriers/me/events", &events).await.expect(200);
    assert_eq!(answer["results"][0]["status"], "recorded", "{answer}");
}

/// `c1` is on the way to a pickup at nine, with what is to be handed over at three on board.
async fn under_way(service: &Service) -> (Value, Value) {
    let first = booked(service, "order-1", "pickup", 9).await;
    let later = booked(service, "order-2", "delivery", 15).await;
    advance_to(service, "09:10");
    departs(service, &first).await;
    (first, later)
}

async fn upset(service: &Service) -> Value {
    let body = json!({ "kind": "courier_out", "courier": "c1" });
    service.dispatcher.post(&day("/disturbances"), &body).await.expect(201)
}

#[tokio::test]
async fn who_has_left_the_hub_brings_nothing_new() {
    on_each_database(async |service| {
        let first = booked(&service, "order-1", "pickup", 9).await;
        for kind in ["delivery", "exchange"] {
            let open = slots(&service, kind).await;
            assert!(open.iter().any(|slot| slot["status"] == "available"), "{kind} from the hub");
        }
        advance_to(&service, "09:10");
        departs(&service, &first).await;
        for kind in ["delivery", "exchange"] {
            let closed = slots(&service, kind).await;
            assert!(closed.iter().all(|slot| slot["status"] == "closed"), "{kind}");
            let at_three = closed.iter().find(|s| s["start"].as_str().unwrap().contains("T15"));
            assert_eq!(at_three.unwrap()["reason"]["code"], "precedence", "{kind}");
        }
        booked(&service, "order-2", "pickup", 15).await;

        more_couriers(&service).await;
        let delivery = booked(&service, "order-3", "delivery", 15).await;
        assert_eq!(visit(&service, &delivery).await, Some(("c2".to_owned(), 1)));
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn every_slot_that_is_listed_can_be_held_while_couriers_are_under_way() {
    on_sqlite(async |service| {
        under_way(&service).await;
        more_couriers(&service).await;
        advance_to(&service, "09:30");
        for kind in ["delivery", "exchange"] {
            let listed = slots(&service, kind).await;
            let open = listed.iter().filter(|slot| slot["status"] == "available");
            let offers: Vec<&Value> = open.map(|slot| &slot["offer"]).collect();
            assert!(!offers.is_empty());
            for offer in offers {
                let hold = json!({ "offer": offer });
                let taken = service.checkout.post("/v1/holds", &hold).await.expect(201);
                let path = format!("/v1/holds/{}", taken["id"].as_str().unwrap());
                service.checkout.delete(&path).await.expect(204);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_on_board_is_moved_to_nobody_else() {
    on_each_database(async |service| {
        let (_, later) = under_way(&service).await;
        more_couriers(&service).await;
        let unassigned = json!({ "moves": [{ "booking_id": later["id"], "unassign": true }] });
        for moves in [to_courier(&later, "c2"), unassigned] {
            let checked = check(&service, &moves).await;
            let tag = checked.tag();
            let told = checked.expect(200);
            assert_eq!(told["feasible"], false);
            let violation = &told["violations"][0];
            assert_eq!(
                (&violation["code"], &violation["courier"], &violation["booking_id"]),
                (&json!("precedence"), &json!("c1"), &later["id"])
            );
            make(&service, &moves, &tag).await.problem(409, "moves_refused");
        }
        assert_eq!(visit(&service, &later).await, Some(("c1".to_owned(), 2)));
        service.dispatcher.ask(&day("/replan")).await.expect(200);
        assert_eq!(visit(&service, &later).await, Some(("c1".to_owned(), 2)));
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn the_goods_of_a_courier_who_is_out_wait_for_a_dispatcher() {
    on_each_database(async |service| {
        let (first, later) = under_way(&service).await;
        more_couriers(&service).await;
        let answer = upset(&service).await;
        assert_eq!(answer["disturbance"]["goods_aboard"], json!([later["id"]]));
        let left = answer["unassigned"].as_array().unwrap();
        assert_eq!(left.len(), 1, "{answer:#}");
        assert_eq!(left[0]["booking_id"], later["id"]);
        let reason = &left[0]["reasons"][0];
        assert_eq!((&reason["code"], &reason["courier"]), (&json!("precedence"), &json!("c1")));
        assert_eq!(visit(&service, &first).await, Some(("c2".to_owned(), 1)));

        service.dispatcher.ask(&day("/replan")).await.expect(200);
        assert_eq!(visit(&service, &later).await, None, "nothing automatic gives it to another");
        moved(&service, &to_courier(&later, "c2")).await;
        assert_eq!(visit(&service, &later).await, Some(("c2".to_owned(), 2)));
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_on_board_is_not_rescheduled_within_the_day() {
    on_sqlite(async |service| {
        let (_, later) = under_way(&service).await;
        more_couriers(&service).await;
        let hold = async |request: &Value| {
            let answer = service.checkout.post("/v1/slot-searches", request).await.expect(200);
            let slots = answer["slots"].as_array().unwrap();
            let slot = slots.iter().find(|slot| slot["status"] == "available").unwrap();
            let body = json!({ "offer": slot["offer"] });
            service.checkout.post("/v1/holds", &body).await.expect(201)
        };
        let path = format!("/v1/bookings/{}/reschedule", later["id"].as_str().unwrap());
        let today = hold(&request("delivery")).await;
        let body = json!({ "hold_id": today["id"] });
        service.checkout.post(&path, &body).await.problem(409, "under_way");
        let mut another_day = request("delivery");
        another_day["from"] = json!("2026-03-03");
        let tomorrow = hold(&another_day).await;
        let body = json!({ "hold_id": tomorrow["id"] });
        service.checkout.post(&path, &body).await.expect(200);
    })
    .await;
}
