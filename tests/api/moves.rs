//! Stops moved by a dispatcher: checked, made, refused.

use super::crew::{
    check, day, is_sound, make, more_couriers, moved, other_courier, post_seen, to_courier, visit,
};
use super::service::{on_each_database, on_sqlite};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

#[tokio::test]
async fn a_move_is_checked_then_made_and_the_board_shows_it() {
    on_each_database(async |service| {
        more_couriers(&service).await;
        let booking = service.booking("order-1").await;
        let to = other_courier(&service, &booking).await;
        let before = visit(&service, &booking).await;
        let checked = check(&service, &to_courier(&booking, to)).await.expect(200);
        assert_eq!(visit(&service, &booking).await, before, "a check changes nothing");
        assert_eq!((&checked["feasible"], &checked["violations"]), (&json!(true), &json!([])));
        let change = &checked["disruption"]["bookings"][0];
        assert_eq!(change["booking_id"], booking["id"]);
        assert_eq!(
            (&change["after"]["courier"], &change["courier_changed"]),
            (&json!(to), &json!(true))
        );
        assert_eq!(checked["disruption"]["routes"].as_array().unwrap().len(), 2);
        assert_eq!(checked["disruption"]["totals"]["delta"]["stops"], 0);
        let alternatives = checked["alternatives"].as_array().unwrap();
        assert!(alternatives.iter().all(|place| place["courier"] != to), "{alternatives:#?}");
        assert_eq!(alternatives.len(), 1, "back to the other one");

        let made = moved(&service, &to_courier(&booking, to)).await;
        assert_eq!(made["disruption"]["totals"]["couriers_changed"], 1);
        assert_eq!(visit(&service, &booking).await, Some((to.to_owned(), 1)));
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn stops_change_places() {
    on_sqlite(async |service| {
        more_couriers(&service).await;
        let (one, two) = (service.booking("order-1").await, service.booking("order-2").await);
        let both = json!({ "moves": [
            { "booking_id": one["id"], "courier": "c2", "position": "first" },
            { "booking_id": two["id"], "position": { "before": one["id"] } },
        ] });
        moved(&service, &both).await;
        assert_eq!(visit(&service, &two).await, Some(("c2".to_owned(), 1)));
        assert_eq!(visit(&service, &one).await, Some(("c2".to_owned(), 2)));
        let swapped = json!({ "moves": [
            { "booking_id": two["id"], "position": { "after": one["id"] } },
        ] });
        moved(&service, &swapped).await;
        assert_eq!(visit(&service, &one).await, Some(("c2".to_owned(), 1)));
        let last = json!({ "moves": [
            { "booking_id": one["id"], "courier": "c2", "position": "last" },
        ] });
        moved(&service, &last).await;
        assert_eq!(visit(&service, &one).await, Some(("c2".to_owned(), 2)));
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn a_place_is_taken_away_and_given_again() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let away = json!({ "moves": [{ "booking_id": booking["id"], "unassign": true }] });
        let made = moved(&service, &away).await;
        let totals = &made["disruption"]["totals"];
        assert_eq!((&totals["unassigned"], &totals["promises_broken"]), (&json!(1), &json!(1)));
        assert_eq!(visit(&service, &booking).await, None);
        let waiting = service.dispatcher.get(&day("/unassigned")).await.expect(200);
        assert_eq!(waiting["unassigned"][0]["booking_id"], booking["id"]);
        is_sound(&service).await;
        let anywhere = json!({ "moves": [{ "booking_id": booking["id"] }] });
        let made = moved(&service, &anywhere).await;
        assert_eq!(made["disruption"]["totals"]["assigned"], 1);
        assert_eq!(visit(&service, &booking).await, Some(("c1".to_owned(), 1)));
        is_sound(&service).await;
        service
            .checkout
            .ask(&format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap()))
            .await
            .expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_refused_move_says_why_and_offers_others() {
    on_each_database(async |service| {
        more_couriers(&service).await;
        let booking = service.booking("order-1").await;
        let evening = to_courier(&booking, "c3");
        let checked = check(&service, &evening).await;
        let tag = checked.tag();
        let checked = checked.expect(200);
        assert_eq!(checked["feasible"], false);
        let violation = &checked["violations"][0];
        assert_eq!(
            (&violation["code"], &violation["courier"]),
            (&json!("time_window"), &json!("c3"))
        );
        assert_eq!(violation["booking_id"], booking["id"]);
        let late_s = violation["by_s"].as_i64().unwrap();
        assert!(late_s > 3_600, "the shift begins in the evening");
        assert_eq!(violation["relaxation"], json!({ "change": "end", "by_s": late_s }));
        assert_eq!(checked["alternatives"].as_array().unwrap().len(), 2);

        let refused = make(&service, &evening, &tag).await.problem(409, "moves_refused");
        assert_eq!(refused["report"]["violations"], checked["violations"]);
        assert_eq!(refused["report"]["alternatives"], checked["alternatives"]);
        is_sound(&service).await;

        let mut accepted = evening.clone();
        accepted["accept_lateness"] = json!(true);
        let made = make(&service, &accepted, &tag).await.expect(200);
        assert_eq!(made["disruption"]["totals"]["promises_broken"], 1);
        assert_eq!(visit(&service, &booking).await, Some(("c3".to_owned(), 1)));
        let board = service.dispatcher.get(&day("")).await.expect(200);
        assert_eq!(board["summary"]["violations"][0]["rule"], "late", "it is shown");
        let back = moved(&service, &to_courier(&booking, "c1")).await;
        assert_eq!(back["disruption"]["totals"]["promises_mended"], 1);
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn of_two_dispatchers_the_second_is_told_that_the_plan_changed() {
    on_each_database(async |service| {
        more_couriers(&service).await;
        let (one, two) = (service.booking("order-1").await, service.booking("order-2").await);
        moved(&service, &to_courier(&one, "c1")).await;
        let (mine, theirs) = (to_courier(&one, "c2"), to_courier(&one, "c2"));
        let (seen, also_seen) =
            (check(&service, &mine).await.tag(), check(&service, &theirs).await.tag());
        assert_eq!(seen, also_seen);
        make(&service, &mine, &seen).await.expect(200);
        make(&service, &theirs, &also_seen).await.problem(412, "plan_changed");

        // Something else on a route that is touched.
        let back = to_courier(&one, "c1");
        let seen = check(&service, &back).await.tag();
        let other = other_courier(&service, &two).await;
        moved(&service, &to_courier(&two, other)).await;
        make(&service, &back, &seen).await.problem(412, "plan_changed");
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn bookings_on_other_routes_do_not_disturb() {
    on_sqlite(async |service| {
        more_couriers(&service).await;
        let one = service.booking("order-1").await;
        moved(&service, &to_courier(&one, "c2")).await;
        let again = json!({ "moves": [
            { "booking_id": one["id"], "courier": "c2", "position": "last" },
        ] });
        let seen = check(&service, &again).await.tag();
        let two = service.booking("order-2").await;
        if visit(&service, &two).await.unwrap().0 == "c1" {
            make(&service, &again, &seen).await.expect(200);
        } else {
            make(&service, &again, &seen).await.problem(412, "plan_changed");
        }
    })
    .await;
}

#[tokio::test]
async fn what_the_courier_set_off_to_stays() {
    on_each_database(async |service| {
        more_couriers(&service).await;
        let booking = service.booking("order-1").await;
        moved(&service, &to_courier(&booking, "c1")).await;
        let asked = to_courier(&booking, "c2");
        let seen = check(&service, &asked).await.tag();
        let route = service.courier.get("/v1/couriers/me/route").await.expect(200);
        let leave_at: DateTime<FixedOffset> =
            route["stops"][0]["leave_at"].as_str().unwrap().parse().unwrap();
        service.pass(leave_at.to_utc() - service.now() + TimeDelta::minutes(1));
        let refused = make(&service, &asked, &seen).await.problem(409, "moves_refused");
        let frozen = &refused["report"]["violations"][0];
        assert_eq!((&frozen["code"], &frozen["booking_id"]), (&json!("frozen"), &booking["id"]));
        let mut lenient = asked.clone();
        lenient["accept_lateness"] = json!(true);
        make(&service, &lenient, &seen).await.problem(409, "moves_refused");
        assert_eq!(visit(&service, &booking).await, Some(("c1".to_owned(), 1)));
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn making_moves_needs_what_was_seen() {
    on_sqlite(async |service| {
        more_couriers(&service).await;
        let booking = service.booking("order-1").await;
        let asked = to_courier(&booking, "c2");
        let without = service.dispatcher.post(&day("/moves"), &asked).await;
        without.problem(428, "precondition_required");
        for tag in ["\"0\"", "*", "W/\"0\"", "none"] {
            make(&service, &asked, tag).await.problem(412, "plan_changed");
        }
        let seen = check(&service, &asked).await.tag();
        make(&service, &asked, &format!("W/{seen}")).await.problem(412, "plan_changed");
        make(&service, &asked, &format!("\"0\", {seen}")).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn moves_that_make_no_sense_are_pointed_to() {
    on_sqlite(async |service| {
        more_couriers(&service).await;
        let booking = service.booking("order-1").await;
        let only_held = service.hold().await;
        let held = only_held["id"].as_str().unwrap().replace("hld_", "bkg_");
        let (id, none) = (&booking["id"], "bkg_00000000000000000000000000000000");
        let cases: [(Value, &str); 9] = [
            (json!([]), "/moves"),
            (json!([{ "booking_id": none, "courier": "c1" }]), "/moves/0/booking_id"),
            (json!([{ "booking_id": id }, { "booking_id": id }]), "/moves/1/booking_id"),
            (json!([{ "booking_id": id, "courier": "c9" }]), "/moves/0/courier"),
            (
                json!([{ "booking_id": id, "route_id": "rte_00000000000000000000000000000000" }]),
                "/moves/0/route_id",
            ),
            (json!([{ "booking_id": id, "position": "first" }]), "/moves/0/position"),
            (json!([{ "booking_id": id, "position": { "after": none } }]), "/moves/0/position"),
            (json!([{ "booking_id": id, "courier": "c1", "unassign": true }]), "/moves/0/unassign"),
            (json!([{ "booking_id": held, "unassign": true }]), "/moves/0/unassign"),
        ];
        for (moves, pointer) in cases {
            let answer = check(&service, &json!({ "moves": moves })).await;
            assert_eq!(answer.pointer(), pointer, "{moves}");
        }
        let asked = to_courier(&booking, "c2");
        for path in [day("/moves:check"), day("/moves")] {
            let by = |actor| post_seen(actor, &path, &asked, "\"0\"");
            by(&service.nobody).await.problem(401, "unauthorized");
            by(&service.checkout).await.problem(403, "forbidden");
            by(&service.courier).await.problem(403, "forbidden");
            by(&service.far_dispatcher).await.problem(403, "forbidden");
        }
    })
    .await;
}
