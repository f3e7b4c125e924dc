//! A day while it runs: what couriers tell, and what others see of it.

use super::crew::{self, more_couriers, moved, to_courier};
use super::service::{Service, contact, on_each_database, on_sqlite, search};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Value, json};

const ROUTE: &str = "/v1/couriers/me/route";
const EVENTS: &str = "/v1/couriers/me/events";
const BOARD: &str = "/v1/regions/shanghai/days/2026-03-02";
/// A number whose check digit fits.
const IMEI: &str = "490154203237518";

fn moment(value: &Value) -> DateTime<FixedOffset> {
    value.as_str().unwrap_or_else(|| panic!("{value} is a moment")).parse().unwrap()
}

/// The visits of the courier's route, in order.
async fn visits(service: &Service) -> Vec<Value> {
    let route = service.courier.get(ROUTE).await.expect(200);
    let stops = route["stops"].as_array().unwrap().iter();
    stops.filter(|stop| stop["kind"] == "visit").cloned().collect()
}

async fn visit(service: &Service, booking: &Value) -> Value {
    let visits = visits(service).await;
    visits.into_iter().find(|visit| visit["booking_id"] == booking["id"]).expect("it has a place")
}

/// Sends events; the status of each.
async fn tell(service: &Service, events: &[Value]) -> Vec<String> {
    let answer = service.courier.post(EVENTS, &json!({ "events": events })).await.expect(200);
    let results = answer["results"].as_array().unwrap().iter();
    results.map(|result| result["status"].as_str().unwrap().to_owned()).collect()
}

fn event(id: &str, kind: &str, at: DateTime<Utc>, booking: &Value) -> Value {
    json!({ "id": id, "type": kind, "at": at, "booking_id": booking["id"] })
}

/// A booking of some slot of the day, by its number among those open.
async fn booked(service: &Service, order: &str, slot: usize, request: &Value) -> Value {
    let answer = service.checkout.post("/v1/slot-searches", request).await.expect(200);
    let slots = answer["slots"].as_array().unwrap().iter();
    let open: Vec<&Value> = slots.filter(|slot| slot["status"] == "available").collect();
    let body = json!({
        "offer": open[slot % open.len()]["offer"], "external_id": order, "contact": contact()
    });
    service.checkout.post("/v1/bookings", &body).await.expect(201)
}

async fn status(service: &Service, booking: &Value) -> Value {
    let path = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
    service.checkout.get(&path).await.expect(200)["status"].clone()
}

