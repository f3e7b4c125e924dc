//! A region's day: the board, the map, what has no place, re-planning, imports.

use super::service::{Service, TODAY, on_each_database, on_sqlite};
use serde_json::{Value, json};

fn day(part: &str) -> String {
    format!("/v1/regions/shanghai/days/{TODAY}{part}")
}

/// A file of one booking in the morning, at a door of one's own.
fn booking_row(external_id: &str, lon: f64) -> Value {
    json!({
        "external_id": external_id, "region": "shanghai", "kind": "pickup", "lon": lon,
        "lat": 31.23, "window_start": "2026-03-02T13:00:00+08:00",
        "window_end": "2026-03-02T17:00:00+08:00", "devices": "phone:1", "declared_value": 1000,
        "requested_at": "2026-03-01T10:00:00+08:00", "name": "Wu", "phone": "139", "address": "2"
    })
}

const IMPORT: &str = "/v1/regions/shanghai/bookings?programme=shop";

#[tokio::test]
async fn the_board_shows_routes_and_numbers_that_agree() {
    on_each_database(async |service| {
        service.booking("order-1").await;
        service.hold().await;
        let answer = service.dispatcher.get(&day("")).await;
        let tag = answer.tag();
        let board = answer.expect(200);
        let summary = &board["summary"];
        assert_eq!(
            (&summary["visits"], &summary["held"], &summary["confirmed"]),
            (&json!(2), &json!(1), &json!(1))
        );
        assert_eq!((&summary["couriers"], &summary["couriers_used"]), (&json!(1), &json!(1)));
        assert_eq!(summary["violations"], json!([]));
        let route = &board["routes"][0];
        assert_eq!(route["travel_s"], summary["travel_s"]);
        assert_eq!(route["lateness_s"], 0);
        assert!(route["paid_s"].as_i64().unwrap() > route["travel_s"].as_i64().unwrap());
        assert!(!board.to_string().contains("13800000000"), "contacts are read one by one");
        assert!(board["version"].as_i64().unwrap() >= 2);
        service.dispatcher.get_if_changed(&day(""), &tag).await.expect(304);
        service.admin.get(&day("")).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn the_map_has_zones_routes_stops_and_hubs() {
    on_sqlite(async |service| {
        service.booking("order-1").await;
        let zones = service.dispatcher.get(&day("/zones")).await;
        assert_eq!(zones.content_type(), "application/geo+json");
        let zones = zones.expect(200);
        assert_eq!(zones["type"], "FeatureCollection");
        assert_eq!(zones["features"][0]["properties"]["bookings"], 1);
        let routes = service.dispatcher.get(&day("/routes")).await.expect(200);
        let features = routes["features"].as_array().unwrap();
        let kinds: Vec<(&Value, &Value)> = features
            .iter()
            .map(|feature| (&feature["properties"]["feature"], &feature["geometry"]["type"]))
            .collect();
        let expected = json!([["route", "LineString"], ["stop", "Point"], ["hub", "Point"]]);
        assert_eq!(json!(kinds), expected);
        let line = features[0]["geometry"]["coordinates"].as_array().unwrap();
        assert_eq!(line.len(), 3, "from the hub to the door and back");
        assert_eq!(line[0], line[2]);
    })
    .await;
}

#[tokio::test]
async fn imported_bookings_wait_with_their_reasons_until_a_re_plan_routes_them() {
    on_each_database(async |service| {
        let rows = json!([booking_row("order-1", 121.47), booking_row("order-2", 121.46)]);
        let answer = service.dispatcher.post(IMPORT, &rows).await.expect(200);
        assert_eq!(answer, json!({ "imported": 2 }));
        let again = service.dispatcher.post(IMPORT, &rows).await.expect(200);
        assert_eq!(again, json!({ "imported": 0 }), "the same file changes nothing");
        let waiting = service.dispatcher.get(&day("/unassigned")).await.expect(200);
        assert_eq!(waiting["unassigned"].as_array().unwrap().len(), 2);
        assert_eq!(waiting["unassigned"][0]["complete"], true);
        let report = service.dispatcher.ask(&day("/replan")).await.expect(200);
        assert_eq!((&report["routes_changed"], &report["routes_dropped"]), (&json!(1), &json!(0)));
        assert_eq!(report["unassigned"], json!([]));
        assert!(report["after"]["travel_s"].as_i64().unwrap() > 0);
        let board = service.dispatcher.get(&day("")).await.expect(200);
        assert_eq!(board["summary"]["visits"], 2);
        assert_eq!(board["summary"]["violations"], json!([]));
        assert_eq!(board["version"], report["version"]);
        let again = service.dispatcher.ask(&day("/replan")).await.expect(200);
        assert_eq!(again["routes_changed"], 0);
    })
    .await;
}

#[tokio::test]
async fn a_day_is_planned_anew_while_bookings_come_in() {
    on_each_database(async |service| {
        let rows: Vec<Value> = (0..8)
            .map(|n| booking_row(&format!("order-{n}"), 121.44 + 0.01 * f64::from(n)))
            .collect();
        service.dispatcher.post(IMPORT, &json!(rows)).await.expect(200);
        let path = day("/replan");
        let book = async {
            for n in 0..4 {
                service.booking(&format!("walk-in-{n}")).await;
            }
        };
        let (report, ()) = tokio::join!(service.dispatcher.ask(&path), book);
        report.expect(200);
        service.dispatcher.ask(&path).await.expect(200);
        let board = service.dispatcher.get(&day("")).await.expect(200);
        let summary = &board["summary"];
        assert_eq!(summary["violations"], json!([]));
        let of = |part: &str| summary[part].as_u64().unwrap();
        assert_eq!(of("visits") + of("unassigned"), 12);
        assert!(of("visits") >= 4, "nobody who booked has lost the place");
    })
    .await;
}

#[tokio::test]
async fn a_booking_that_nobody_can_serve_says_why() {
    on_sqlite(async |service| {
        let mut row = booking_row("order-1", 121.47);
        row["skills"] = json!("welding");
        service.dispatcher.post(IMPORT, &json!([row])).await.expect(200);
        let report = service.dispatcher.ask(&day("/replan")).await.expect(200);
        let reason = &report["unassigned"][0]["reasons"][0];
        assert_eq!(
            (&reason["code"], &reason["skill"], &reason["courier"]),
            (&json!("skill"), &json!("welding"), &json!("c1"))
        );
    })
    .await;
}

#[tokio::test]
async fn an_import_reports_every_fault_and_takes_nothing() {
    on_sqlite(async |service| {
        let mut rows = json!([booking_row("order-1", 121.47), booking_row("order-2", 200.0)]);
        rows[0]["kind"] = json!("gift");
        let problem = service.dispatcher.post(IMPORT, &rows).await.problem(422, "invalid");
        let pointers: Vec<&str> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|e| e["pointer"].as_str())
            .collect();
        assert_eq!(pointers, ["/0/kind", "/1/lon"]);
        let csv = service.dispatcher.post_as("text/csv", IMPORT, "external_id\nx\n").await;
        let problem = csv.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["line"], 1);
        let waiting = service.dispatcher.get(&day("/unassigned")).await.expect(200);
        assert_eq!(waiting["unassigned"], json!([]));
        let other = "/v1/regions/nanjing/bookings?programme=shop";
        let rows = json!([booking_row("order-1", 121.47)]);
        assert_eq!(service.admin.post(other, &rows).await.pointer(), "/0/region");
        let nameless = service.dispatcher.post("/v1/regions/shanghai/bookings", &rows).await;
        nameless.problem(400, "malformed_query");
    })
    .await;
}

#[tokio::test]
async fn days_that_are_not_there_are_refused() {
    on_sqlite(async |service| {
        let dispatcher = &service.dispatcher;
        for part in ["", "/unassigned", "/zones", "/routes"] {
            let at = |date: &str| format!("/v1/regions/shanghai/days/{date}{part}");
            dispatcher.get(&at("2020-01-01")).await.problem(422, "no_such_day");
            dispatcher.get(&at("9999-12-31")).await.problem(422, "no_such_day");
            dispatcher.get(&at("tomorrow")).await.problem(404, "not_found");
            dispatcher.get(&at("-9999-01-01")).await.problem(404, "not_found");
            let elsewhere = format!("/v1/regions/atlantis/days/{TODAY}{part}");
            service.admin.get(&elsewhere).await.problem(404, "not_found");
            service.far_dispatcher.get(&day(part)).await.problem(403, "forbidden");
        }
        service.far_dispatcher.ask(&day("/replan")).await.problem(403, "forbidden");
        service.far_dispatcher.post(IMPORT, &json!([])).await.problem(403, "forbidden");
        only_the_right_roles(&service).await;
    })
    .await;
}

async fn only_the_right_roles(service: &Service) {
    for part in ["", "/unassigned", "/zones", "/routes"] {
        service.nobody.get(&day(part)).await.problem(401, "unauthorized");
        service.checkout.get(&day(part)).await.problem(403, "forbidden");
        service.courier.get(&day(part)).await.problem(403, "forbidden");
    }
}
