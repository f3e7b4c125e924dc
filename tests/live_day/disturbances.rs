//! What a dispatcher does on a day that is upset.

use super::board::{Board, Stop};
use super::caller::Caller;
use super::town::{at, day};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// A dispatcher's deed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// A courier is ill.
    CourierOut,
    /// A hub closes later on.
    HubClosed,
    /// Streets around some door are blocked for an hour.
    BlockedArea,
    /// The day is planned anew.
    Replan,
    /// A visit goes to another courier.
    Move,
    /// The work is shared more evenly.
    Rebalance,
}

/// The deeds of the day, in order.
pub(crate) fn deeds() -> Vec<(DateTime<Utc>, Deed)> {
    vec![
        (at(10, 30), Deed::Move),
        (at(11, 0), Deed::CourierOut),
        (at(12, 0), Deed::Replan),
        (at(12, 10), Deed::Move),
        (at(13, 0), Deed::BlockedArea),
        (at(14, 20), Deed::HubClosed),
        (at(15, 20), Deed::Move),
        (at(16, 0), Deed::Rebalance),
        (at(17, 5), Deed::Move),
    ]
}

/// The courier who has the most to do of those who have begun.
pub(crate) fn busiest(board: &Board) -> &str {
    let begun = board.routes.iter().filter(|route| route.is_under_way());
    let open = |route: &&super::board::Route| {
        route.stops.iter().filter(|stop| stop.booking_id.is_some() && stop.is_open()).count()
    };
    &begun.max_by_key(open).expect("somebody has begun").courier.id
}

/// Puts something upon the day; the answer has to be a day that was put right.
pub(crate) async fn upset(dispatcher: &Caller, body: &Value) {
    let answer = dispatcher.post(&day("/disturbances"), body).await.expect(201);
    assert_eq!(answer["repaired"], true, "{answer:#}");
}

/// Visits that can still be moved.
fn movable(board: &Board) -> impl Iterator<Item = &Stop> {
    let stops = board.stops().map(|(_, stop)| stop);
    stops.filter(|stop| !stop.frozen && stop.status.as_deref() == Some("confirmed"))
}

/// Streets around the door of a visit of the next hours.
pub(crate) fn blocked_area(board: &Board, from: DateTime<Utc>, until: DateTime<Utc>) -> Value {
    let soon = |stop: &&Stop| stop.start_at > from && stop.start_at < until;
    let inside = movable(board).find(soon).expect("somebody is visited in that hour").place;
    let corner = |east: f64, north: f64| [inside.lon + east, inside.lat + north];
    let polygon = [(-0.01, -0.01), (0.01, -0.01), (0.01, 0.01), (-0.01, 0.01)]
        .map(|(east, north)| corner(east, north));
    json!({ "kind": "blocked_area", "polygon": polygon, "from": from, "until": until })
}

/// Has another courier come to some visit, where that harms nobody.
pub(crate) async fn move_one(dispatcher: &Caller, board: &Board) -> bool {
    for stop in movable(board).step_by(17).take(5) {
        let mut body = json!({ "moves": [{ "booking_id": stop.booking_id }] });
        let found = dispatcher.post(&day("/moves:check"), &body).await.expect(200);
        let Some(other) = found["alternatives"].as_array().and_then(|others| others.first()) else {
            continue;
        };
        body["moves"][0]["courier"] = other["courier"].clone();
        let checked = dispatcher.post(&day("/moves:check"), &body).await;
        let (tag, report) = (checked.tag(), checked.expect(200));
        if report["feasible"] == true {
            let made = dispatcher.post_on(&day("/moves"), &body, &tag).await.expect(200);
            assert_eq!(made["disruption"]["totals"]["frozen_touched"], 0);
            return true;
        }
    }
    false
}

/// Has the work be shared more evenly, as far as that can be.
pub(crate) async fn rebalance(dispatcher: &Caller) {
    let wanted = json!({ "budget": { "stops_moved_max": 8, "eta_shift_s_max": 3_600 } });
    let proposed = dispatcher.post(&day("/rebalance-proposals"), &wanted).await;
    let (tag, proposal) = (proposed.tag(), proposed.expect(201));
    if proposal["disruption"]["bookings"] == json!([]) {
        return;
    }
    let path = day(&format!("/rebalance-proposals/{}/apply", proposal["id"].as_str().unwrap()));
    let applied = dispatcher.post_on(&path, &json!({}), &tag).await.expect(200);
    assert_eq!(applied["state"], "applied");
}