#[tokio::test]
async fn a_visit_goes_from_door_to_door() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let planned = visit(&service, &booking).await;
        service.clock.advance_to(moment(&planned["start_at"]).to_utc() - TimeDelta::minutes(20));
        let departed = service.now();
        let departure = event("1", "departed", departed, &booking);
        assert_eq!(tell(&service, std::slice::from_ref(&departure)).await, ["recorded"]);
        assert_eq!(tell(&service, &[departure]).await, ["duplicate"]);
        assert_eq!(status(&service, &booking).await, "en_route");
        let under_way = visit(&service, &booking).await;
        assert_eq!(under_way["frozen"], true);
        assert_eq!(moment(&under_way["departed_at"]), departed);
        let way = TimeDelta::seconds(under_way["travel_s"].as_i64().unwrap());
        assert_eq!(moment(&under_way["eta_at"]), departed + way);

        service.pass(TimeDelta::minutes(15));
        let arrived = event("2", "arrived", service.now(), &booking);
        let inspected = json!({
            "id": "3", "type": "inspected", "at": service.now(), "booking_id": booking["id"],
            "devices": [{ "device": 0, "imei": IMEI, "accepted": true,
                          "quote": { "amount": 90_000, "currency": "CNY" } }]
        });
        assert_eq!(tell(&service, &[arrived, inspected]).await, ["recorded", "recorded"]);
        assert_eq!(status(&service, &booking).await, "arrived");
        service.pass(TimeDelta::minutes(9));
        let left = service.now();
        assert_eq!(tell(&service, &[event("4", "collected", left, &booking)]).await, ["recorded"]);
        assert_eq!(status(&service, &booking).await, "completed");
        let done = visit(&service, &booking).await;
        assert_eq!(moment(&done["left_at"]), left);
        assert_eq!(moment(&done["leave_at"]), left);
        assert_eq!(done["load_after"]["value"], 90_000, "by the quote at the door");
        let board = service.dispatcher.get(BOARD).await.expect(200);
        assert_eq!(board["summary"]["violations"], json!([]));
        let path = format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap());
        service.checkout.ask(&path).await.problem(409, "state_conflict");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_or_cannot_be_keeps_nothing_else_back() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let held = service.hold().await;
        let now = service.now();
        let on_hold = held["id"].as_str().unwrap().replace("hld_", "bkg_");
        let unknown = "bkg_0195577b8f2c7d4e9a31c6a0f3d85b12";
        let imei = |imei: &str| {
            json!({ "id": "imei", "type": "inspected", "at": now, "booking_id": booking["id"],
                    "devices": [{ "device": 0, "imei": imei, "accepted": true }] })
        };
        let events = [
            json!({ "id": "kind", "type": "flown", "at": now }),
            json!({ "type": "departed", "at": now, "booking_id": booking["id"] }),
            json!(17),
            imei("490154203237517"),
            json!({ "id": "device", "type": "inspected", "at": now, "booking_id": booking["id"],
                    "devices": [{ "device": 1, "accepted": true }] }),
            event("wrong", "delivered", now, &booking),
            json!({ "id": "held", "type": "departed", "at": now, "booking_id": on_hold }),
            json!({ "id": "unknown", "type": "departed", "at": now, "booking_id": unknown }),
            event("future", "departed", now + TimeDelta::hours(1), &booking),
            event("past", "departed", now - TimeDelta::days(30), &booking),
            json!({ "id": "never", "type": "departed", "at": "+262142-12-31T23:59:59Z",
                    "booking_id": booking["id"] }),
            json!({ "id": "nul", "type": "failed", "at": now, "booking_id": booking["id"],
                    "reason": "no_show", "evidence": { "note": "\u{0}" } }),
            json!({ "id": "money", "type": "inspected", "at": now, "booking_id": booking["id"],
                    "devices": [{ "device": 0, "accepted": true,
                                  "quote": { "amount": 1, "currency": "USD" } }] }),
            event("yesterday", "departed", now - TimeDelta::days(1), &booking),
            event("good", "departed", now, &booking),
        ];
        let answer = service.courier.post(EVENTS, &json!({ "events": events })).await.expect(200);
        let results = answer["results"].as_array().unwrap();
        let codes: Vec<&str> =
            results.iter().map(|result| result["code"].as_str().unwrap_or("")).collect();
        assert_eq!(
            codes,
            [
                "unreadable",
                "unreadable",
                "unreadable",
                "unreadable",
                "no_such_device",
                "wrong_kind",
                "not_confirmed",
                "not_on_the_day",
                "in_the_future",
                "too_old",
                "unreadable",
                "unreadable",
                "wrong_currency",
                "no_shift",
                ""
            ],
            "{results:#?}"
        );
        let rejected = results.iter().filter(|result| result["status"] == "rejected");
        assert_eq!(rejected.count(), events.len() - 1);
        assert!(results[3]["detail"].as_str().unwrap().contains("check digit"));
        assert_eq!(results[0]["id"], "kind");
        assert_eq!(status(&service, &booking).await, "en_route");
        let many: Vec<Value> = (0..501).map(|n| json!({ "id": n.to_string() })).collect();
        let answer = service.courier.post(EVENTS, &json!({ "events": many })).await;
        assert_eq!(answer.pointer(), "/events");
        service.dispatcher.post(EVENTS, &json!({ "events": [] })).await.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn another_device_than_the_booked_one_is_noted() {
    on_sqlite(async |service| {
        let mut request = search();
        request["devices"] = json!([{ "category": "phone", "imei": IMEI }]);
        let booking = booked(&service, "order-1", 0, &request).await;
        assert_eq!(booking["devices"][0]["imei"], IMEI);
        let another = json!({
            "id": "1", "type": "inspected", "at": service.now(), "booking_id": booking["id"],
            "devices": [{ "device": 0, "imei": "356938035643809", "accepted": false }]
        });
        let answer = service.courier.post(EVENTS, &json!({ "events": [another] })).await;
        let result = &answer.expect(200)["results"][0];
        assert_eq!(
            (&result["status"], &result["code"]),
            (&json!("noted"), &json!("imei_mismatch"))
        );
        assert!(!result["detail"].as_str().unwrap().contains("3569"), "it is not repeated");
    })
    .await;
}

#[tokio::test]
async fn a_phone_with_a_wrong_clock_is_put_right() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let now = service.now();
        let ahead = now + TimeDelta::hours(3);
        let body = json!({
            "sent_at": ahead, "events": [event("1", "departed", ahead, &booking)]
        });
        let answer = service.courier.post(EVENTS, &body).await.expect(200);
        assert_eq!(answer["results"][0]["status"], "recorded");
        assert_eq!(moment(&visit(&service, &booking).await["departed_at"]), now);
    })
    .await;
}

