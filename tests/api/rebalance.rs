//! A day's work shared more evenly: proposed, read, applied.

use super::crew::{check, day, is_sound, make, more_couriers, moved, post_seen, to_courier, visit};
use super::service::{Service, on_each_database, on_sqlite};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

const PROPOSALS: &str = "/rebalance-proposals";

/// Everything with `c2`, and nothing with the others; `c4` works from near by without a break.
pub(crate) async fn uneven(service: &Service) -> Vec<Value> {
    more_couriers(service).await;
    let courier = "id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,\
        skills\n\
        c4,shanghai,Gu,ebike,h1,20,50000,100000,,\n";
    service.admin.post_as("text/csv", "/v1/couriers", courier).await.expect(200);
    let shift = "courier,date,starts,ends,break_earliest,break_latest,break_s\n\
        c4,daily,09:00,18:00,,,\n";
    service.admin.post_as("text/csv", "/v1/shifts", shift).await.expect(200);
    let mut bookings = Vec::new();
    for number in 1..=5 {
        let booking = service.booking(&format!("order-{number}")).await;
        moved(service, &to_courier(&booking, "c2")).await;
        bookings.push(booking);
    }
    bookings
}

fn wanted() -> Value {
    json!({ "budget": { "stops_moved_max": 3, "eta_shift_s_max": 36_000 } })
}

/// A proposal with its tag.
async fn propose(service: &Service, body: &Value) -> (Value, String) {
    let answer = service.dispatcher.post(&day(PROPOSALS), body).await;
    let tag = answer.tag();
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let proposal = answer.expect(201);
    assert_eq!(location, path(&proposal, ""));
    (proposal, tag)
}

fn path(proposal: &Value, action: &str) -> String {
    day(&format!("{PROPOSALS}/{}{action}", proposal["id"].as_str().unwrap()))
}

fn deviation_s(fairness: &Value) -> i64 {
    fairness["deviation_s"].as_i64().unwrap()
}

async fn apply(service: &Service, proposal: &Value, tag: &str) -> super::actors::Answer {
    post_seen(&service.dispatcher, &path(proposal, "/apply"), &json!({}), tag).await
}

