//! The log of what happened: every event says who caused it.

use super::service::{Service, TODAY, on_each_database, on_sqlite};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn path(query: &str) -> String {
    format!("/v1/regions/shanghai/days/{TODAY}/events{query}")
}

async fn events(service: &Service) -> Vec<Value> {
    let answer = service.dispatcher.get(&path("?limit=1000")).await.expect(200);
    answer["events"].as_array().unwrap().clone()
}

fn actors<'a>(events: &'a [Value], kind: &str) -> Vec<&'a str> {
    let of_kind = events.iter().filter(|event| event["kind"] == kind);
    of_kind.map(|event| event["actor"].as_str().unwrap()).collect()
}

/// The id of the only key of a role, which an administrator sees in the list.
async fn key_id(service: &Service, role: &str, region: Option<&str>) -> String {
    let keys = service.admin.get("/v1/keys").await.expect(200);
    let keys = keys.as_array().unwrap();
    let is_it = |key: &&Value| key["role"] == role && key["region"].as_str() == region;
    keys.iter().find(is_it).unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_change_says_who_caused_it() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let moved = service.booking("order-2").await;
        let hold = service.hold().await;
        let to = json!({ "hold_id": hold["id"] });
        let path = |booking: &Value, call: &str| {
            format!("/v1/bookings/{}/{call}", booking["id"].as_str().unwrap())
        };
        service.dispatcher.post(&path(&moved, "reschedule"), &to).await.expect(200);
        service.admin.ask(&path(&booking, "cancel")).await.expect(200);
        service
            .dispatcher
            .ask(&format!("/v1/regions/shanghai/days/{TODAY}/replan"))
            .await
            .expect(200);
        let given_up = service.hold().await;
        let id = given_up["id"].as_str().unwrap();
        assert_eq!(service.checkout.delete(&format!("/v1/holds/{id}")).await.status, 204);

        let events = events(&service).await;
        let dispatcher = key_id(&service, "dispatcher", Some("shanghai")).await;
        let admin = key_id(&service, "admin", None).await;
        assert_eq!(actors(&events, "hold.placed"), ["programme:shop"; 4]);
        assert_eq!(actors(&events, "booking.confirmed"), ["programme:shop"; 2]);
        assert_eq!(actors(&events, "booking.rescheduled"), [format!("dispatcher:{dispatcher}")]);
        assert_eq!(
            actors(&events, "booking.cancelled"),
            [format!("admin:{admin}"), "programme:shop".to_owned()]
        );
        let text = serde_json::to_string(&events).unwrap();
        assert!(!text.contains("dsk_") && !text.contains("13800000000"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn what_happens_by_itself_is_the_systems() {
    on_sqlite(async |service| {
        service.hold().await;
        service.pass(TimeDelta::hours(1));
        // The writer sees to what is due before it does anything else.
        service.booking("order-1").await;
        assert_eq!(actors(&events(&service).await, "hold.expired"), ["system"]);
    })
    .await;
}

#[tokio::test]
async fn the_log_is_read_page_by_page_in_order_without_gaps() {
    on_each_database(async |service| {
        for number in 0..3 {
            service.booking(&format!("order-{number}")).await;
        }
        let (mut seen, mut after) = (Vec::new(), 0);
        loop {
            let query = format!("?after={after}&limit=4");
            let page = service.dispatcher.get(&path(&query)).await.expect(200);
            let numbers = page["events"].as_array().unwrap().iter();
            seen.extend(numbers.map(|event| event["seq"].as_i64().unwrap()));
            let Some(next) = page["next_after"].as_i64() else { break };
            after = next;
        }
        assert_eq!(seen, (1..=6).collect::<Vec<i64>>());
        let none = service.dispatcher.get(&path("?after=6")).await.expect(200);
        assert_eq!(none, json!({ "events": [] }));
    })
    .await;
}

#[tokio::test]
async fn only_dispatchers_of_the_region_read_it() {
    on_sqlite(async |service| {
        service.far_dispatcher.get(&path("")).await.problem(403, "forbidden");
        service.checkout.get(&path("")).await.problem(403, "forbidden");
        service.courier.get(&path("")).await.problem(403, "forbidden");
        service.nobody.get(&path("")).await.problem(401, "unauthorized");
        service.dispatcher.get(&path("?after=x")).await.problem(400, "malformed_query");
        let far = "/v1/regions/shanghai/days/2036-03-02/events";
        service.dispatcher.get(far).await.problem(422, "no_such_day");
    })
    .await;
}