/// A day of ten visits told in forty events, each with a moment of its own.
async fn forty_events(service: &Service) -> Vec<Value> {
    for number in 0..10 {
        let mut request = search();
        request["place"]["lon"] = json!(121.46 + 0.004 * f64::from(number));
        let slot = usize::try_from(number).unwrap() / 3;
        booked(service, &format!("order-{number}"), slot, &request).await;
    }
    let mut at = service.now();
    let mut events = Vec::new();
    let visits = visits(service).await;
    for (number, visit) in visits.iter().enumerate() {
        // The last two are visited the other way round.
        let visit = match number {
            8 => &visits[9],
            9 => &visits[8],
            _ => visit,
        };
        let last = if number % 4 == 3 { "failed" } else { "collected" };
        for kind in ["departed", "arrived", "inspected", last] {
            at += TimeDelta::minutes(7);
            let mut event =
                event(&format!("{number}-{kind}"), kind, at, &json!({ "id": visit["booking_id"] }));
            match kind {
                "inspected" => event["devices"] = json!([{ "device": 0, "accepted": true }]),
                "failed" => event["reason"] = json!("no_show"),
                _ => {}
            }
            events.push(event);
        }
    }
    assert_eq!(events.len(), 40);
    service.clock.advance_to(at);
    events
}

/// What is left of a day when ids and versions, which differ from service to service, are taken out.
async fn state(service: &Service) -> Value {
    let board = service.dispatcher.get(BOARD).await.expect(200);
    let mut stops = Vec::new();
    for stop in board["routes"][0]["stops"].as_array().unwrap() {
        let mut stop = stop.clone();
        if let Some(id) = stop["booking_id"].as_str() {
            let path = format!("/v1/bookings/{id}");
            let booking = service.checkout.get(&path).await.expect(200);
            stop["order"] = json!([booking["external_id"], booking["status"]]);
        }
        let fields = stop.as_object_mut().unwrap();
        fields.retain(|name, _| !name.ends_with("_id"));
        stops.push(stop);
    }
    json!(stops)
}

#[tokio::test]
async fn forty_events_uploaded_twice_and_shuffled_are_one_day() {
    let in_order = async |service: Service| {
        let events = forty_events(&service).await;
        for event in events {
            tell(&service, &[event]).await;
        }
        state(&service).await
    };
    let shuffled = async |service: Service| {
        let events = forty_events(&service).await;
        for part in [17, 3, 29, 11] {
            // A step that has nothing in common with 40 goes through all of them, in another order.
            let order: Vec<Value> =
                (0..40).map(|n| events[(n * part + part) % 40].clone()).collect();
            for chunk in order.chunks(part) {
                let verdicts = tell(&service, chunk).await;
                assert!(verdicts.iter().all(|v| v == "recorded" || v == "duplicate"));
            }
        }
        state(&service).await
    };
    let states = std::cell::RefCell::new(Vec::new());
    on_each_database(async |service| {
        let state = in_order(service).await;
        states.borrow_mut().push(state);
    })
    .await;
    on_each_database(async |service| {
        let state = shuffled(service).await;
        states.borrow_mut().push(state);
    })
    .await;
    let states = states.into_inner();
    let orders: Vec<&Value> = states[0].as_array().unwrap().iter().map(|s| &s["order"]).collect();
    assert!(orders.contains(&&json!(["order-0", "completed"])), "{orders:?}");
    for other in &states[1..] {
        assert_eq!(other, &states[0]);
    }
}

#[tokio::test]
async fn a_promise_that_will_be_late_is_told_before_its_window_ends() {
    on_each_database(async |service| {
        let first = booked(&service, "order-1", 0, &search()).await;
        let second = booked(&service, "order-2", 0, &search()).await;
        let order = visits(&service).await;
        let (near, far) = (&order[0], &order[1]);
        assert_eq!((&first["slot"], &near["promise"]), (&second["slot"], &first["slot"]));
        let ends = moment(&far["promise"]["end"]).to_utc();
        let at = ends - TimeDelta::minutes(40);
        service.clock.advance_to(at);
        let to_near = json!({ "id": near["booking_id"] });
        tell(&service, &[event("1", "arrived", at, &to_near)]).await;
        assert_eq!(visits(&service).await[1].get("at_risk"), None, "there is time enough");
        // Nothing more is told: a quarter of an hour before the end nobody knows.
        service.clock.advance_to(ends - TimeDelta::minutes(15));
        let warned = async || visits(&service).await[1]["at_risk"] == json!(true);
        while !warned().await {
            tokio::task::yield_now().await;
        }
        let to_far = json!({ "id": far["booking_id"] });
        let now = service.now();
        tell(&service, &[event("2", "arrived", now, &to_far)]).await;
        assert_eq!(visits(&service).await[1].get("at_risk"), None, "it was kept after all");
    })
    .await;
}

