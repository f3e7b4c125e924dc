//! Bookings that move to another slot, and bookings without a hold.

use super::service::{Service, TODAY, contact, on_each_database, on_sqlite, search};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

const TOMORROW: &str = "2026-03-03";

async fn slots_on(service: &Service, date: &str) -> Vec<Value> {
    let mut body = search();
    body["from"] = json!(date);
    let answer = service.checkout.post("/v1/slot-searches", &body).await.expect(200);
    let slots = answer["slots"].as_array().unwrap().iter();
    slots.filter(|slot| slot["status"] == "available").cloned().collect()
}

/// A hold of the last slot that is available on a date.
async fn last_hold(service: &Service, date: &str) -> Value {
    let slots = slots_on(service, date).await;
    let offer = json!({ "offer": slots.last().unwrap()["offer"] });
    service.checkout.post("/v1/holds", &offer).await.expect(201)
}

/// The bookings on the routes of a date.
async fn visited(service: &Service, date: &str) -> Vec<Value> {
    let path = format!("/v1/regions/shanghai/days/{date}");
    let day = service.dispatcher.get(&path).await.expect(200);
    let routes = day["routes"].as_array().unwrap().iter();
    let stops = routes.flat_map(|route| route["stops"].as_array().unwrap().clone());
    stops.filter(|stop| stop["kind"] == "visit").map(|stop| stop["booking_id"].clone()).collect()
}

