//! Routes of several trips: couriers call at the hub before they carry more than is insured.

use super::crew::{day, is_sound};
use super::service::{Service, contact, on_each_database, search};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

const CAP: i64 = 100_000;

/// The courier may carry so much, and no more.
async fn insured(service: &Service) {
    let courier = format!(
        "id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,skills\n\
         c1,shanghai,Chen,ebike,h1,20,50000,100000,{CAP},\n"
    );
    service.admin.post_as("text/csv", "/v1/couriers", courier).await.expect(200);
}

/// A pickup of a device of some worth, in the slot that begins at an hour.
async fn booked(service: &Service, order: &str, hour: u32, value: i64) -> Value {
    let mut request = search();
    request["devices"][0]["declared_value"] = json!({ "amount": value, "currency": "CNY" });
    let answer = service.checkout.post("/v1/slot-searches", &request).await.expect(200);
    let begins = format!("T{hour:02}:00:00");
    let slots = answer["slots"].as_array().unwrap();
    let slot = slots.iter().find(|slot| slot["start"].as_str().unwrap().contains(&begins));
    let slot = slot.unwrap_or_else(|| panic!("no slot at {hour}: {answer}"));
    let body = json!({ "offer": slot["offer"], "external_id": order, "contact": contact() });
    service.checkout.post("/v1/bookings", &body).await.expect(201)
}

async fn route(service: &Service) -> Value {
    service.courier.get("/v1/couriers/me/route").await.expect(200)
}

fn kinds(route: &Value) -> Vec<&str> {
    let stops = route["stops"].as_array().unwrap().iter();
    stops.map(|stop| stop["kind"].as_str().unwrap()).filter(|kind| *kind != "break").collect()
}

fn stop<'a>(route: &'a Value, kind: &str) -> &'a Value {
    let stops = route["stops"].as_array().unwrap();
    stops.iter().find(|stop| stop["kind"] == kind).expect("the route has such a stop")
}

async fn tell(service: &Service, event: &Value) {
    let events = json!({ "events": [event] });
    let answer = service.courier.post("/v1/couriers/me/events", &events).await.expect(200);
    assert_eq!(answer["results"][0]["status"], "recorded", "{answer}");
}

/// Has a device be collected for what it is worth after all.
async fn collected(service: &Service, id: &str, booking: &Value, quote: i64) {
    let planned = route(service).await;
    let stops = planned["stops"].as_array().unwrap();
    let visit = stops.iter().find(|stop| stop["booking_id"] == booking["id"]).unwrap();
    let starts: DateTime<FixedOffset> = visit["start_at"].as_str().unwrap().parse().unwrap();
    service.clock.advance_to(starts.to_utc());
    let quote = json!({ "amount": quote, "currency": "CNY" });
    let event = json!({
        "id": id, "type": "collected", "at": service.now(), "booking_id": booking["id"],
        "devices": [{ "device": 0, "accepted": true, "quote": quote }]
    });
    tell(service, &event).await;
}

async fn told(service: &Service, kind: &str) -> Vec<Value> {
    let answer = service.dispatcher.get(&day("/events?limit=1000")).await.expect(200);
    let events = answer["events"].as_array().unwrap().iter();
    events.filter(|event| event["kind"] == kind).cloned().collect()
}

#[tokio::test]
async fn a_slot_that_takes_a_call_at_the_hub_can_be_held() {
    on_each_database(async |service| {
        insured(&service).await;
        booked(&service, "order-1", 9, 60_000).await;
        let second = booked(&service, "order-2", 15, 60_000).await;
        let planned = route(&service).await;
        assert_eq!(kinds(&planned), ["start", "visit", "hub", "visit", "end"]);
        let call = stop(&planned, "hub");
        assert_eq!(
            (&call["load_before"]["value"], &call["load_after"]["value"]),
            (&json!(60_000), &json!(0))
        );
        assert_eq!(call["service_s"], 600);
        let values = &planned["value_at_risk"];
        assert_eq!(
            (&values["now"], &values["peak"], &values["cap"]),
            (&json!(0), &json!(60_000), &json!(CAP))
        );
        is_sound(&service).await;

        let path = format!("/v1/bookings/{}/cancel", second["id"].as_str().unwrap());
        service.checkout.ask(&path).await.expect(200);
        assert_eq!(kinds(&route(&service).await), ["start", "visit", "end"]);
        assert_eq!(told(&service, "route.hub_call_removed").await.len(), 1);
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_quoted_higher_is_brought_to_the_hub_first() {
    on_each_database(async |service| {
        insured(&service).await;
        let first = booked(&service, "order-1", 9, 40_000).await;
        let second = booked(&service, "order-2", 15, 40_000).await;
        assert_eq!(kinds(&route(&service).await), ["start", "visit", "visit", "end"]);

        collected(&service, "1", &first, 90_000).await;
        let planned = route(&service).await;
        assert_eq!(kinds(&planned), ["start", "visit", "hub", "visit", "end"]);
        assert_eq!(planned["value_at_risk"]["now"], 90_000);
        assert_eq!(planned["value_at_risk"]["peak"], 90_000);
        let added = told(&service, "route.hub_call_added").await;
        assert_eq!(added.len(), 1);
        assert_eq!(
            (&added[0]["body"]["dimension"], &added[0]["body"]["by"]),
            (&json!("value"), &json!(30_000))
        );
        let id = stop(&planned, "hub")["stop_id"].clone();

        service.pass(TimeDelta::minutes(30));
        let at_hub = json!({ "id": "2", "type": "at_hub", "at": service.now() });
        tell(&service, &at_hub).await;
        let called = route(&service).await;
        let call = stop(&called, "hub");
        assert_eq!((&call["stop_id"], call["arrived_at"].is_string()), (&id, true));
        assert_eq!(call["load_after"]["value"], 0);
        is_sound(&service).await;

        for (id, kind, at) in [("3", "break_started", "12:00"), ("4", "break_ended", "12:30")] {
            let at = format!("2026-03-02T{at}:00+08:00");
            service.clock.advance_to(at.parse::<DateTime<FixedOffset>>().unwrap().to_utc());
            tell(&service, &json!({ "id": id, "type": kind, "at": at })).await;
        }
        collected(&service, "5", &second, 40_000).await;
        service.pass(TimeDelta::minutes(30));
        tell(&service, &json!({ "id": "6", "type": "at_hub", "at": service.now() })).await;
        let done = route(&service).await;
        assert_eq!(kinds(&done), ["start", "visit", "hub", "visit", "end"]);
        assert!(stop(&done, "end")["arrived_at"].is_string());
        assert_eq!(done["value_at_risk"]["now"], 0);
        is_sound(&service).await;
    })
    .await;
}