#[tokio::test]
async fn a_rebalance_is_proposed_then_applied_once() {
    on_each_database(async |service| {
        uneven(&service).await;
        let (proposal, tag) = propose(&service, &wanted()).await;
        let fairness = &proposal["fairness"];
        assert!(deviation_s(&fairness["after"]) < deviation_s(&fairness["before"]), "{proposal:#}");
        assert_eq!((&proposal["state"], &proposal["fair_over"]), (&json!("open"), &json!("day")));
        let totals = &proposal["disruption"]["totals"];
        assert!((1..=3).contains(&totals["couriers_changed"].as_u64().unwrap()));
        assert_eq!((&totals["promises_broken"], &totals["frozen_touched"]), (&json!(0), &json!(0)));
        let read = service.dispatcher.get(&path(&proposal, "")).await;
        assert_eq!(read.tag(), tag);
        assert_eq!(read.expect(200), proposal);

        let applied = apply(&service, &proposal, &tag).await.expect(200);
        assert_eq!(applied["state"], "applied");
        is_sound(&service).await;
        let version = service.dispatcher.get(&day("")).await.expect(200)["version"].clone();
        assert_eq!(apply(&service, &proposal, &tag).await.expect(200), applied);
        let board = service.dispatcher.get(&day("")).await.expect(200);
        assert_eq!(board["version"], version, "twice is once");
        for change in proposal["disruption"]["bookings"].as_array().unwrap() {
            let booking = json!({ "id": change["booking_id"] });
            let (courier, position) = visit(&service, &booking).await.unwrap();
            assert_eq!(change["after"]["courier"], courier);
            assert_eq!(change["after"]["position"], position);
        }
        for paid in proposal["couriers"].as_array().unwrap() {
            let mut routes = board["routes"].as_array().unwrap().iter();
            let theirs = routes.find(|route| route["courier"]["id"] == paid["courier"]).unwrap();
            assert_eq!(theirs["paid_s"], paid["after_s"]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_proposal_on_a_changed_plan_is_refused_as_a_whole() {
    on_each_database(async |service| {
        let bookings = uneven(&service).await;
        let (proposal, tag) = propose(&service, &wanted()).await;
        let elsewhere = to_courier(&bookings[4], "c1");
        let seen = check(&service, &elsewhere).await.tag();
        make(&service, &elsewhere, &seen).await.expect(200);
        let before = service.dispatcher.get(&day("")).await.expect(200);
        apply(&service, &proposal, &tag).await.problem(412, "plan_changed");
        assert_eq!(service.dispatcher.get(&day("")).await.expect(200), before);
        assert_eq!(service.dispatcher.get(&path(&proposal, "")).await.expect(200)["state"], "open");
    })
    .await;
}

#[tokio::test]
async fn what_couriers_set_off_to_is_not_rebalanced() {
    on_sqlite(async |service| {
        uneven(&service).await;
        let board = service.dispatcher.get(&day("")).await.expect(200);
        let mut routes = board["routes"].as_array().unwrap().iter();
        let route = routes.find(|route| route["courier"]["id"] == "c2").unwrap();
        let leave_at: DateTime<FixedOffset> =
            route["stops"][0]["leave_at"].as_str().unwrap().parse().unwrap();
        service.pass(leave_at.to_utc() - service.now() + TimeDelta::minutes(1));
        let first = json!({ "id": route["stops"][1]["booking_id"] });
        assert_eq!(visit(&service, &first).await, Some(("c2".to_owned(), 1)));
        let (proposal, tag) = propose(&service, &wanted()).await;
        assert_eq!(proposal["disruption"]["totals"]["frozen_touched"], 0);
        apply(&service, &proposal, &tag).await.expect(200);
        assert_eq!(visit(&service, &first).await, Some(("c2".to_owned(), 1)));
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn a_proposal_counts_four_weeks_where_asked() {
    on_each_database(async |service| {
        uneven(&service).await;
        let body = json!({ "fair_over": "four_weeks" });
        let (proposal, _) = propose(&service, &body).await;
        assert_eq!(proposal["fair_over"], "four_weeks");
        let ledgers: Vec<i64> = proposal["couriers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|paid| paid["ledger_s"].as_i64().unwrap())
            .collect();
        assert_eq!(ledgers, [0; 4], "nothing was done before");

        let tomorrow = day(PROPOSALS).replace(super::service::TODAY, "2026-03-03");
        let later = service.dispatcher.post(&tomorrow, &body).await.expect(201);
        let paid = later["couriers"].as_array().unwrap().iter();
        let board = service.dispatcher.get(&day("")).await.expect(200);
        for paid in paid {
            let mut routes = board["routes"].as_array().unwrap().iter();
            let theirs = routes.find(|route| route["courier"]["id"] == paid["courier"]).unwrap();
            assert_eq!(theirs["paid_s"], paid["ledger_s"]);
        }
        assert_eq!(later["disruption"]["bookings"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn proposals_end_and_are_for_their_dispatchers() {
    on_sqlite(async |service| {
        uneven(&service).await;
        let (proposal, tag) = propose(&service, &wanted()).await;
        let ask = path(&proposal, "/apply");
        service.dispatcher.ask(&ask).await.problem(428, "precondition_required");
        apply(&service, &proposal, "\"0\"").await.problem(412, "plan_changed");
        for other in [&service.far_dispatcher, &service.checkout, &service.courier] {
            post_seen(other, &ask, &json!({}), &tag).await.problem(403, "forbidden");
            other.get(&path(&proposal, "")).await.problem(403, "forbidden");
            other.post(&day(PROPOSALS), &wanted()).await.problem(403, "forbidden");
        }
        post_seen(&service.nobody, &ask, &json!({}), &tag).await.problem(401, "unauthorized");
        let none = json!({ "id": "rbp_00000000000000000000000000000000" });
        apply(&service, &none, &tag).await.problem(404, "not_found");
        service.dispatcher.get(&path(&none, "")).await.problem(404, "not_found");
        let other_day = path(&proposal, "").replace(super::service::TODAY, "2026-03-03");
        service.dispatcher.get(&other_day).await.problem(404, "not_found");
        let odd = json!({ "budget": { "stops": 1 } });
        assert_eq!(service.dispatcher.post(&day(PROPOSALS), &odd).await.pointer(), "/budget/stops");
        service.pass(TimeDelta::minutes(16));
        apply(&service, &proposal, &tag).await.problem(410, "proposal_expired");
    })
    .await;
}
