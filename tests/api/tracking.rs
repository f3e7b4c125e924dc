//! A customer's own booking, by its link.

use super::service::{Service, on_each_database, on_sqlite, settings};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

fn link(booking: &Value) -> String {
    format!("/v1/tracking/{}", booking["tracking"]["token"].as_str().unwrap())
}

async fn route_stop(service: &Service, booking: &Value) -> Value {
    let route = service.courier.get("/v1/couriers/me/route").await.expect(200);
    let stops = route["stops"].as_array().unwrap().clone();
    stops.into_iter().find(|stop| stop["booking_id"] == booking["id"]).unwrap()
}

fn moment(value: &Value) -> DateTime<FixedOffset> {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_booking_has_a_link_that_shows_it_without_a_key() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let token = booking["tracking"]["token"].as_str().unwrap();
        assert_eq!(booking["tracking"]["url"], format!("/t/{token}"));
        let path = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
        let read = service.checkout.get(&path).await.expect(200);
        assert_eq!(read["tracking"], booking["tracking"]);

        let shown = service.nobody.get(&link(&booking)).await.expect(200);
        assert_eq!(shown["status"], "confirmed");
        assert_eq!(shown["slot"], booking["slot"]);
        let steps = json!(["account_lock_off", "data_erased", "charged", "id_at_hand"]);
        assert_eq!(shown["prepare"], steps);
        assert_eq!((&shown["can_cancel"], &shown["can_reschedule"]), (&json!(true), &json!(true)));
        assert!(shown.get("courier").is_none(), "nobody is on the way yet");
        let planned = moment(&route_stop(&service, &booking).await["start_at"]);
        let told = moment(&shown["eta_at"]);
        assert!((told - planned).abs() <= TimeDelta::minutes(5), "{told} {planned}");
        assert_eq!(told.timestamp() % 600, 0, "to ten minutes");
        let text = shown.to_string();
        assert!(!text.contains("13800000000") && !text.contains("Chen"), "{text}");

        let elsewhere = service.replica(&service.nobody, settings()).await;
        assert_eq!(elsewhere.get(&link(&booking)).await.expect(200), shown);
    })
    .await;
}

#[tokio::test]
async fn the_courier_has_a_name_once_under_way_and_the_visit_is_then_fixed() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let stop = route_stop(&service, &booking).await;
        let arrive = moment(&stop["arrive_at"]).to_utc();
        service.clock.advance_to(arrive - TimeDelta::seconds(1));
        let shown = service.nobody.get(&link(&booking)).await.expect(200);
        assert_eq!(shown["courier"], json!({ "first_name": "Chen" }));
        assert_eq!(
            (&shown["can_cancel"], &shown["can_reschedule"]),
            (&json!(false), &json!(false))
        );
        let cancel = format!("{}/cancel", link(&booking));
        service.nobody.ask(&cancel).await.problem(409, "under_way");
    })
    .await;
}

#[tokio::test]
async fn a_customer_calls_off_and_the_log_says_so() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let cancel = format!("{}/cancel", link(&booking));
        for _ in 0..2 {
            let shown = service.nobody.ask(&cancel).await.expect(200);
            assert_eq!(shown["status"], "cancelled");
            assert_eq!(shown["can_cancel"], false);
            assert!(shown.get("eta_at").is_none());
        }
        let log = service.dispatcher.get("/v1/regions/shanghai/days/2026-03-02/events").await;
        let log = log.expect(200);
        let cancelled: Vec<&Value> = log["events"].as_array().unwrap().iter().skip(2).collect();
        let actor = format!("customer:{}", booking["id"].as_str().unwrap());
        assert_eq!(cancelled.len(), 1, "once");
        assert_eq!(
            (&cancelled[0]["kind"], &cancelled[0]["actor"]),
            (&json!("booking.cancelled"), &json!(actor))
        );
    })
    .await;
}

#[tokio::test]
async fn a_link_that_was_not_given_shows_nothing() {
    on_sqlite(async |service| {
        let (one, other) = (service.booking("order-1").await, service.booking("order-2").await);
        let (one, other) = (link(&one), link(&other));
        // The id of the one under the signature of the other.
        let mixed = format!("{}{}", &one[..one.len() - 20], &other[other.len() - 20..]);
        for path in [mixed.as_str(), &one[..one.len() - 1], "/v1/tracking/x"] {
            service.nobody.get(path).await.problem(404, "not_found");
            service.nobody.get(&format!("{path}/stream")).await.problem(404, "not_found");
            service.nobody.ask(&format!("{path}/cancel")).await.problem(404, "not_found");
        }
        let hold = service.hold().await;
        assert!(hold.get("tracking").is_none(), "what is only held has no link");
    })
    .await;
}

