//! A courier's own route.

use super::service::{contact, on_each_database, on_sqlite};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

const ROUTE: &str = "/v1/couriers/me/route";

fn moment(value: &Value) -> DateTime<FixedOffset> {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_route_lists_every_stop_with_times_that_add_up() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let route = service.courier.get(ROUTE).await.expect(200);
        assert!(route["id"].as_str().unwrap().starts_with("rte_"));
        assert_eq!(route["courier"], json!({ "id": "c1", "name": "Chen", "vehicle": "ebike" }));
        assert_eq!(
            route["shift"],
            json!({
                "start": "2026-03-02T09:00:00+08:00", "end": "2026-03-02T18:00:00+08:00"
            })
        );
        assert_eq!(route["capacity"]["parcels"], 20);
        assert_eq!(route["capacity"]["value"], Value::Null, "no insured cap was given");
        let stops = route["stops"].as_array().unwrap();
        let kinds: Vec<&str> = stops.iter().map(|stop| stop["kind"].as_str().unwrap()).collect();
        assert_eq!((kinds[0], kinds[kinds.len() - 1], kinds.len()), ("start", "end", 4));
        let visit = stops.iter().find(|stop| stop["kind"] == "visit").unwrap();
        assert_eq!(visit["booking_id"], booking["id"]);
        assert_eq!(visit["status"], "confirmed");
        assert_eq!(visit["promise"], booking["slot"]);
        assert_eq!(visit["contact"], contact());
        assert_eq!(visit["devices"], booking["devices"]);
        assert_eq!(visit["place"], json!({ "lon": 121.4737, "lat": 31.2304, "datum": "wgs84" }));
        assert_eq!(visit["load_after"]["parcels"], 1);
        for (seq, stop) in (1..).zip(stops) {
            assert_eq!(stop["seq"], seq);
            let wait = TimeDelta::seconds(stop["wait_s"].as_i64().unwrap());
            let service = TimeDelta::seconds(stop["service_s"].as_i64().unwrap());
            assert_eq!(moment(&stop["arrive_at"]) + wait, moment(&stop["start_at"]));
            assert_eq!(moment(&stop["start_at"]) + service, moment(&stop["leave_at"]));
        }
    })
    .await;
}

#[tokio::test]
async fn a_held_place_is_shown_without_its_customer() {
    on_sqlite(async |service| {
        service.hold().await;
        let route = service.courier.get(ROUTE).await.expect(200);
        let visit = route["stops"].as_array().unwrap().iter().find(|s| s["kind"] == "visit");
        let visit = visit.unwrap();
        assert_eq!(visit["status"], "held");
        assert!(visit.get("contact").is_none());
    })
    .await;
}

#[tokio::test]
async fn the_tag_changes_when_the_route_does() {
    on_each_database(async |service| {
        let before = service.courier.get(ROUTE).await.tag();
        service.courier.get_if_changed(ROUTE, &before).await.expect(304);
        let several = format!("\"other\", W/{before}");
        service.courier.get_if_changed(ROUTE, &several).await.expect(304);
        let booking = service.booking("order-1").await;
        let answer = service.courier.get_if_changed(ROUTE, &before).await;
        assert_ne!(answer.tag(), before);
        let booked = answer.expect(200);
        let path = format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap());
        service.checkout.ask(&path).await.expect(200);
        let empty = service.courier.get(ROUTE).await.expect(200);
        assert!(empty["version"].as_i64().unwrap() > booked["version"].as_i64().unwrap());
        assert_eq!(empty["paid_s"], 0);
    })
    .await;
}

#[tokio::test]
async fn a_courier_sees_the_days_on_which_they_work() {
    on_sqlite(async |service| {
        let tomorrow = format!("{ROUTE}?date=2026-03-03");
        assert_eq!(service.courier.get(&tomorrow).await.expect(200)["date"], "2026-03-03");
        service.idle_courier.get(ROUTE).await.problem(404, "not_found");
        let past = format!("{ROUTE}?date=2020-01-01");
        service.courier.get(&past).await.problem(422, "no_such_day");
        let far = format!("{ROUTE}?date=2027-01-01");
        service.courier.get(&far).await.problem(422, "no_such_day");
        for query in ["date=tomorrow", "date=-9999-01-01", "date=+12345-01-01", "day=2026-03-02"] {
            let answer = service.courier.get(&format!("{ROUTE}?{query}")).await;
            answer.problem(400, "malformed_query");
        }
    })
    .await;
}