fn path(booking: &Value, action: &str) -> String {
    format!("/v1/bookings/{}{action}", booking["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_booking_moves_within_its_day_and_to_another() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        for date in [TODAY, TOMORROW, TODAY] {
            let hold = last_hold(&service, date).await;
            let to = json!({ "hold_id": hold["id"] });
            let moved =
                service.checkout.post(&path(&booking, "/reschedule"), &to).await.expect(200);
            assert_eq!((&moved["id"], &moved["status"]), (&booking["id"], &json!("confirmed")));
            assert_eq!((&moved["date"], &moved["slot"]), (&json!(date), &hold["slot"]));
            assert_eq!(moved["external_id"], "order-1");
            assert_eq!(moved["contact"], contact());
            assert_eq!(service.checkout.get(&path(&booking, "")).await.expect(200), moved);
            let other = if date == TODAY { TOMORROW } else { TODAY };
            assert_eq!(visited(&service, date).await, [booking["id"].clone()]);
            assert!(visited(&service, other).await.is_empty());
            let ended = format!("/v1/holds/{}", hold["id"].as_str().unwrap());
            assert_eq!(service.checkout.get(&ended).await.expect(200)["status"], "cancelled");
        }
        service.checkout.ask(&path(&booking, "/cancel")).await.expect(200);
        assert!(visited(&service, TODAY).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_log_names_the_routes_that_a_booking_left_and_came_to() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        for date in [TODAY, TOMORROW] {
            let to = json!({ "hold_id": last_hold(&service, date).await["id"] });
            service.checkout.post(&path(&booking, "/reschedule"), &to).await.expect(200);
        }
        service.checkout.ask(&path(&booking, "/cancel")).await.expect(200);
        let today = service.courier.get("/v1/couriers/me/route").await.expect(200);
        let today = [today["id"].clone()];
        let routes = async |date, kind: &str, field: &str| -> Vec<Value> {
            let log = format!("/v1/regions/shanghai/days/{date}/events");
            let log = service.dispatcher.get(&log).await.expect(200);
            let events = log["events"].as_array().unwrap().iter();
            let of_kind = events.filter(|event| event["kind"] == kind);
            of_kind.map(|event| event["body"][field].clone()).collect()
        };
        assert_eq!(routes(TODAY, "booking.rescheduled", "route").await, today);
        assert_eq!(routes(TODAY, "booking.rescheduled", "left").await, today);
        assert_eq!(routes(TODAY, "booking.left", "route").await, today);
        let [came] = &routes(TOMORROW, "booking.rescheduled", "route").await[..] else { panic!() };
        assert!(came.is_string() && came != &today[0], "{came}");
        assert_eq!(routes(TOMORROW, "booking.rescheduled", "left").await, [Value::Null]);
        assert_eq!(
            routes(TOMORROW, "booking.cancelled", "route").await,
            std::slice::from_ref(came)
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_move_stays_where_it_is() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let reschedule = path(&booking, "/reschedule");
        let hold = last_hold(&service, TOMORROW).await;
        let to = json!({ "hold_id": hold["id"] });
        service.other_checkout.post(&reschedule, &to).await.problem(404, "not_found");
        service.far_dispatcher.post(&reschedule, &to).await.problem(403, "forbidden");
        let none = json!({ "hold_id": "hld_00000000000000000000000000000000" });
        service.checkout.post(&reschedule, &none).await.problem(404, "not_found");

        let own = json!({ "hold_id": booking["id"].as_str().unwrap().replace("bkg_", "hld_") });
        service.checkout.post(&reschedule, &own).await.problem(409, "state_conflict");
        service.pass(TimeDelta::minutes(11));
        service.checkout.post(&reschedule, &to).await.problem(410, "hold_expired");
        let only_held = last_hold(&service, TOMORROW).await;
        let of_hold = only_held["id"].as_str().unwrap().replace("hld_", "bkg_");
        let of_hold = format!("/v1/bookings/{of_hold}/reschedule");
        let other = last_hold(&service, TOMORROW).await;
        let other = json!({ "hold_id": other["id"] });
        service.checkout.post(&of_hold, &other).await.problem(409, "state_conflict");

        assert_eq!(service.checkout.get(&path(&booking, "")).await.expect(200), booking);
        assert_eq!(visited(&service, TODAY).await, [booking["id"].clone()]);
    })
    .await;
}

#[tokio::test]
async fn a_dispatcher_moves_nothing_into_another_region() {
    on_sqlite(async |service| {
        for (path, rows) in [
            ("/v1/hubs", "id,region,name,lon,lat,opens,closes\nh3,nanjing,N,118.8,32.05,08:00,22:00\n"),
            ("/v1/couriers", "id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,skills\nc3,nanjing,Wu,ebike,h3,,,,,\n"),
            ("/v1/shifts", "courier,date,starts,ends,break_earliest,break_latest,break_s\nc3,daily,09:00,18:00,,,\n"),
        ] {
            service.admin.post_as("text/csv", path, rows).await.expect(200);
        }
        let booking = service.booking("order-1").await;
        let mut there = search();
        there["region"] = json!("nanjing");
        there["place"] = json!({ "lon": 118.79, "lat": 32.05 });
        let found = service.checkout.post("/v1/slot-searches", &there).await.expect(200);
        let mut slots = found["slots"].as_array().unwrap().iter();
        let open = slots.find(|slot| slot["status"] == "available").unwrap();
        let hold = json!({ "offer": open["offer"] });
        let hold = service.checkout.post("/v1/holds", &hold).await.expect(201);
        let to = json!({ "hold_id": hold["id"] });
        let reschedule = path(&booking, "/reschedule");
        service.dispatcher.post(&reschedule, &to).await.problem(403, "forbidden");
        assert_eq!(service.checkout.get(&path(&booking, "")).await.expect(200), booking);
        let moved = service.checkout.post(&reschedule, &to).await.expect(200);
        assert_eq!(moved["region"], "nanjing");
    })
    .await;
}

#[tokio::test]
async fn a_visit_under_way_does_not_move() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let route = service.courier.get("/v1/couriers/me/route").await.expect(200);
        let leave_at = route["stops"][0]["leave_at"].as_str().unwrap();
        let leave_at: DateTime<FixedOffset> = leave_at.parse().unwrap();
        service.pass(leave_at.to_utc() - service.now() + TimeDelta::minutes(1));
        let to = json!({ "hold_id": last_hold(&service, TOMORROW).await["id"] });
        let refused = service.checkout.post(&path(&booking, "/reschedule"), &to).await;
        refused.problem(409, "under_way");
        assert_eq!(visited(&service, TODAY).await, [booking["id"].clone()]);
    })
    .await;
}

#[tokio::test]
async fn an_offer_is_booked_without_a_hold() {
    on_each_database(async |service| {
        let offer = service.offer().await;
        let body = json!({ "offer": offer, "external_id": "order-1", "contact": contact() });
        let booking = service.checkout.post("/v1/bookings", &body).await.expect(201);
        assert_eq!(booking["status"], "confirmed");
        assert!(booking.get("expires_at").is_none());
        let again = service.checkout.post("/v1/bookings", &body).await;
        assert_eq!(again.problem(409, "external_id_taken")["booking_id"], booking["id"]);
        service.pass(TimeDelta::minutes(15));
        assert_eq!(service.checkout.get(&path(&booking, "")).await.expect(200), booking);
        service.checkout.post("/v1/bookings", &body).await.problem(410, "offer_expired");
    })
    .await;
}

#[tokio::test]
async fn a_booking_is_of_a_hold_or_of_an_offer() {
    on_sqlite(async |service| {
        let hold = service.hold().await;
        let offer = service.offer().await;
        for body in [
            json!({ "contact": contact() }),
            json!({ "hold_id": hold["id"], "offer": offer, "contact": contact() }),
        ] {
            assert_eq!(service.checkout.post("/v1/bookings", &body).await.pointer(), "");
        }
    })
    .await;
}
