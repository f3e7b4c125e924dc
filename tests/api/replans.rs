//! A day planned anew under control: a freeze horizon, a budget, proposals.

use super::actors::Answer;
use super::crew::{day, is_sound, more_couriers, moved, post_seen, to_courier, visit};
use super::service::{Service, on_each_database, on_sqlite, settings};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

async fn replan(service: &Service, body: &Value) -> Answer {
    service.dispatcher.post(&day("/replan"), body).await
}

async fn board(service: &Service) -> Value {
    service.dispatcher.get(&day("")).await.expect(200)
}

/// Each booking's courier and when its service begins.
fn starts(board: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut all = Vec::new();
    for route in board["routes"].as_array().unwrap() {
        let stops = route["stops"].as_array().unwrap().iter();
        for stop in stops.filter(|stop| stop["kind"] == "visit") {
            let courier = text(&route["courier"]["id"]);
            all.push((text(&stop["booking_id"]), courier, text(&stop["start_at"])));
        }
    }
    all.sort();
    all
}

/// One booking with each of two couriers, that one alone would do with less travel.
async fn scattered(service: &Service) -> Vec<Value> {
    more_couriers(service).await;
    let mut bookings = Vec::new();
    for number in 0..4 {
        let booking = service.booking(&format!("order-{number}")).await;
        let courier = if number % 2 == 0 { "c1" } else { "c2" };
        moved(service, &to_courier(&booking, courier)).await;
        bookings.push(booking);
    }
    bookings
}

/// The bookings that stand elsewhere or at another time on the second board.
fn changed(before: &Value, after: &Value) -> Vec<String> {
    let (before, after) = (starts(before), starts(after));
    let is_other = |(old, new): &(&(String, String, String), &(String, String, String))| old != new;
    before.iter().zip(&after).filter(is_other).map(|(old, _)| old.0.clone()).collect()
}

fn reported(disruption: &Value) -> Vec<String> {
    let bookings = disruption["bookings"].as_array().unwrap().iter();
    let moved = bookings.filter(|booking| {
        booking["courier_changed"] == true || booking["shift_s"].as_i64() != Some(0)
    });
    let mut ids: Vec<String> =
        moved.map(|booking| booking["booking_id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_replan_tells_what_it_changed() {
    on_each_database(async |service| {
        scattered(&service).await;
        let before = board(&service).await;
        let done = replan(&service, &json!({})).await.expect(200);
        let after = board(&service).await;
        assert!(done["routes_changed"].as_u64().unwrap() > 0, "{done:#}");
        assert_eq!(reported(&done["disruption"]), changed(&before, &after));
        assert_eq!(done["disruption"]["totals"]["promises_broken"], 0);
        is_sound(&service).await;
        // Without a body it is the same.
        service.dispatcher.ask(&day("/replan")).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn what_begins_within_the_freeze_horizon_stays() {
    on_sqlite(async |service| {
        scattered(&service).await;
        let before = board(&service).await;
        let everything = json!({ "freeze_s": 86_400 });
        let done = replan(&service, &everything).await.expect(200);
        assert_eq!(
            (&done["routes_changed"], &done["disruption"]["bookings"]),
            (&json!(0), &json!([]))
        );
        assert_eq!(starts(&board(&service).await), starts(&before));
        let begins: Vec<DateTime<FixedOffset>> =
            starts(&before).iter().map(|(_, _, start)| start.parse().unwrap()).collect();
        let until = begins.iter().min().unwrap().to_utc() + TimeDelta::seconds(60);
        let freeze_s = (until - service.now()).num_seconds();
        replan(&service, &json!({ "freeze_s": freeze_s })).await.expect(200);
        let after = starts(&board(&service).await);
        for (stop, begin) in starts(&before).iter().zip(&begins) {
            assert!(*begin >= until || after.contains(stop), "{stop:?} was to stay");
        }
        is_sound(&service).await;
        let long = json!({ "freeze_s": 86_401 });
        assert_eq!(replan(&service, &long).await.pointer(), "/freeze_s");
    })
    .await;
}

#[tokio::test]
async fn a_budget_is_kept() {
    on_sqlite(async |service| {
        scattered(&service).await;
        let before = board(&service).await;
        let nothing = json!({ "budget": { "couriers_changed_max": 0 } });
        let done = replan(&service, &nothing).await.expect(200);
        assert_eq!(done["routes_changed"], 0);
        assert_eq!(starts(&board(&service).await), starts(&before));
        let some = json!({ "budget": { "stops_moved_max": 1, "eta_shift_s_max": 100_000 } });
        let done = replan(&service, &some).await.expect(200);
        let totals = &done["disruption"]["totals"];
        assert!(totals["couriers_changed"].as_u64().unwrap() <= 1, "{totals:#}");
        is_sound(&service).await;
        let odd = json!({ "budget": { "stops": 1 } });
        assert_eq!(replan(&service, &odd).await.pointer(), "/budget/stops");
    })
    .await;
}

#[tokio::test]
async fn a_replan_is_proposed_then_applied_once() {
    on_each_database(async |service| {
        scattered(&service).await;
        let before = board(&service).await;
        let answer = replan(&service, &json!({ "propose": true })).await;
        let tag = answer.tag();
        let location = answer.headers["location"].to_str().unwrap().to_owned();
        let proposal = answer.expect(201);
        assert_eq!(
            location,
            day(&format!("/replan-proposals/{}", proposal["id"].as_str().unwrap()))
        );
        assert_eq!(board(&service).await, before, "nothing is changed yet");
        let elsewhere = service.replica(&service.dispatcher, settings()).await;
        let read = elsewhere.get(&location).await;
        assert_eq!(read.tag(), tag);
        assert_eq!(read.expect(200), proposal);
        let as_rebalance = location.replace("replan-proposals", "rebalance-proposals");
        service.dispatcher.get(&as_rebalance).await.problem(404, "not_found");

        let apply = format!("{location}/apply");
        service.dispatcher.ask(&apply).await.problem(428, "precondition_required");
        let done = post_seen(&elsewhere, &apply, &json!({}), &tag).await.expect(200);
        assert_eq!(done["state"], "applied");
        let after = elsewhere.get(&day("")).await.expect(200);
        assert_eq!(reported(&proposal["disruption"]), changed(&before, &after));
        let again = post_seen(&service.dispatcher, &apply, &json!({}), &tag).await.expect(200);
        assert_eq!(again, done, "twice is once");
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn a_proposal_on_a_changed_plan_is_refused_as_a_whole() {
    on_sqlite(async |service| {
        let bookings = scattered(&service).await;
        let answer = replan(&service, &json!({ "propose": true })).await;
        let tag = answer.tag();
        let apply = format!("{}/apply", answer.headers["location"].to_str().unwrap());
        let (courier, _) = visit(&service, &bookings[0]).await.unwrap();
        let lock = json!({ "couriers": [courier] });
        service.dispatcher.post(&day("/locks"), &lock).await.expect(201);
        let before = board(&service).await;
        let refused = post_seen(&service.dispatcher, &apply, &json!({}), &tag).await;
        refused.problem(412, "plan_changed");
        assert_eq!(board(&service).await, before);
        post_seen(&service.checkout, &apply, &json!({}), &tag).await.problem(403, "forbidden");
        post_seen(&service.far_dispatcher, &apply, &json!({}), &tag)
            .await
            .problem(403, "forbidden");
    })
    .await;
}
