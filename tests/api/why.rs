//! Why a booking is with its courier, or with nobody.

use super::crew::{more_couriers, moved, to_courier};
use super::service::on_sqlite;
use chrono::TimeDelta;
use serde_json::{Value, json};

fn path(booking: &Value) -> String {
    format!("/v1/bookings/{}/why", booking["id"].as_str().unwrap())
}

fn answer_of<'a>(why: &'a Value, courier: &str) -> &'a Value {
    let answers = why["couriers"].as_array().unwrap();
    answers.iter().find(|answer| answer["courier"] == courier).unwrap()
}

#[tokio::test]
async fn every_courier_answers_for_a_booking_with_a_place() {
    on_sqlite(async |service| {
        more_couriers(&service).await;
        let booking = service.booking("order-1").await;
        moved(&service, &to_courier(&booking, "c2")).await;
        let why = service.dispatcher.get(&path(&booking)).await.expect(200);
        assert_eq!((&why["complete"], &why["here"]["courier"]), (&json!(true), &json!("c2")));
        assert_eq!(why["here"]["cost"]["stops"], 1);
        assert_eq!(why["couriers"].as_array().unwrap().len(), 3);
        let own = answer_of(&why, "c2");
        assert_eq!((&own["current"], &own["cost"]), (&json!(true), &why["here"]["cost"]));
        let other = answer_of(&why, "c1");
        assert_eq!((&other["current"], &other["feasible"]), (&json!(false), &json!(true)));
        assert_eq!(other["cost"]["travel_s"], other["place"]["marginal"]["travel_s"]);
        let evening = answer_of(&why, "c3");
        assert_eq!(evening["reason"]["code"], "no_shift");
        assert_eq!(evening["reason"]["relaxation"]["change"], "end");
        assert!(evening["reason"]["relaxation"]["by_s"].as_i64().unwrap() > 0);
        service.admin.get(&path(&booking)).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_booking_without_a_place_has_only_the_answers() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let away = json!({ "moves": [{ "booking_id": booking["id"], "unassign": true }] });
        moved(&service, &away).await;
        let why = service.dispatcher.get(&path(&booking)).await.expect(200);
        assert!(why.get("here").is_none());
        assert_eq!(answer_of(&why, "c1")["feasible"], true);
    })
    .await;
}

#[tokio::test]
async fn what_is_over_or_elsewhere_is_not_explained() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let ask = path(&booking);
        service.far_dispatcher.get(&ask).await.problem(403, "forbidden");
        service.checkout.get(&ask).await.problem(403, "forbidden");
        service.nobody.get(&ask).await.problem(401, "unauthorized");
        let none = json!({ "id": "bkg_00000000000000000000000000000000" });
        service.dispatcher.get(&path(&none)).await.problem(404, "not_found");
        let cancelled = service.booking("order-2").await;
        let cancel = path(&cancelled).replace("/why", "/cancel");
        service.checkout.ask(&cancel).await.expect(200);
        service.dispatcher.get(&path(&cancelled)).await.problem(409, "state_conflict");
        service.pass(TimeDelta::hours(9));
        service.dispatcher.get(&ask).await.problem(409, "under_way");
    })
    .await;
}
