//! More couriers, and a dispatcher's requests.

use super::actors::{Actor, Answer};
use super::service::{Service, TODAY};
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) fn day(part: &str) -> String {
    format!("/v1/regions/shanghai/days/{TODAY}{part}")
}

/// Has `c2` work today, all day and from the other hub, and `c3` in the evening.
pub(crate) async fn more_couriers(service: &Service) {
    let couriers = "id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,\
        skills\n\
        c2,shanghai,Dai,ebike,h2,20,50000,100000,,\n\
        c3,shanghai,Fang,ebike,h2,20,50000,100000,,\n";
    service.admin.post_as("text/csv", "/v1/couriers", couriers).await.expect(200);
    let shifts = "courier,date,starts,ends,break_earliest,break_latest,break_s\n\
        c2,daily,09:00,18:00,,,\n\
        c3,daily,18:30,21:30,,,\n";
    service.admin.post_as("text/csv", "/v1/shifts", shifts).await.expect(200);
}

/// Who comes to a booking, and as which visit of theirs; nothing where nobody does.
pub(crate) async fn visit(service: &Service, booking: &Value) -> Option<(String, usize)> {
    let board = service.dispatcher.get(&day("")).await.expect(200);
    board["routes"].as_array().unwrap().iter().find_map(|route| {
        let stops = route["stops"].as_array().unwrap().iter();
        let mut visits = stops.filter(|stop| stop["kind"] == "visit");
        let at = visits.position(|stop| stop["booking_id"] == booking["id"])?;
        Some((route["courier"]["id"].as_str().unwrap().to_owned(), at + 1))
    })
}

/// The plan holds by the independent check.
pub(crate) async fn is_sound(service: &Service) {
    let board = service.dispatcher.get(&day("")).await.expect(200);
    assert_eq!(board["summary"]["violations"], json!([]));
}

pub(crate) async fn check(service: &Service, moves: &Value) -> Answer {
    service.dispatcher.post(&day("/moves:check"), moves).await
}

/// Posts with what was seen.
pub(crate) async fn post_seen(by: &Actor, path: &str, body: &Value, tag: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("if-match", tag)];
    by.send(Method::POST, path, &headers, body.to_string().into_bytes()).await
}

pub(crate) async fn make(service: &Service, moves: &Value, tag: &str) -> Answer {
    post_seen(&service.dispatcher, &day("/moves"), moves, tag).await
}

/// Checks moves and makes them.
pub(crate) async fn moved(service: &Service, moves: &Value) -> Value {
    let checked = check(service, moves).await;
    let tag = checked.tag();
    let told = checked.expect(200);
    let made = make(service, moves, &tag).await.expect(200);
    assert_eq!(made["disruption"], told["disruption"]);
    made
}

pub(crate) fn to_courier(booking: &Value, courier: &str) -> Value {
    json!({ "moves": [{ "booking_id": booking["id"], "courier": courier }] })
}

/// The courier whom a booking is not with.
pub(crate) async fn other_courier(service: &Service, booking: &Value) -> &'static str {
    match visit(service, booking).await {
        Some((courier, _)) if courier == "c1" => "c2",
        _ => "c1",
    }
}
