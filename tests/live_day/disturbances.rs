//! What a dispatcher does on a day that is upset.

use super::board::{Board, Stop};
use super::caller::Caller;
use super::town::{at, day};
use chrono::{DateTime, TimeDelta, Utc};
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
    /// Visits go elsewhere, in each way that was not done yet and can be.
    Move,
    /// Somebody is to be visited within three hours, whatever the slots say.
    Urgent,
    /// The work is shared more evenly.
    Rebalance,
}

/// How a visit is moved.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// To another courier, where it adds the least travel.
    ToCourier,
    /// To another courier, as the last visit.
    ToPosition,
    /// Next to another visit.
    Beside,
    /// Its place is taken away, and it is given another, whosever.
    AwayAndBack,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] =
        [Self::ToCourier, Self::ToPosition, Self::Beside, Self::AwayAndBack];
}

/// The deeds of the day, in order.
pub(crate) fn deeds() -> Vec<(DateTime<Utc>, Deed)> {
    vec![
        (at(8, 45), Deed::Move),
        (at(10, 30), Deed::Move),
        (at(11, 0), Deed::CourierOut),
        (at(11, 10), Deed::Urgent),
        (at(12, 0), Deed::Replan),
        (at(12, 10), Deed::Move),
        (at(13, 0), Deed::BlockedArea),
        (at(14, 20), Deed::HubClosed),
        (at(14, 30), Deed::Urgent),
        (at(15, 20), Deed::Move),
        (at(16, 0), Deed::Rebalance),
        (at(16, 5), Deed::Move),
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

/// Has some visit be made elsewhere, where that harms nobody.
pub(crate) async fn move_one(dispatcher: &Caller, board: &Board, kind: Kind) -> bool {
    for stop in movable(board).step_by(3) {
        let anywhere = json!({ "booking_id": stop.booking_id });
        let asked = json!({ "moves": [anywhere] });
        let found = dispatcher.post(&day("/moves:check"), &asked).await.expect(200);
        for other in found["alternatives"].as_array().unwrap() {
            let mut asked = anywhere.clone();
            match kind {
                Kind::ToCourier => asked["courier"] = other["courier"].clone(),
                Kind::ToPosition => {
                    (asked["courier"], asked["position"]) =
                        (other["courier"].clone(), json!("last"));
                }
                Kind::Beside if other["after"].is_string() => {
                    asked["position"] = json!({ "after": other["after"] });
                }
                Kind::Beside => continue,
                Kind::AwayAndBack => asked["unassign"] = json!(true),
            }
            if !is_made(dispatcher, &asked).await {
                continue;
            }
            let is_away = matches!(kind, Kind::AwayAndBack);
            assert!(!is_away || is_made(dispatcher, &anywhere).await, "it had a place before");
            return true;
        }
    }
    false
}

/// Checks a move and makes it, where every rule holds but that its customer may lose their place.
async fn is_made(dispatcher: &Caller, asked: &Value) -> bool {
    let body = json!({ "moves": [asked] });
    let checked = dispatcher.post(&day("/moves:check"), &body).await;
    let (tag, report) = (checked.tag(), checked.expect(200));
    if report["feasible"] != true {
        return false;
    }
    let made = dispatcher.post_on(&day("/moves"), &body, &tag).await.expect(200);
    assert_eq!(made["disruption"]["totals"]["frozen_touched"], 0);
    true
}

/// Books for somebody who cannot wait, next door to a visit; their booking, where anybody can come.
pub(crate) async fn urgent(
    dispatcher: &Caller,
    board: &Board,
    now: DateTime<Utc>,
) -> Option<String> {
    let door = movable(board).find(|stop| stop.start_at > now).expect("somebody waits").place;
    let body = json!({
        "kind": "urgent", "programme": "shop",
        "request": {
            "place": { "lon": door.lon + 0.001, "lat": door.lat, "datum": "wgs84" },
            "kind": "pickup", "devices": [{ "category": "phone" }],
        },
        "contact": { "name": "Shen", "phone": "13900001111", "address": "next door" },
        "window": { "start": now, "end": now + TimeDelta::hours(3) },
    });
    let answer = dispatcher.post(&day("/disturbances"), &body).await;
    match answer.status {
        409 => None,
        _ => Some(answer.expect(201)["booking"]["id"].as_str().unwrap().to_owned()),
    }
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
