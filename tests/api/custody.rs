//! Who had a booking's devices, and when.

use super::actors::Actor;
use super::crew::{day, more_couriers, moved, to_courier};
use super::service::{Service, contact, on_each_database, on_sqlite, search};
use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};

fn advance_to(service: &Service, at: &str) {
    let at: DateTime<FixedOffset> = format!("{at}:00+08:00").parse().unwrap();
    service.clock.advance_to(at.to_utc());
}

/// A booking of the slot of today that begins at an hour.
async fn booked(service: &Service, order: &str, hour: u32, request: Value) -> Value {
    let answer = service.checkout.post("/v1/slot-searches", &request).await.expect(200);
    let begins = format!("T{hour:02}:00:00");
    let mut slots = answer["slots"].as_array().unwrap().iter();
    let slot = slots.find(|slot| slot["start"].as_str().unwrap().contains(&begins)).unwrap();
    let body = json!({ "offer": slot["offer"], "external_id": order, "contact": contact() });
    service.checkout.post("/v1/bookings", &body).await.expect(201)
}

fn request(kind: &str) -> Value {
    let mut request = search();
    request["kind"] = json!(kind);
    request
}

/// Has a courier tell of a booking, or of none.
async fn tells(service: &Service, courier: &Actor, kind: &str, booking: &Value, more: Value) {
    let mut event = json!({ "id": format!("{kind}-{}", service.now().timestamp()), "type": kind, "at": service.now() });
    if booking.is_object() {
        event["booking_id"] = booking["id"].clone();
    }
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let events = json!({ "events": [event] });
    let answer = courier.post("/v1/couriers/me/events", &events).await.expect(200);
    assert_eq!(answer["results"][0]["status"], "recorded", "{answer}");
}

async fn custody(by: &Actor, booking: &Value) -> Value {
    let path = format!("/v1/bookings/{}/custody", booking["id"].as_str().unwrap());
    by.get(&path).await.expect(200)["links"].clone()
}

