//! Bookings that cannot wait for a slot.

use super::crew::{day, is_sound, visit};
use super::service::{Service, contact, on_each_database, on_sqlite};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn urgent(external_id: &str) -> Value {
    json!({
        "kind": "urgent", "programme": "shop", "external_id": external_id, "contact": contact(),
        "request": {
            "place": { "lon": 121.4737, "lat": 31.2304 }, "kind": "pickup",
            "devices": [{ "category": "phone", "brand": "Huawei", "model": "P20" }],
        },
    })
}

async fn board(service: &Service) -> Value {
    service.dispatcher.get(&day("")).await.expect(200)
}

#[tokio::test]
async fn what_is_urgent_is_booked_at_once_in_its_own_window() {
    on_each_database(async |service| {
        let path = day("/disturbances");
        let booked = service.dispatcher.post(&path, &urgent("order-1")).await.expect(201);
        let booking = &booked["booking"];
        assert_eq!(
            (&booking["status"], &booking["external_id"]),
            (&json!("confirmed"), &json!("order-1"))
        );
        assert_eq!(visit(&service, booking).await.unwrap().0, "c1");
        is_sound(&service).await;
        let read = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
        assert_eq!(service.checkout.get(&read).await.expect(200)["slot"], booking["slot"]);
        service.other_checkout.get(&read).await.problem(404, "not_found");
        let events = service.dispatcher.get(&day("/events")).await.expect(200);
        let mut events = events["events"].as_array().unwrap().iter();
        let placed = events.find(|event| event["kind"] == "booking.placed").unwrap().clone();
        assert_eq!(placed["body"]["urgent"], true);
        let listed = service.dispatcher.get(&path).await.expect(200);
        assert_eq!(listed["disturbances"], json!([]), "it is a booking");
        let again = service.dispatcher.post(&path, &urgent("order-1")).await;
        again.problem(409, "external_id_taken");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_can_do_is_refused_with_what_is_left() {
    on_each_database(async |service| {
        let path = day("/disturbances");
        let before = board(&service).await;
        let mut late = urgent("order-1");
        let start = service.now() + TimeDelta::hours(11);
        late["window"] = json!({ "start": start, "end": start + TimeDelta::minutes(30) });
        let refused = service.dispatcher.post(&path, &late).await.problem(409, "slot_taken");
        assert_eq!(refused["reason"]["code"], "no_shift");
        assert!(!refused["alternatives"].as_array().unwrap().is_empty());
        assert_eq!(board(&service).await, before, "nothing is stored");
    })
    .await;
}

#[tokio::test]
async fn an_urgent_booking_has_to_make_sense() {
    on_sqlite(async |service| {
        let path = day("/disturbances");
        let pointer = async |body: Value| service.dispatcher.post(&path, &body).await.pointer();
        let mut past = urgent("order-1");
        let start = service.now() - TimeDelta::hours(2);
        past["window"] = json!({ "start": start, "end": start + TimeDelta::hours(1) });
        assert_eq!(pointer(past).await, "/window");
        let mut outside = urgent("order-1");
        outside["request"]["place"] = json!({ "lon": 31.2304, "lat": 21.4737 });
        assert_eq!(pointer(outside).await, "/place");
        service.checkout.post(&path, &urgent("order-1")).await.problem(403, "forbidden");
        service.far_dispatcher.post(&path, &urgent("order-1")).await.problem(403, "forbidden");
    })
    .await;
}
