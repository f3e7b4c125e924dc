//! A day that is upset, and how it is put right.

use super::service::{Service, contact, on_each_database, on_sqlite, search};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

const DAY: &str = "/v1/regions/shanghai/days/2026-03-02";

fn moment(value: &Value) -> DateTime<FixedOffset> {
    value.as_str().unwrap_or_else(|| panic!("{value} is a moment")).parse().unwrap()
}

/// Has the courier `c9` work today, too.
async fn with_a_second_courier(service: &Service) {
    let shifts = "courier,date,starts,ends,break_earliest,break_latest,break_s\n\
        c9,2026-03-02,09:00,18:00,,,\n";
    service.admin.post_as("text/csv", "/v1/shifts", shifts).await.expect(200);
}

async fn board(service: &Service) -> Value {
    service.dispatcher.get(DAY).await.expect(200)
}

/// The bookings on the route of a courier, in order.
fn served_by(board: &Value, courier: &str) -> Vec<String> {
    let routes = board["routes"].as_array().unwrap().iter();
    let own = routes.filter(|route| route["courier"]["id"] == courier);
    let stops = own.flat_map(|route| route["stops"].as_array().unwrap());
    let ids = stops.filter_map(|stop| stop["booking_id"].as_str());
    ids.map(str::to_owned).collect()
}

async fn upset(service: &Service, body: Value) -> Value {
    service.dispatcher.post(&format!("{DAY}/disturbances"), &body).await.expect(201)
}

async fn three_bookings(service: &Service) -> Vec<Value> {
    let mut booked = Vec::new();
    for number in 0..3 {
        booked.push(service.booking(&format!("order-{number}")).await);
    }
    booked
}

