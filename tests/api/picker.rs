//! The slot picker in a shop's page: what its key may do, and from where.

use super::service::{on_each_database, on_sqlite, search, settings};
use doorstep::http::HttpSettings;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_picker_holds_and_the_shops_checkout_books() {
    on_each_database(async |service| {
        let found = service.picker.post("/v1/slot-searches", &search()).await.expect(200);
        let slots = found["slots"].as_array().unwrap().iter();
        let offer = slots.map(|slot| &slot["offer"]).find(|offer| offer.is_string()).unwrap();
        let hold = service.picker.post("/v1/holds", &json!({ "offer": offer })).await.expect(201);
        let path = format!("/v1/holds/{}", hold["id"].as_str().unwrap());
        assert_eq!(service.picker.get(&path).await.expect(200), hold);
        let contact = super::service::contact();
        let body = json!({ "hold_id": hold["id"], "contact": contact });
        service.picker.post("/v1/bookings", &body).await.problem(403, "forbidden");
        let booking = service.checkout.post("/v1/bookings", &body).await.expect(201);
        // What became of the hold is told, but nothing of the booking.
        let path = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
        service.picker.get(&path).await.problem(403, "forbidden");
        service.picker.ask(&format!("{path}/cancel")).await.problem(403, "forbidden");
        service
            .picker
            .delete(&format!("/v1/holds/{}", hold["id"].as_str().unwrap()))
            .await
            .problem(409, "state_conflict");
    })
    .await;
}

#[tokio::test]
async fn a_picker_gives_its_own_programmes_hold_back_and_no_other() {
    on_sqlite(async |service| {
        let hold = service.hold().await;
        let path = format!("/v1/holds/{}", hold["id"].as_str().unwrap());
        assert_eq!(service.picker.delete(&path).await.status, 204);
        service.other_checkout.delete(&path).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn pages_of_the_origins_named_may_call() {
    on_sqlite(async |service| {
        let shop = "https://shop.example";
        let allowed_origins = vec![shop.parse().unwrap()];
        let with = HttpSettings { allowed_origins, ..settings() };
        let open = service.replica(&service.picker, with).await;
        let asks = async |base: &str, origin: &str| {
            let request = open.client.request(Method::OPTIONS, format!("{base}/v1/holds"));
            let request = request
                .header("origin", origin)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization,idempotency-key");
            request.send().await.unwrap().headers().clone()
        };
        let told = asks(&open.base, shop).await;
        assert_eq!(told["access-control-allow-origin"], shop);
        let headers = told["access-control-allow-headers"].to_str().unwrap();
        assert!(headers.contains("idempotency-key"), "{headers}");
        let stranger = asks(&open.base, "https://other.example").await;
        assert!(!stranger.contains_key("access-control-allow-origin"), "{stranger:?}");
        // Where nobody is named, nobody may.
        let told = asks(&service.nobody.base, shop).await;
        assert!(!told.contains_key("access-control-allow-origin"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn answers_say_when_it_is_by_the_services_clock() {
    on_sqlite(async |service| {
        let answer = service.nobody.get("/v1/map").await;
        assert_eq!(answer.headers["date"], "Mon, 02 Mar 2026 00:30:00 GMT");
    })
    .await;
}
