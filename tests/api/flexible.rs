//! Promises of one of several slots.

use super::service::{Service, TODAY, contact, on_each_database, search};
use chrono::TimeDelta;
use serde_json::{Value, json};

const TOMORROW: &str = "2026-03-03";

/// A search for both dates; tomorrow it is for what is left of them.
async fn offers(service: &Service, from: &str) -> Value {
    let mut body = search();
    body["from"] = json!(from);
    body["days"] = json!(2);
    body["flexible"] = json!(true);
    service.checkout.post("/v1/slot-searches", &body).await.expect(200)
}

/// The open slots of a date as windows.
fn open_windows(answer: &Value, date: &str) -> Vec<Value> {
    let slots = answer["slots"].as_array().unwrap().iter();
    let open = slots.filter(|slot| {
        slot["status"] == "available" && slot["start"].as_str().unwrap().starts_with(date)
    });
    open.map(|slot| json!({ "start": slot["start"], "end": slot["end"] })).collect()
}

#[tokio::test]
async fn a_search_offers_the_choice_only_where_there_is_one_and_it_is_asked_for() {
    on_each_database(async |service| {
        let answer = offers(&service, TODAY).await;
        let flexible = answer["flexible"].as_array().unwrap();
        assert_eq!(flexible.len(), 2);
        let (today, tomorrow) = (&flexible[0], &flexible[1]);
        assert_eq!((&today["date"], &tomorrow["date"]), (&json!(TODAY), &json!(TOMORROW)));
        assert_eq!(tomorrow["any_of"], json!(open_windows(&answer, TOMORROW)));
        assert_eq!(tomorrow["fixed_at"], "2026-03-03T07:00:00+08:00");
        let first = today["any_of"][0]["start"].as_str().unwrap();
        assert_eq!(first, "2026-03-02T11:00:00+08:00", "the customer hears two hours before");
        assert!(tomorrow["marginal"]["travel_s"].as_i64().unwrap() > 0);
        let plain = service.checkout.post("/v1/slot-searches", &search()).await.expect(200);
        assert!(plain.get("flexible").is_none());
    })
    .await;
}

#[tokio::test]
async fn it_is_open_until_it_is_fixed() {
    on_each_database(async |service| {
        let answer = offers(&service, TODAY).await;
        let offer = &answer["flexible"][1];
        let hold = json!({ "offer": offer["offer"] });
        let hold = service.checkout.post("/v1/holds", &hold).await.expect(201);
        assert_eq!(hold["flexible"]["any_of"], offer["any_of"]);
        assert!(offer["any_of"].as_array().unwrap().contains(&hold["slot"]));
        let body = json!({ "hold_id": hold["id"], "contact": contact() });
        let booking = service.checkout.post("/v1/bookings", &body).await.expect(201);
        assert_eq!(booking["flexible"], hold["flexible"]);
        let path = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
        assert_eq!(service.checkout.get(&path).await.expect(200), booking);

        service.pass(TimeDelta::hours(23));
        // Whatever is done on that day comes after what is due.
        let answer = offers(&service, TOMORROW).await;
        let other = json!({ "offer": answer["flexible"][0]["offer"] });
        service.checkout.post("/v1/holds", &other).await.expect(201);
        let fixed = service.checkout.get(&path).await.expect(200);
        assert!(fixed.get("flexible").is_none());
        assert!(offer["any_of"].as_array().unwrap().contains(&fixed["slot"]));
        assert_eq!(fixed["status"], "confirmed");
    })
    .await;
}