#[tokio::test]
async fn who_falls_ill_is_covered_by_others() {
    on_each_database(async |service| {
        let bookings = three_bookings(&service).await;
        assert_eq!(served_by(&board(&service).await, "c1").len(), 3);
        with_a_second_courier(&service).await;
        let answer = upset(&service, json!({ "kind": "courier_out", "courier": "c1" })).await;
        assert_eq!(answer["repaired"], true);
        assert_eq!(answer["unassigned"], json!([]));
        for displaced in answer["displaced"].as_array().unwrap() {
            let from_to = (&displaced["from"], &displaced["to"], &displaced["kept"]);
            assert_eq!(from_to, (&json!("c1"), &json!("c9"), &json!(true)));
        }
        let totals = &answer["disruption"]["totals"];
        assert_eq!(totals["couriers_changed"], bookings.len());
        assert_eq!(totals["promises_broken"], 0);
        let log = service.dispatcher.get(&format!("{DAY}/events")).await.expect(200);
        let events = log["events"].as_array().unwrap().iter();
        for moved in events.filter(|event| event["kind"] == "booking.moved") {
            let (from, to) = (&moved["body"]["from"], &moved["body"]["to"]);
            assert_eq!((&from["courier"], &to["courier"]), (&json!("c1"), &json!("c9")));
            assert!(to["start_at"].is_string() && from["route"].is_string(), "{moved:#}");
        }
        let after = board(&service).await;
        assert_eq!(served_by(&after, "c1"), Vec::<String>::new());
        assert_eq!(served_by(&after, "c9").len(), bookings.len());
        assert_eq!(after["summary"]["violations"], json!([]));
        // Nothing more is promised on the courier who is out.
        let another = service.booking("order-4").await;
        assert!(
            served_by(&board(&service).await, "c9")
                .contains(&another["id"].as_str().unwrap().to_owned())
        );
        let listed = service.dispatcher.get(&format!("{DAY}/disturbances")).await.expect(200);
        assert_eq!(listed["disturbances"][0]["courier"], "c1");
        service.dispatcher.delete(&format!("{DAY}/disturbances/1")).await.expect(204);
        service.dispatcher.delete(&format!("{DAY}/disturbances/7")).await.problem(404, "not_found");
        let listed = service.dispatcher.get(&format!("{DAY}/disturbances")).await.expect(200);
        assert_eq!(listed["disturbances"][0]["over"], true);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_out_twice() {
    on_each_database(async |service| {
        let out = json!({ "kind": "courier_out", "courier": "c1" });
        upset(&service, out.clone()).await;
        let path = format!("{DAY}/disturbances");
        let problem = service.dispatcher.post(&path, &out).await.problem(409, "state_conflict");
        assert!(problem["detail"].as_str().unwrap().contains("disturbance 1"), "{problem}");
        let listed = service.dispatcher.get(&path).await.expect(200);
        assert_eq!(listed["disturbances"].as_array().unwrap().len(), 1);
        service.dispatcher.delete(&format!("{path}/1")).await.expect(204);
        let again = upset(&service, out).await;
        assert_eq!(again["disturbance"]["number"], 2, "back, and out once more");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_can_do_is_told_with_the_reasons() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let answer = upset(&service, json!({ "kind": "courier_out", "courier": "c1" })).await;
        let left = &answer["unassigned"][0];
        assert_eq!(left["booking_id"], booking["id"]);
        assert_eq!(left["reasons"][0]["code"], "no_shift");
        assert_eq!(answer["displaced"][0]["kept"], false);
        let after = board(&service).await;
        assert_eq!(after["unassigned"][0]["booking_id"], booking["id"]);
        assert_eq!(after["summary"]["violations"], json!([]));
        assert!(service.slots().await.iter().all(|slot| slot["status"] == "closed"));
    })
    .await;
}

#[tokio::test]
async fn who_was_on_the_way_waits_again_when_the_courier_falls_ill() {
    on_sqlite(async |service| {
        let bookings = three_bookings(&service).await;
        let first = served_by(&board(&service).await, "c1")[0].clone();
        let departed = json!({ "events": [
            { "id": "1", "type": "departed", "at": service.now(), "booking_id": first }
        ] });
        service.courier.post("/v1/couriers/me/events", &departed).await.expect(200);
        with_a_second_courier(&service).await;
        let answer = upset(&service, json!({ "kind": "courier_out", "courier": "c1" })).await;
        assert_eq!(answer["displaced"].as_array().unwrap().len(), bookings.len());
        let path = format!("/v1/bookings/{first}");
        assert_eq!(service.checkout.get(&path).await.expect(200)["status"], "confirmed");
        assert_eq!(board(&service).await["summary"]["violations"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_courier_who_begins_late_keeps_what_can_be_kept() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let starts = moment(&booking["slot"]["end"]) - TimeDelta::minutes(30);
        let body = json!({ "kind": "late_shift", "courier": "c1", "starts": starts });
        let answer = upset(&service, body).await;
        assert_eq!(answer["displaced"], json!([]), "there is time enough");
        let after = board(&service).await;
        let route = &after["routes"][0];
        assert!(moment(&route["stops"][0]["leave_at"]) >= starts);
        assert_eq!(after["summary"]["violations"], json!([]));
        let never =
            json!({ "kind": "late_shift", "courier": "c1", "starts": "2026-03-02T23:00:00+08:00" });
        let path = format!("{DAY}/disturbances");
        assert_eq!(service.dispatcher.post(&path, &never).await.pointer(), "/starts");
        let nobody = json!({ "kind": "courier_out", "courier": "c7" });
        assert_eq!(service.dispatcher.post(&path, &nobody).await.pointer(), "/courier");
        service.far_dispatcher.post(&path, &nobody).await.problem(403, "forbidden");
        service.checkout.post(&path, &nobody).await.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_courier_whose_hub_closes_ends_at_the_next_one() {
    on_each_database(async |service| {
        service.booking("order-1").await;
        let body =
            json!({ "kind": "hub_closed", "hub": "h1", "from": "2026-03-02T15:00:00+08:00" });
        let answer = upset(&service, body).await;
        assert_eq!(answer["displaced"], json!([]));
        let after = board(&service).await;
        let stops = after["routes"][0]["stops"].as_array().unwrap();
        let (first, last) = (&stops[0], &stops[stops.len() - 1]);
        assert_eq!(first["place"]["lon"], 121.48, "it begins where it did");
        assert_eq!(last["place"]["lon"], 121.52, "it ends in Pudong");
        assert_eq!(after["summary"]["violations"], json!([]));
        let path = format!("{DAY}/disturbances");
        let never = json!({ "kind": "hub_closed", "hub": "h1", "from": "+262142-12-31T23:59:59Z" });
        service.dispatcher.post(&path, &never).await.problem(422, "invalid");
        let unknown = json!({ "kind": "hub_closed", "hub": "h9" });
        assert_eq!(service.dispatcher.post(&path, &unknown).await.pointer(), "/hub");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_visited_where_the_streets_are_blocked() {
    on_each_database(async |service| {
        let inside = service.booking("order-1").await;
        let mut elsewhere = search();
        elsewhere["place"] = json!({ "lon": 121.55, "lat": 31.20 });
        let offers = service.checkout.post("/v1/slot-searches", &elsewhere).await.expect(200);
        let offer = offers["slots"].as_array().unwrap().iter().find_map(|s| s["offer"].as_str());
        let body = json!({ "offer": offer, "contact": contact() });
        let outside = service.checkout.post("/v1/bookings", &body).await.expect(201);
        let until = moment(&inside["slot"]["end"]) - TimeDelta::minutes(20);
        let square = [[121.47, 31.225], [121.48, 31.225], [121.48, 31.235], [121.47, 31.235]];
        let from = "2026-03-02T08:00:00+08:00";
        let body = json!({
            "kind": "blocked_area", "polygon": square, "from": from, "until": until
        });
        let noted = upset(&service, body).await;
        assert_eq!(noted["disturbance"]["polygon"], json!(square), "so that it can be drawn");
        let after = board(&service).await;
        assert_eq!(after["summary"]["violations"], json!([]));
        let stops = after["routes"][0]["stops"].as_array().unwrap();
        let of = |booking: &Value| stops.iter().find(|s| s["booking_id"] == booking["id"]);
        assert!(moment(&of(&inside).expect("it is still served")["start_at"]) >= until);
        assert!(of(&outside).is_some());
        let first = &service.slots().await[0];
        let open = first["status"] == "available";
        assert!(!open || moment(&first["end"]) >= until, "{first:#}");
        let backwards = json!({ "kind": "blocked_area", "cells": ["nowhere"], "until": until });
        let path = format!("{DAY}/disturbances");
        assert_eq!(service.dispatcher.post(&path, &backwards).await.pointer(), "/cells/0");
    })
    .await;
}
