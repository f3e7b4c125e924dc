//! An extra courier.

use super::crew::{day, is_sound, moved, to_courier, visit};
use super::service::{Service, on_each_database, on_sqlite, settings};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn route_of(board: &Value, courier: &str) -> Option<Value> {
    let mut routes = board["routes"].as_array().unwrap().iter();
    routes.find(|route| route["courier"]["id"] == courier).cloned()
}

fn extra(service: &Service, courier: &str, hours: i64) -> Value {
    let starts = service.now() + TimeDelta::hours(1);
    json!({
        "kind": "extra_shift", "courier": courier, "starts": starts,
        "ends": starts + TimeDelta::hours(hours),
    })
}

#[tokio::test]
async fn an_extra_courier_has_a_route_at_once_at_every_replica() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let elsewhere = service.replica(&service.dispatcher, settings()).await;
        let board = elsewhere.get(&day("")).await.expect(200);
        assert_eq!(route_of(&board, "c9"), None);
        let body = extra(&service, "c9", 8);
        let done = service.dispatcher.post(&day("/disturbances"), &body).await.expect(201);
        assert_eq!(done["disturbance"]["kind"], "extra_shift");
        assert_eq!((&done["displaced"], &done["repaired"]), (&json!([]), &json!(true)));
        loop {
            let board = elsewhere.get(&day("")).await.expect(200);
            if route_of(&board, "c9").is_some() {
                break;
            }
        }
        moved(&service, &to_courier(&booking, "c9")).await;
        assert_eq!(visit(&service, &booking).await.unwrap().0, "c9");
        // Taken back, the shift goes on as long as there is something to do.
        service.dispatcher.delete(&day("/disturbances/1")).await.expect(204);
        assert_eq!(visit(&service, &booking).await.unwrap().0, "c9");
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn an_extra_shift_has_to_make_sense() {
    on_sqlite(async |service| {
        let path = day("/disturbances");
        let pointer = async |body: Value| service.dispatcher.post(&path, &body).await.pointer();
        assert_eq!(pointer(extra(&service, "c7", 8)).await, "/courier");
        assert_eq!(pointer(extra(&service, "c1", 8)).await, "/starts", "they work then");
        assert_eq!(pointer(extra(&service, "c9", 0)).await, "/ends");
        let mut tomorrow = extra(&service, "c9", 30);
        tomorrow["starts"] = json!(service.now() + TimeDelta::hours(24));
        assert_eq!(pointer(tomorrow).await, "/starts");
        let mut restless = extra(&service, "c9", 2);
        let at = service.now() + TimeDelta::hours(2);
        restless["break"] = json!({ "earliest": at, "latest": at, "duration_s": 7_200 });
        assert_eq!(pointer(restless).await, "/break");
    })
    .await;
}