#[tokio::test]
async fn who_tells_nothing_is_noticed_on_a_day_of_which_others_tell() {
    on_sqlite(async |service| {
        more_couriers(&service).await;
        let request = search();
        let silent = booked(&service, "order-1", 0, &request).await;
        let talking = booked(&service, "order-2", 0, &request).await;
        for (booking, courier) in [(&silent, "c2"), (&talking, "c1")] {
            if crew::visit(&service, booking).await.is_none_or(|(by, _)| by != courier) {
                moved(&service, &to_courier(booking, courier)).await;
            }
        }
        let ends = moment(&silent["slot"]["end"]).to_utc();
        service.clock.advance_to(ends - TimeDelta::minutes(15));
        let path = format!("{BOARD}/events?limit=1000");
        let warned = async || {
            let log = service.dispatcher.get(&path).await.expect(200);
            let mut events = log["events"].as_array().unwrap().clone().into_iter();
            events.find(|e| e["kind"] == "visit.at_risk" && e["subject"] == silent["id"])
        };
        assert_eq!(warned().await, None, "nobody tells of this day");
        let now = service.now();
        tell(&service, &[event("1", "arrived", now, &talking)]).await;
        let told = loop {
            match warned().await {
                Some(told) => break told,
                None => tokio::task::yield_now().await,
            }
        };
        assert_eq!(told["body"]["cause"], "no_news");
    })
    .await;
}

#[tokio::test]
async fn where_a_courier_is_moves_the_arrivals_ahead() {
    on_each_database(async |service| {
        let booking = booked(&service, "order-1", 0, &search()).await;
        let planned = visit(&service, &booking).await;
        let leave = moment(&planned["start_at"]).to_utc() - TimeDelta::minutes(10);
        service.clock.advance_to(leave);
        tell(&service, &[event("1", "departed", leave, &booking)]).await;
        let before = moment(&visit(&service, &booking).await["eta_at"]);
        service.pass(TimeDelta::minutes(5));
        let far = json!({ "lon": 121.60, "lat": 31.30 });
        let positions = json!({ "positions": [
            { "at": service.now(), "place": far, "accuracy_m": 15 },
            { "at": service.now() - TimeDelta::minutes(1), "place": { "lon": 121.48, "lat": 31.22 } },
        ] });
        let path = "/v1/couriers/me/positions";
        assert_eq!(service.courier.post(path, &positions).await.expect(200)["taken"], 2);
        assert_eq!(service.courier.post(path, &positions).await.expect(200)["taken"], 0);
        let after = moment(&visit(&service, &booking).await["eta_at"]);
        assert!(after > before + TimeDelta::minutes(20), "{before} to {after}");
    })
    .await;
}

#[tokio::test]
async fn a_courier_is_led_to_the_door() {
    on_sqlite(async |service| {
        let mut request = search();
        request["kind"] = json!("exchange");
        let offers = service.checkout.post("/v1/slot-searches", &request).await.expect(200);
        let slots = offers["slots"].as_array().unwrap().iter();
        let offer = slots.map(|slot| &slot["offer"]).find(|offer| offer.is_string()).unwrap();
        let mut who = contact();
        who["notes"] = json!("the third door on the left");
        let body = json!({ "offer": offer, "contact": who });
        let booking = service.checkout.post("/v1/bookings", &body).await.expect(201);
        let visit = visit(&service, &booking).await;
        assert_eq!(visit["contact"]["notes"], "the third door on the left");
        assert_eq!(visit["visit_kind"], "exchange");
        assert_eq!(visit["navigation"]["geo"], "geo:31.230400,121.473700");
        assert_eq!(visit["load_before"]["parcels"], 1, "what is handed over is on board");
        let board = service.dispatcher.get(BOARD).await.expect(200);
        let stops = board["routes"][0]["stops"].as_array().unwrap();
        assert!(stops.iter().all(|stop| stop.get("navigation").is_none()));
    })
    .await;
}