/// The links in short: which devices, with whom, since which event.
async fn chain(service: &Service, booking: &Value) -> Vec<String> {
    let links = custody(&service.dispatcher, booking).await;
    let links = links.as_array().unwrap();
    for (link, next) in links.iter().zip(&links[1..]) {
        let goes_on = (&link["goods"], &link["devices"][0]["device"])
            == (&next["goods"], &next["devices"][0]["device"]);
        let expected = if goes_on { &next["from"] } else { &Value::Null };
        assert_eq!(&link["until"], expected, "{links:#?}");
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let short = |link: &Value| {
        let devices = link["devices"].as_array().unwrap().iter();
        let devices: Vec<String> = devices.map(|device| device["device"].to_string()).collect();
        let (devices, goods) = (devices.join("+"), text(&link["goods"]));
        let holder = [text(&link["holder"]["kind"]), text(&link["holder"]["id"])];
        let words = holder.into_iter().chain([text(&link["event"]["type"])]);
        let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
        format!("{goods} {devices}: {}", words.join(" "))
    };
    links.iter().map(short).collect()
}

#[tokio::test]
async fn old_devices_go_from_the_customer_by_a_courier_to_the_hub() {
    on_each_database(async |service| {
        let mut asked = request("pickup");
        asked["devices"] = json!([
            { "category": "phone", "imei": "490154203237518" }, { "category": "laptop" }, { "category": "phone" }
        ]);
        let booking = booked(&service, "order-1", 9, asked).await;
        assert_eq!(chain(&service, &booking).await, ["old 0+1+2: customer"]);
        advance_to(&service, "2026-03-02T09:10");
        tells(&service, &service.courier, "departed", &booking, json!({})).await;
        advance_to(&service, "2026-03-02T09:30");
        let (photo, signature) = ("ab".repeat(32), "cd".repeat(32));
        let found = json!({
            "devices": [
                { "device": 0, "imei": "490154203237518", "accepted": true },
                { "device": 1, "accepted": false },
            ],
            "evidence": { "photos": [photo], "signature": signature },
        });
        tells(&service, &service.courier, "collected", &booking, found).await;
        let with_courier = ["old 0+2: customer", "old 0+2: courier c1 collected", "old 1: customer"];
        assert_eq!(chain(&service, &booking).await, with_courier);
        let before = custody(&service.checkout, &booking).await;
        let taken = &before[1];
        assert_eq!(taken["from"], "2026-03-02T09:30:00+08:00");
        assert_eq!(taken["holder"], json!({ "kind": "courier", "id": "c1", "name": "Chen" }));
        assert_eq!(taken["event"]["courier"], "c1");
        assert_eq!(taken["event"]["received_at"], taken["from"]);
        assert_eq!(taken["proof"], json!({ "photos": [photo], "signature": signature }));
        assert_eq!(taken["devices"][0]["found_imei"], "490154203237518");
        assert_eq!(taken["devices"][1]["booked"]["category"], "phone");

        advance_to(&service, "2026-03-02T10:30");
        tells(&service, &service.courier, "at_hub", &Value::Null, json!({})).await;
        let at_hub = ["old 0+2: customer", "old 0+2: courier c1 collected", "old 0+2: hub h1 at_hub", "old 1: customer"];
        assert_eq!(chain(&service, &booking).await, at_hub);
        let after = custody(&service.checkout, &booking).await;
        assert_eq!(after[1]["digest"], before[1]["digest"], "what is told stays");
        assert_eq!(after[2]["holder"]["name"], "Huangpu");
        assert_eq!(after[2]["proof"], Value::Null);
        assert_eq!(after[0]["digest"].as_str().unwrap().len(), 64);

        // The courier takes it back: nothing was taken.
        advance_to(&service, "2026-03-02T10:40");
        let reason = json!({ "reason": "device_refused" });
        tells(&service, &service.courier, "failed", &booking, reason).await;
        assert_eq!(chain(&service, &booking).await, ["old 0+1+2: customer"]);
    })
    .await;
}

#[tokio::test]
async fn new_devices_come_from_the_hub_and_go_back_where_nobody_takes_them() {
    on_each_database(async |service| {
        let first = booked(&service, "order-1", 9, request("pickup")).await;
        let delivery = booked(&service, "order-2", 11, request("delivery")).await;
        let exchange = booked(&service, "order-3", 15, request("exchange")).await;
        assert_eq!(chain(&service, &delivery).await, ["new 0: hub h1"]);
        assert_eq!(chain(&service, &exchange).await, ["old 0: customer", "new 0: hub h1"]);
        advance_to(&service, "2026-03-02T09:10");
        tells(&service, &service.courier, "departed", &first, json!({})).await;
        let aboard = ["new 0: hub h1", "new 0: courier c1 departed"];
        assert_eq!(chain(&service, &delivery).await, aboard);
        assert_eq!(chain(&service, &exchange).await[1..], aboard);
        assert_eq!(
            custody(&service.dispatcher, &delivery).await[1]["from"],
            "2026-03-02T09:10:00+08:00"
        );
        advance_to(&service, "2026-03-02T11:10");
        tells(&service, &service.courier, "delivered", &delivery, json!({})).await;
        let handed_over = [&aboard[..], &["new 0: customer delivered"]].concat();
        assert_eq!(chain(&service, &delivery).await, handed_over);
        advance_to(&service, "2026-03-02T15:10");
        let kept_back = json!({ "handed_over": false });
        tells(&service, &service.courier, "collected", &exchange, kept_back).await;
        advance_to(&service, "2026-03-02T16:10");
        tells(&service, &service.courier, "at_hub", &Value::Null, json!({})).await;
        let both = [
            "old 0: customer",
            "old 0: courier c1 collected",
            "old 0: hub h1 at_hub",
            "new 0: hub h1",
            "new 0: courier c1 departed",
            "new 0: hub h1 at_hub",
        ];
        assert_eq!(chain(&service, &exchange).await, both);
        assert_eq!(chain(&service, &delivery).await, handed_over);
    })
    .await;
}

#[tokio::test]
async fn a_courier_who_is_out_has_what_they_had_until_it_is_told_otherwise() {
    on_each_database(async |service| {
        let first = booked(&service, "order-1", 9, request("pickup")).await;
        let delivery = booked(&service, "order-2", 15, request("delivery")).await;
        more_couriers(&service).await;
        let body = json!({ "role": "courier", "courier": "c2" });
        let token = service.admin.post("/v1/keys", &body).await.expect(201)["token"].clone();
        let c2 = Actor { token: token.as_str().map(str::to_owned), ..service.nobody.clone() };
        advance_to(&service, "2026-03-02T09:10");
        tells(&service, &service.courier, "departed", &first, json!({})).await;
        advance_to(&service, "2026-03-02T09:30");
        tells(&service, &service.courier, "collected", &first, json!({})).await;
        advance_to(&service, "2026-03-02T10:00");
        let out = json!({ "kind": "courier_out", "courier": "c1" });
        service.dispatcher.post(&day("/disturbances"), &out).await.expect(201);
        let with_c1 = ["old 0: customer", "old 0: courier c1 collected"];
        assert_eq!(chain(&service, &first).await, with_c1);
        let aboard = ["new 0: hub h1", "new 0: courier c1 departed"];
        assert_eq!(chain(&service, &delivery).await, aboard);
        moved(&service, &to_courier(&delivery, "c2")).await;
        assert_eq!(chain(&service, &delivery).await, aboard, "nobody told that c2 has it");
        advance_to(&service, "2026-03-02T14:30");
        tells(&service, &c2, "departed", &delivery, json!({})).await;
        let with_c2 = [&aboard[..], &["new 0: courier c2 departed"]].concat();
        assert_eq!(chain(&service, &delivery).await, with_c2);
        advance_to(&service, "2026-03-02T15:10");
        tells(&service, &c2, "delivered", &delivery, json!({})).await;
        let handed_over = [&with_c2[..], &["new 0: customer delivered"]].concat();
        assert_eq!(chain(&service, &delivery).await.len(), handed_over.len());
        assert_eq!(chain(&service, &first).await, with_c1);
        // The next morning they are at the hub.
        advance_to(&service, "2026-03-03T09:30");
        tells(&service, &service.courier, "at_hub", &Value::Null, json!({})).await;
        assert_eq!(
            chain(&service, &first).await,
            [&with_c1[..], &["old 0: hub h1 at_hub"]].concat()
        );
    })
    .await;
}

#[tokio::test]
async fn a_chain_is_for_dispatchers_and_the_shop_of_the_booking() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let path = format!("/v1/bookings/{}/custody", booking["id"].as_str().unwrap());
        service.checkout.get(&path).await.expect(200);
        service.admin.get(&path).await.expect(200);
        service.other_checkout.get(&path).await.problem(404, "not_found");
        service.far_dispatcher.get(&path).await.problem(403, "forbidden");
        service.courier.get(&path).await.problem(403, "forbidden");
        service.picker.get(&path).await.problem(403, "forbidden");
        service.nobody.get(&path).await.problem(401, "unauthorized");
        let unknown = "/v1/bookings/bkg_00000000000000000000000000000000/custody";
        service.checkout.get(unknown).await.problem(404, "not_found");
        let cancel = format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap());
        service.checkout.ask(&cancel).await.expect(200);
        assert_eq!(chain(&service, &booking).await, ["old 0: customer"]);
    })
    .await;
}
