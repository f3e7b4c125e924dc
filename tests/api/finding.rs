//! What a dispatcher looks up on a day: bookings by what people know of them, a few routes, and where
//! couriers are.

use super::service::{Service, on_each_database, on_sqlite};
use chrono::TimeDelta;
use serde_json::{Value, json};

const DAY: &str = "/v1/regions/shanghai/days/2026-03-02";

async fn found(service: &Service, query: &str) -> Vec<(String, Value)> {
    let path = format!("{DAY}/bookings?query={query}");
    let answer = service.dispatcher.get(&path).await.expect(200);
    let bookings = answer["bookings"].as_array().unwrap().iter();
    let pair =
        |one: &Value| (one["matched"].as_str().unwrap().to_owned(), one["booking_id"].clone());
    bookings.map(pair).collect()
}

/// A booking of a phone whose IMEI the shop knows.
async fn with_imei(service: &Service) -> Value {
    let mut request = super::service::search();
    request["devices"][0]["imei"] = json!("490154203237518");
    let slots = service.checkout.post("/v1/slot-searches", &request).await.expect(200);
    let slots = slots["slots"].as_array().unwrap().clone();
    let offer = slots.iter().map(|slot| &slot["offer"]).find(|offer| offer.is_string()).unwrap();
    let contact = json!({
        "name": "王小明", "phone": "+86 139-1234-5678", "address": "南京西路 88 号"
    });
    let body = json!({ "offer": offer, "external_id": "Order-77", "contact": contact });
    service.checkout.post("/v1/bookings", &body).await.expect(201)
}

#[tokio::test]
async fn a_booking_is_found_by_what_people_know_of_it() {
    on_each_database(async |service| {
        let other = service.booking("order-1").await;
        let booking = with_imei(&service).await;
        let id = booking["id"].as_str().unwrap();
        let only = |matched: &str| vec![(matched.to_owned(), booking["id"].clone())];
        assert_eq!(found(&service, id).await, only("booking_id"));
        assert_eq!(found(&service, &id[id.len() - 8..]).await, only("booking_id"));
        assert_eq!(found(&service, "order-77").await, only("external_id"));
        assert_eq!(found(&service, "5678").await, only("phone"));
        assert_eq!(found(&service, "1234-5678").await, only("phone"));
        assert_eq!(found(&service, "237518").await, only("imei"));
        assert_eq!(found(&service, "王小明").await, only("name"));
        assert_eq!(found(&service, "南京西").await, only("address"));
        assert_eq!(found(&service, "nothing-like-it").await, []);
        assert_eq!(found(&service, "lin").await, [("name".to_owned(), other["id"].clone())]);
        let path = format!("{DAY}/bookings?query=77");
        service.dispatcher.get(&path).await.problem(422, "invalid");
        service.dispatcher.get(&format!("{DAY}/bookings")).await.problem(400, "malformed_query");
        let path = format!("{DAY}/bookings?query=order");
        service.far_dispatcher.get(&path).await.problem(403, "forbidden");
        service.checkout.get(&path).await.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_few_routes_of_a_day_can_be_read() {
    on_sqlite(async |service| {
        service.booking("order-1").await;
        let whole = service.dispatcher.get(DAY).await.expect(200);
        let all = whole["routes"].as_array().unwrap();
        let wanted = all.last().unwrap();
        let unknown = "rte_0195577b8f2c5d4e9a31c6a0f3d85b12";
        let path = format!("{DAY}?routes={},{unknown}", wanted["id"].as_str().unwrap());
        let part = service.dispatcher.get(&path).await.expect(200);
        assert_eq!(part["routes"], json!([wanted]));
        for name in ["summary", "unassigned", "version"] {
            assert_eq!(part[name], whole[name], "{name}");
        }
        for bad in ["x", "", "rte_1"] {
            let path = format!("{DAY}?routes={bad}");
            service.dispatcher.get(&path).await.problem(400, "malformed_query");
        }
    })
    .await;
}

#[tokio::test]
async fn couriers_are_where_their_phones_told_last() {
    on_each_database(async |service| {
        let seen = async || {
            let path = format!("{DAY}/positions");
            service.dispatcher.get(&path).await.expect(200)["couriers"].clone()
        };
        assert_eq!(seen().await, json!([]));
        let (now, far) = (service.now(), json!({ "lon": 121.6, "lat": 31.3 }));
        let positions = json!({ "positions": [
            { "at": now, "place": far, "accuracy_m": 15 },
            { "at": now - TimeDelta::minutes(1), "place": { "lon": 121.48, "lat": 31.22 } },
        ] });
        service.courier.post("/v1/couriers/me/positions", &positions).await.expect(200);
        let place = json!({ "lon": 121.6, "lat": 31.3, "datum": "wgs84" });
        let expected = json!([{
            "courier": "c1", "at": "2026-03-02T08:30:00+08:00", "place": place, "accuracy_m": 15
        }]);
        assert_eq!(seen().await, expected);
        service.pass(TimeDelta::hours(2) + TimeDelta::seconds(1));
        assert_eq!(seen().await, json!([]), "long ago is nowhere");
        service.far_dispatcher.get(&format!("{DAY}/positions")).await.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_customer_sees_about_where_the_courier_is_once_it_is_their_turn() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let link = format!("/v1/tracking/{}", booking["tracking"]["token"].as_str().unwrap());
        let place = json!({ "lon": 121.470_123, "lat": 31.230_987 });
        let here = json!({ "positions": [{ "at": service.now(), "place": place }] });
        service.courier.post("/v1/couriers/me/positions", &here).await.expect(200);
        let shown = service.nobody.get(&link).await.expect(200);
        assert!(shown.get("courier").is_none(), "{shown}");
        let event = json!({ "events": [
            { "id": "1", "type": "departed", "at": service.now(), "booking_id": booking["id"] }
        ] });
        service.courier.post("/v1/couriers/me/events", &event).await.expect(200);
        let shown = service.nobody.get(&link).await.expect(200);
        let about = json!({ "lon": 121.47, "lat": 31.231, "datum": "wgs84" });
        assert_eq!(shown["courier"]["seen"]["place"], about);
        service.pass(TimeDelta::minutes(16));
        let shown = service.nobody.get(&link).await.expect(200);
        assert!(shown["courier"].get("seen").is_none(), "{shown}");
    })
    .await;
}
