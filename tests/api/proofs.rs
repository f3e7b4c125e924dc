//! What shows that a visit was made: photos, a signature, the customer's code.

use super::service::{Service, on_each_database, on_sqlite};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// The customer's code, by the booking's link.
async fn code(service: &Service, booking: &Value) -> Value {
    let path = format!("/v1/tracking/{}", booking["tracking"]["token"].as_str().unwrap());
    service.nobody.get(&path).await.expect(200)["door_code"].clone()
}

async fn collect(service: &Service, booking: &Value, evidence: Value) -> Value {
    service.pass(TimeDelta::minutes(40));
    let events = json!({ "events": [{
        "id": "1", "type": "collected", "at": service.now(), "booking_id": booking["id"],
        "evidence": evidence,
    }] });
    let answer = service.courier.post("/v1/couriers/me/events", &events).await.expect(200);
    answer["results"][0].clone()
}

async fn proof(service: &Service, booking: &Value) -> Value {
    let path = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
    service.checkout.get(&path).await.expect(200)["proof"].clone()
}

#[tokio::test]
async fn the_shop_sees_what_shows_the_visit() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let code = code(&service, &booking).await;
        assert!(code.as_str().is_some_and(|code| code.len() == 4), "{code}");
        let (photo, signature) = ("ab".repeat(32), "cd".repeat(32));
        let evidence = json!({ "photos": [photo], "signature": signature, "code": code });
        let result = collect(&service, &booking, evidence).await;
        assert_eq!(result["status"], "recorded", "{result}");
        let expected = json!({ "photos": [photo], "signature": signature, "code_matches": true });
        assert_eq!(proof(&service, &booking).await, expected);
        assert_eq!(self::code(&service, &booking).await, Value::Null, "nobody is to come any more");
    })
    .await;
}

#[tokio::test]
async fn a_code_of_somebody_else_is_recorded_and_said() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let right = code(&service, &booking).await;
        let wrong = if right == "0000" { "1111" } else { "0000" };
        let result = collect(&service, &booking, json!({ "code": wrong })).await;
        assert_eq!((&result["status"], &result["code"]), (&json!("noted"), &json!("wrong_code")));
        let expected = json!({ "photos": [], "code_matches": false });
        assert_eq!(proof(&service, &booking).await, expected);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_evidence_is_refused_by_itself() {
    for evidence in [
        json!({ "signature": "of mine" }),
        json!({ "code": "12a4" }),
        json!({ "code": "" }),
        json!({ "photos": ["ab"] }),
    ] {
        on_sqlite(async |service| {
            let booking = service.booking("order-1").await;
            let result = collect(&service, &booking, evidence.clone()).await;
            let given = (&result["status"], &result["code"]);
            assert_eq!(given, (&json!("rejected"), &json!("unreadable")), "{evidence}");
            assert_eq!(proof(&service, &booking).await, Value::Null);
        })
        .await;
    }
}
