//! What dispatchers changed, and how it is undone.

use super::actors::Answer;
use super::crew::{day, is_sound, more_couriers, moved, to_courier, visit};
use super::service::{Service, on_each_database, on_sqlite, settings};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

async fn changes(service: &Service) -> Vec<Value> {
    let listed = service.dispatcher.get(&day("/changes")).await.expect(200);
    listed["changes"].as_array().unwrap().clone()
}

async fn undo(service: &Service, change: &Value) -> Answer {
    service.dispatcher.post(&day("/undo"), &json!({ "change": change["number"] })).await
}

/// Where everybody is, without versions and moments.
async fn places(service: &Service) -> Vec<(String, Vec<String>)> {
    let board = service.dispatcher.get(&day("")).await.expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of_route = |route: &Value| {
        let stops = route["stops"].as_array().unwrap().iter();
        let visits = stops.filter(|stop| stop["kind"] != "start" && stop["kind"] != "end");
        let name = |stop: &Value| text(stop.get("booking_id").unwrap_or(&stop["kind"]));
        (text(&route["courier"]["id"]), visits.map(name).collect())
    };
    board["routes"].as_array().unwrap().iter().map(of_route).collect()
}

/// The same without the breaks: one that was given back may be taken elsewhere.
fn visits(mut places: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    for (_, stops) in &mut places {
        stops.retain(|stop| stop != "break");
    }
    places
}

async fn three(service: &Service) -> Vec<Value> {
    more_couriers(service).await;
    let mut bookings = Vec::new();
    for number in 0..3 {
        let booking = service.booking(&format!("order-{number}")).await;
        if visit(service, &booking).await.unwrap().0 != "c1" {
            moved(service, &to_courier(&booking, "c1")).await;
        }
        bookings.push(booking);
    }
    bookings
}

#[tokio::test]
async fn moves_are_undone_and_done_again() {
    on_each_database(async |service| {
        let bookings = three(&service).await;
        let before = places(&service).await;
        moved(&service, &to_courier(&bookings[1], "c2")).await;
        let after = places(&service).await;
        let elsewhere = service.replica(&service.dispatcher, settings()).await;
        let listed = elsewhere.get(&day("/changes")).await.expect(200);
        let last = listed["changes"][0].clone();
        assert_eq!((&last["kind"], &last["undo_possible"]), (&json!("moves"), &json!(true)));
        assert_eq!(last["couriers"].as_array().unwrap().len(), 2);
        let done = undo(&service, &last).await.expect(200);
        assert_eq!(done["disruption"]["totals"]["couriers_changed"], 1);
        assert_eq!(places(&service).await, before);
        is_sound(&service).await;
        undo(&service, &last).await.problem(409, "undo_impossible");
        let events = service.dispatcher.get(&day("/events")).await.expect(200);
        assert!(events.to_string().contains("route.changed"));
        let again = changes(&service).await;
        assert_eq!(
            (&again[0]["kind"], &again[1]["undone_by"]),
            (&json!("undo"), &again[0]["number"])
        );
        undo(&service, &again[0]).await.expect(200);
        assert_eq!(places(&service).await, after);
    })
    .await;
}

#[tokio::test]
async fn a_place_that_was_taken_away_comes_back() {
    on_each_database(async |service| {
        let bookings = three(&service).await;
        let before = places(&service).await;
        let away = json!({ "moves": [{ "booking_id": bookings[0]["id"], "unassign": true }] });
        moved(&service, &away).await;
        assert_eq!(visit(&service, &bookings[0]).await, None);
        undo(&service, &changes(&service).await[0]).await.expect(200);
        assert_eq!(places(&service).await, before);
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn a_replan_is_undone_and_a_repair_once_the_courier_is_well() {
    on_sqlite(async |service| {
        let bookings = three(&service).await;
        moved(&service, &to_courier(&bookings[0], "c2")).await;
        let before = places(&service).await;
        service.dispatcher.ask(&day("/replan")).await.expect(200);
        let last = changes(&service).await[0].clone();
        assert_eq!(last["kind"], "replan");
        undo(&service, &last).await.expect(200);
        assert_eq!(places(&service).await, before);

        let out = json!({ "kind": "courier_out", "courier": "c1" });
        service.dispatcher.post(&day("/disturbances"), &out).await.expect(201);
        let last = changes(&service).await[0].clone();
        assert_eq!((&last["kind"], &last["undo_possible"]), (&json!("repair"), &json!(false)));
        let detail = undo(&service, &last).await.problem(409, "undo_impossible");
        assert!(detail["detail"].as_str().unwrap().contains("no_shift"), "{detail:#}");
        service.dispatcher.delete(&day("/disturbances/1")).await.expect(204);
        undo(&service, &last).await.expect(200);
        assert_eq!(visits(places(&service).await), visits(before));
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn what_has_moved_on_stays() {
    on_sqlite(async |service| {
        let bookings = three(&service).await;
        moved(&service, &to_courier(&bookings[0], "c2")).await;
        let first = changes(&service).await[0].clone();
        moved(&service, &to_courier(&bookings[1], "c2")).await;
        let refused = undo(&service, &first).await.problem(409, "undo_impossible");
        assert!(refused["detail"].as_str().unwrap().contains("has changed since"), "{refused:#}");
        let listed = changes(&service).await;
        let stale = listed.iter().find(|change| change["number"] == first["number"]).unwrap();
        assert_eq!(stale["undo_possible"], false);
        assert_eq!(stale["undo_obstacle_code"], "moved_on");

        // The courier sets off to what was moved last.
        let board = service.dispatcher.get(&day("")).await.expect(200);
        let routes = board["routes"].as_array().unwrap();
        let route = routes.iter().find(|route| route["courier"]["id"] == "c2").unwrap();
        let end = route["stops"].as_array().unwrap().last().unwrap()["arrive_at"].as_str().unwrap();
        let end: DateTime<FixedOffset> = end.parse().unwrap();
        service.pass(end.to_utc() - service.now() + TimeDelta::minutes(1));
        let refused = undo(&service, &listed[0]).await.problem(409, "undo_impossible");
        assert!(refused["detail"].as_str().unwrap().contains("set off"), "{refused:#}");
    })
    .await;
}

#[tokio::test]
async fn undoing_is_for_dispatchers_and_the_last_changes() {
    on_sqlite(async |service| {
        let bookings = three(&service).await;
        moved(&service, &to_courier(&bookings[0], "c2")).await;
        let first = changes(&service).await[0].clone();
        for other in [&service.far_dispatcher, &service.checkout, &service.courier] {
            other.get(&day("/changes")).await.problem(403, "forbidden");
            let body = json!({ "change": first["number"] });
            other.post(&day("/undo"), &body).await.problem(403, "forbidden");
        }
        undo(&service, &json!({ "number": 999 })).await.problem(404, "not_found");
        assert_eq!(service.dispatcher.post(&day("/undo"), &json!({})).await.pointer(), "");
        for turn in 0..11 {
            let courier = if turn % 2 == 0 { "c1" } else { "c2" };
            moved(&service, &to_courier(&bookings[0], courier)).await;
        }
        assert_eq!(changes(&service).await.len(), 10);
        undo(&service, &first).await.problem(404, "not_found");
    })
    .await;
}
