//! Bookings and couriers that nothing automatic moves.

use super::crew::{day, is_sound, more_couriers, moved, to_courier, visit};
use super::service::{Service, on_each_database, on_sqlite, settings};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn locks() -> String {
    day("/locks")
}

async fn lock(service: &Service, body: Value) -> Value {
    service.dispatcher.post(&locks(), &body).await.expect(201)
}

async fn replanned(service: &Service) {
    service.dispatcher.ask(&day("/replan")).await.expect(200);
    is_sound(service).await;
}

/// Three bookings of `c1`, and two more couriers who could do them.
async fn three_with_c1(service: &Service) -> Vec<Value> {
    let mut bookings = Vec::new();
    for number in 0..3 {
        bookings.push(service.booking(&format!("order-{number}")).await);
    }
    more_couriers(service).await;
    bookings
}

async fn route_of(service: &Service, courier: &str) -> Value {
    let board = service.dispatcher.get(&day("")).await.expect(200);
    let mut routes = board["routes"].as_array().unwrap().iter();
    routes.find(|route| route["courier"]["id"] == courier).unwrap().clone()
}

#[tokio::test]
async fn a_locked_booking_stays_with_its_courier() {
    on_each_database(async |service| {
        let bookings = three_with_c1(&service).await;
        moved(&service, &to_courier(&bookings[0], "c2")).await;
        let made = lock(&service, json!({ "bookings": [bookings[0]["id"]] })).await;
        assert_eq!((&made["number"], &made["over"]), (&json!(1), &json!(false)));
        let route = route_of(&service, "c2").await;
        let stops = route["stops"].as_array().unwrap();
        let stop = stops.iter().find(|stop| stop["booking_id"] == bookings[0]["id"]).unwrap();
        assert_eq!((&stop["locked"], &route["locked"]), (&json!(true), &Value::Null));
        replanned(&service).await;
        assert_eq!(visit(&service, &bookings[0]).await.unwrap().0, "c2");
        // A dispatcher moves it all the same, and it is locked where it then is.
        moved(&service, &to_courier(&bookings[0], "c1")).await;
        moved(&service, &to_courier(&bookings[1], "c2")).await;
        moved(&service, &to_courier(&bookings[2], "c2")).await;
        replanned(&service).await;
        assert_eq!(visit(&service, &bookings[0]).await.unwrap().0, "c1");
        service.dispatcher.delete(&format!("{}/1", locks())).await.expect(204);
        let listed = service.dispatcher.get(&locks()).await.expect(200);
        assert_eq!(listed["locks"][0]["over"], true);
        // Again does no harm.
        service.dispatcher.delete(&format!("{}/1", locks())).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_locked_couriers_route_stays_as_it_is_at_every_replica() {
    on_each_database(async |service| {
        let bookings = three_with_c1(&service).await;
        moved(&service, &to_courier(&bookings[0], "c2")).await;
        let elsewhere = service.replica(&service.dispatcher, settings()).await;
        elsewhere.get(&day("")).await.expect(200);
        lock(&service, json!({ "couriers": ["c1"] })).await;
        let before = route_of(&service, "c1").await;
        assert_eq!(before["locked"], true);
        elsewhere.ask(&day("/replan")).await.expect(200);
        let another = service.booking("order-9").await;
        assert_ne!(visit(&service, &another).await.unwrap().0, "c1", "nobody comes to it");
        assert_eq!(route_of(&service, "c1").await, before);
        assert_eq!(visit(&service, &bookings[0]).await.unwrap().0, "c2");
        // A move that names the courier is made.
        moved(&service, &to_courier(&bookings[0], "c1")).await;
        assert_eq!(visit(&service, &bookings[0]).await.unwrap().0, "c1");
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn who_is_out_keeps_nobody() {
    on_sqlite(async |service| {
        let bookings = three_with_c1(&service).await;
        lock(&service, json!({ "bookings": [bookings[0]["id"]], "couriers": ["c1"] })).await;
        let body = json!({ "kind": "courier_out", "courier": "c1" });
        service.dispatcher.post(&day("/disturbances"), &body).await.expect(201);
        assert_eq!(visit(&service, &bookings[0]).await.unwrap().0, "c2");
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn a_lock_ends_by_itself() {
    on_each_database(async |service| {
        three_with_c1(&service).await;
        let until = service.now() + TimeDelta::minutes(5);
        lock(&service, json!({ "couriers": ["c1"], "until": until })).await;
        service.pass(TimeDelta::minutes(6));
        let events = loop {
            let events = service.dispatcher.get(&day("/events")).await.expect(200);
            if events.to_string().contains("day.unlocked") {
                break events;
            }
        };
        assert!(events.to_string().contains("day.locked"));
        assert_eq!(route_of(&service, "c1").await["locked"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn locks_are_for_dispatchers_and_name_what_is_there() {
    on_sqlite(async |service| {
        let path = locks();
        let none = json!({ "bookings": ["bkg_00000000000000000000000000000001"] });
        let pointer = async |body: Value| service.dispatcher.post(&path, &body).await.pointer();
        assert_eq!(pointer(none.clone()).await, "/bookings");
        assert_eq!(pointer(json!({ "couriers": ["c7"] })).await, "/couriers");
        assert_eq!(pointer(json!({})).await, "");
        let past = json!({ "couriers": ["c1"], "until": service.now() });
        assert_eq!(pointer(past).await, "/until");
        for other in [&service.far_dispatcher, &service.checkout, &service.courier] {
            other.post(&path, &none).await.problem(403, "forbidden");
            other.get(&path).await.problem(403, "forbidden");
            other.delete(&format!("{path}/1")).await.problem(403, "forbidden");
        }
        service.nobody.post(&path, &none).await.problem(401, "unauthorized");
        service.dispatcher.delete(&format!("{path}/7")).await.problem(404, "not_found");
    })
    .await;
}