#[tokio::test]
async fn a_link_is_good_for_thirty_days_after_the_visit() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let end = moment(&booking["slot"]["end"]).to_utc();
        service.clock.advance_to(end + TimeDelta::days(30));
        service.nobody.get(&link(&booking)).await.expect(200);
        service.pass(TimeDelta::seconds(1));
        service.nobody.get(&link(&booking)).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_stream_shows_the_booking_when_something_of_it_changes_and_not_otherwise() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let stream = format!("{}/stream", link(&booking));
        let mut stream = service.nobody.listen(&stream, None).await;
        let first = stream.expect("booking").await;
        assert_eq!(first.data, service.nobody.get(&link(&booking)).await.expect(200));
        // Somebody else's hold, and the end of it, may or may not change when the courier comes.
        let hold = service.hold().await;
        service.checkout.delete(&format!("/v1/holds/{}", hold["id"].as_str().unwrap())).await;
        let path = format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap());
        service.checkout.ask(&path).await.expect(200);
        let mut last = first;
        while last.data["status"] != "cancelled" {
            let next = stream.expect("booking").await;
            assert_ne!(next.data, last.data, "only what is seen");
            last = next;
        }
    })
    .await;
}

#[tokio::test]
async fn a_stream_follows_a_booking_to_another_day() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let path = format!("{}/stream", link(&booking));
        let mut stream = service.nobody.listen(&path, None).await;
        stream.expect("booking").await;
        let mut search = super::service::search();
        search["from"] = json!("2026-03-03");
        let slots = service.checkout.post("/v1/slot-searches", &search).await.expect(200);
        let slots = slots["slots"].as_array().unwrap();
        let open = slots.iter().find(|slot| slot["status"] == "available").unwrap();
        let hold = service.checkout.post("/v1/holds", &json!({ "offer": open["offer"] })).await;
        let to = json!({ "hold_id": hold.expect(201)["id"] });
        let call = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
        service.checkout.post(&format!("{call}/reschedule"), &to).await.expect(200);
        assert_eq!(stream.expect("booking").await.data["date"], "2026-03-03");
        service.checkout.ask(&format!("{call}/cancel")).await.expect(200);
        assert_eq!(stream.expect("booking").await.data["status"], "cancelled");
    })
    .await;
}

#[tokio::test]
async fn a_customer_moves_to_another_slot_of_the_same_booking() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let asked = json!({ "from": "2026-03-03", "days": 1 });
        let search = format!("{}/slot-searches", link(&booking));
        let found = service.nobody.post(&search, &asked).await.expect(200);
        let slot = &found["slots"][1];
        let keys: Vec<&String> = slot.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["end", "offer", "start"], "nothing of the routes");
        let to = json!({ "offer": slot["offer"] });
        let path = format!("{}/reschedule", link(&booking));
        let moved = service.nobody.post(&path, &to).await.expect(200);
        assert_eq!(moved["slot"], json!({ "start": slot["start"], "end": slot["end"] }));
        let path = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
        let read = service.checkout.get(&path).await.expect(200);
        assert_eq!((&read["slot"], &read["tracking"]), (&moved["slot"], &booking["tracking"]));
        assert_eq!(read["external_id"], "order-1");
    })
    .await;
}

#[tokio::test]
async fn an_offer_for_something_else_moves_nothing() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let mut other = super::service::search();
        other["place"]["lat"] = json!(31.24);
        let found = service.checkout.post("/v1/slot-searches", &other).await.expect(200);
        let slots = found["slots"].as_array().unwrap();
        let open = slots.iter().find(|slot| slot["status"] == "available").unwrap();
        let path = format!("{}/reschedule", link(&booking));
        for offer in [open["offer"].clone(), json!("ofr_x.y")] {
            let answer = service.nobody.post(&path, &json!({ "offer": offer })).await;
            answer.problem(422, "bad_offer");
        }
        let cancelled = service.nobody.ask(&format!("{}/cancel", link(&booking))).await;
        cancelled.expect(200);
        let offer = json!({ "offer": service.offer().await });
        service.nobody.post(&path, &offer).await.problem(409, "state_conflict");
        let day = service.dispatcher.get("/v1/regions/shanghai/days/2026-03-02").await.expect(200);
        assert_eq!(day["summary"]["held"], 0, "the place that was taken for it is given back");
    })
    .await;
}
