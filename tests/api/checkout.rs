//! Search, hold, book, cancel.

use super::service::{TODAY, contact, on_each_database, on_sqlite, search};
use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};

const NO_HOLD: &str = "hld_00000000000000000000000000000000";
const NO_BOOKING: &str = "bkg_00000000000000000000000000000000";

#[tokio::test]
async fn a_search_lists_every_slot_with_an_offer_or_a_reason() {
    on_each_database(async |service| {
        let answer = service.checkout.post("/v1/slot-searches", &search()).await.expect(200);
        assert_eq!(
            (&answer["region"], &answer["time_zone"]),
            (&json!("shanghai"), &json!("Asia/Shanghai"))
        );
        assert!(answer["search_id"].as_str().unwrap().starts_with("ssr_"));
        let slots = answer["slots"].as_array().unwrap();
        let starts: Vec<&str> = slots.iter().map(|slot| slot["start"].as_str().unwrap()).collect();
        assert_eq!(
            starts,
            [
                "2026-03-02T09:00:00+08:00",
                "2026-03-02T11:00:00+08:00",
                "2026-03-02T13:00:00+08:00",
                "2026-03-02T15:00:00+08:00",
                "2026-03-02T17:00:00+08:00",
                "2026-03-02T19:00:00+08:00",
            ]
        );
        let first = &slots[0];
        assert_eq!(first["status"], "available");
        assert_eq!(first["cutoff_at"], "2026-03-02T09:00:00+08:00");
        assert!(first["offer"].as_str().unwrap().starts_with("ofr_"));
        assert!(first["marginal"]["travel_s"].as_i64().unwrap() > 0);
        assert!(first["marginal"]["distance_m"].as_i64().unwrap() > 0);
        assert!(first["green"].is_boolean());
        let last = &slots[5];
        assert_eq!(last["status"], "closed", "nobody works in the evening");
        assert_eq!(last["reason"], json!({ "code": "no_shift" }));
        assert!(last.get("offer").is_none());
        let hub = &answer["hubs"][0];
        assert_eq!(
            (&hub["id"], &hub["opens"], &hub["closes"]),
            (
                &json!("h1"),
                &json!("2026-03-02T08:00:00+08:00"),
                &json!("2026-03-02T22:00:00+08:00")
            )
        );
    })
    .await;
}

#[tokio::test]
async fn the_place_decides_the_region_in_any_datum() {
    on_sqlite(async |service| {
        let mut body = search();
        body.as_object_mut().unwrap().remove("region");
        body["place"]["datum"] = json!("gcj02");
        let answer = service.checkout.post("/v1/slot-searches", &body).await.expect(200);
        assert_eq!(answer["region"], "shanghai");
    })
    .await;
}

#[tokio::test]
async fn an_exchange_may_say_what_is_handed_over() {
    on_sqlite(async |service| {
        let mut body = search();
        body["kind"] = json!("exchange");
        body["handover"] = json!([{ "category": "tablet" }]);
        let answer = service.checkout.post("/v1/slot-searches", &body).await.expect(200);
        assert_eq!(answer["slots"][0]["status"], "available");
        body["kind"] = json!("pickup");
        let refused = service.checkout.post("/v1/slot-searches", &body).await;
        assert_eq!(refused.pointer(), "/handover");
    })
    .await;
}

#[tokio::test]
async fn an_invalid_search_is_pointed_at() {
    on_sqlite(async |service| {
        let cases = [
            ("/place/lat", json!({ "place": { "lon": 31.2, "lat": 121.4 } })),
            ("/place/lon", json!({ "place": { "lon": 181, "lat": 31 } })),
            ("/place", json!({ "place": { "lon": 116.4, "lat": 39.9 } })),
            ("/place", json!({ "region": null, "place": { "lon": 116.4, "lat": 39.9 } })),
            ("/place/datum", json!({ "place": { "lon": 121.4, "lat": 31.2, "datum": "nad27" } })),
            ("/region", json!({ "region": "atlantis" })),
            ("/region", json!({ "region": "no spaces" })),
            ("/kind", json!({ "kind": "shipment" })),
            ("/kind", json!({ "kind": "gift" })),
            ("/devices", json!({ "devices": [] })),
            ("/devices/0/category", json!({ "devices": [{ "category": "car" }] })),
            (
                "/devices/0/model",
                json!({ "devices": [{ "category": "phone", "model": "a\u{0}b" }] }),
            ),
            (
                "/devices/1/declared_value",
                json!({ "devices": [
                { "category": "phone" },
                { "category": "phone", "declared_value": { "amount": 1, "currency": "EUR" } }
            ] }),
            ),
            (
                "/handover/0/declared_value",
                json!({ "kind": "exchange", "handover": [
                { "category": "phone", "declared_value": { "amount": -1, "currency": "CNY" } }
            ] }),
            ),
            ("/skills", json!({ "skills": ["two words"] })),
            ("/from", json!({ "from": "2026-03-01" })),
            ("/from", json!({ "from": "tomorrow" })),
            ("/days", json!({ "days": 0 })),
            ("/days", json!({ "days": -1 })),
            ("/extra", json!({ "extra": 1 })),
        ];
        for (pointer, change) in cases {
            let mut body = search();
            for (name, value) in change.as_object().unwrap() {
                body[name] = value.clone();
            }
            let answer = service.checkout.post("/v1/slot-searches", &body).await;
            assert_eq!(answer.pointer(), pointer, "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_hold_keeps_a_place_until_it_runs_out() {
    on_each_database(async |service| {
        let offer = service.offer().await;
        let answer = service.checkout.post("/v1/holds", &json!({ "offer": offer })).await;
        let location = answer.headers["location"].to_str().unwrap().to_owned();
        let hold = answer.expect(201);
        assert_eq!(hold["status"], "held");
        assert_eq!(
            hold["slot"],
            json!({
                "start": "2026-03-02T09:00:00+08:00", "end": "2026-03-02T11:00:00+08:00"
            })
        );
        assert_eq!(hold["expires_at"], "2026-03-02T08:40:00+08:00");
        assert_eq!(location, format!("/v1/holds/{}", hold["id"].as_str().unwrap()));
        assert_eq!(service.checkout.get(&location).await.expect(200), hold);
        service.pass(TimeDelta::minutes(10));
        service.checkout.get(&location).await.problem(410, "hold_expired");
        let late = json!({ "hold_id": hold["id"], "contact": contact() });
        service.checkout.post("/v1/bookings", &late).await.problem(410, "hold_expired");
    })
    .await;
}

#[tokio::test]
async fn an_offer_is_refused_when_changed_when_late_and_when_another_programme_comes() {
    on_sqlite(async |service| {
        let offer = service.offer().await;
        for bad in ["", "ofr_", "nonsense", &format!("{offer}x")] {
            let answer = service.checkout.post("/v1/holds", &json!({ "offer": bad })).await;
            answer.problem(422, "bad_offer");
        }
        let body = json!({ "offer": offer });
        service.other_checkout.post("/v1/holds", &body).await.problem(422, "bad_offer");
        let slots = service.slots().await;
        let afternoon = json!({ "offer": slots[2]["offer"] });
        service.pass(TimeDelta::seconds(601));
        service.checkout.post("/v1/holds", &afternoon).await.problem(410, "offer_expired");
    })
    .await;
}

/// Offers of one slot, held until none is left.
#[tokio::test]
async fn a_slot_that_filled_up_is_refused_with_its_alternatives() {
    on_each_database(async |service| {
        let body = json!({ "offer": service.offer().await });
        for _ in 0..100 {
            let answer = service.checkout.post("/v1/holds", &body).await;
            if answer.status == 201 {
                continue;
            }
            let problem = answer.problem(409, "slot_taken");
            assert!(problem["reason"]["code"].is_string());
            assert!(problem["reason"].get("courier").is_none());
            let open = problem["alternatives"].as_array().unwrap();
            assert!(open.iter().all(|slot| slot["status"] == "available"));
            let other = json!({ "offer": open[0]["offer"] });
            service.checkout.post("/v1/holds", &other).await.expect(201);
            return;
        }
        panic!("one courier took 100 visits in two hours");
    })
    .await;
}

#[tokio::test]
async fn a_hold_is_given_back_once_however_often_it_is_asked() {
    on_each_database(async |service| {
        let hold = service.hold().await;
        let path = format!("/v1/holds/{}", hold["id"].as_str().unwrap());
        service.other_checkout.delete(&path).await.problem(404, "not_found");
        service.checkout.delete(&path).await.expect(204);
        service.checkout.delete(&path).await.expect(204);
        assert_eq!(service.checkout.get(&path).await.expect(200)["status"], "cancelled");
        for unknown in [NO_HOLD, "hld_1", "bkg_00000000000000000000000000000000", "%00"] {
            let path = format!("/v1/holds/{unknown}");
            service.checkout.get(&path).await.problem(404, "not_found");
            service.checkout.delete(&path).await.problem(404, "not_found");
        }
    })
    .await;
}

#[tokio::test]
async fn a_booking_is_made_once_however_often_it_is_sent() {
    on_each_database(async |service| {
        let hold = service.hold().await;
        let body = json!({ "hold_id": hold["id"], "external_id": "order-1", "contact": contact() });
        let answer = service.checkout.post("/v1/bookings", &body).await;
        let location = answer.headers["location"].to_str().unwrap().to_owned();
        let booking = answer.expect(201);
        assert_eq!(booking["status"], "confirmed");
        assert_eq!(booking["contact"], contact());
        assert_eq!(booking["external_id"], "order-1");
        assert_eq!((&booking["date"], &booking["slot"]), (&json!(TODAY), &hold["slot"]));
        assert_eq!(service.checkout.post("/v1/bookings", &body).await.expect(201), booking);
        let answer = service.checkout.get(&location).await;
        let tag = answer.tag();
        assert_eq!(answer.expect(200), booking);
        let unchanged = service.checkout.get_if_changed(&location, &tag).await;
        assert_eq!(unchanged.tag(), tag);
        unchanged.expect(304);
        let hold_path = format!("/v1/holds/{}", hold["id"].as_str().unwrap());
        let became = service.checkout.get(&hold_path).await.expect(200);
        assert_eq!(became["booking_id"], booking["id"]);
        service.checkout.delete(&hold_path).await.problem(409, "state_conflict");
        assert_eq!(service.checkout.get(&location).await.expect(200)["status"], "confirmed");
    })
    .await;
}

#[tokio::test]
async fn an_external_id_belongs_to_one_booking_of_a_programme() {
    on_each_database(async |service| {
        let first = service.booking("order-1").await;
        let hold = service.hold().await;
        let body = json!({ "hold_id": hold["id"], "external_id": "order-1", "contact": contact() });
        let problem =
            service.checkout.post("/v1/bookings", &body).await.problem(409, "external_id_taken");
        assert_eq!(problem["booking_id"], first["id"]);
    })
    .await;
}

#[tokio::test]
async fn an_invalid_booking_is_pointed_at() {
    on_sqlite(async |service| {
        let hold = service.hold().await;
        let body = json!({ "hold_id": hold["id"], "contact": contact() });
        let with = |pointer: &str, value: Value| {
            let mut body = body.clone();
            *body.pointer_mut(pointer).unwrap() = value;
            body
        };
        let cases = [
            ("/hold_id", with("/hold_id", json!("bkg_1"))),
            ("/contact/name", with("/contact/name", json!(""))),
            ("/contact/phone", with("/contact/phone", json!(13_800_000_000_u64))),
            ("/contact/address", with("/contact/address", json!("x".repeat(501)))),
            ("/contact", with("/contact", json!({ "name": "Lin", "phone": "1" }))),
            ("/contact/mail", with("/contact", json!({ "mail": "x" }))),
        ];
        for (pointer, body) in cases {
            let answer = service.checkout.post("/v1/bookings", &body).await;
            assert_eq!(answer.pointer(), pointer, "{body}");
        }
        let mut long = body.clone();
        long["external_id"] = json!("x".repeat(129));
        assert_eq!(service.checkout.post("/v1/bookings", &long).await.pointer(), "/external_id");
        let unknown = with("/hold_id", json!(NO_HOLD));
        service.checkout.post("/v1/bookings", &unknown).await.problem(404, "not_found");
        service.other_checkout.post("/v1/bookings", &body).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_booking_stays_cancelled_and_frees_its_place() {
    on_each_database(async |service| {
        let before = service.dispatcher.get(&day("")).await.expect(200)["summary"].clone();
        let booking = service.booking("order-1").await;
        let path = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
        let cancel = format!("{path}/cancel");
        service.other_checkout.get(&path).await.problem(404, "not_found");
        service.other_checkout.ask(&cancel).await.problem(404, "not_found");
        service.far_dispatcher.get(&path).await.problem(403, "forbidden");
        service.far_dispatcher.ask(&cancel).await.problem(403, "forbidden");
        assert_eq!(service.dispatcher.get(&path).await.expect(200), booking);
        let cancelled = service.checkout.ask(&cancel).await.expect(200);
        assert_eq!(cancelled["status"], "cancelled");
        assert_eq!(service.checkout.ask(&cancel).await.expect(200), cancelled);
        let after = service.dispatcher.get(&day("")).await.expect(200)["summary"].clone();
        assert_eq!(after, before);
        let unknown = format!("/v1/bookings/{NO_BOOKING}");
        service.checkout.get(&unknown).await.problem(404, "not_found");
        service.admin.ask(&format!("{unknown}/cancel")).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_visit_under_way_is_not_cancelled() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let route = service.courier.get("/v1/couriers/me/route").await.expect(200);
        let leave_at = route["stops"][0]["leave_at"].as_str().unwrap();
        let leave_at: DateTime<chrono::FixedOffset> = leave_at.parse().unwrap();
        service.pass(leave_at.to_utc() - service.now() + TimeDelta::minutes(1));
        let path = format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap());
        service.checkout.ask(&path).await.problem(409, "under_way");
    })
    .await;
}

fn day(part: &str) -> String {
    format!("/v1/regions/shanghai/days/{TODAY}{part}")
}
