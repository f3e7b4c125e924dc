//! The last changes of a day, and its locks.

use crate::sample::{City, at, cities, commit, courier_id, date, event, region_id};
use doorstep::model::Lock;
use doorstep::store::{AppliedChange, DayCommit, NewChange, StoreError, Undone};
use serde_json::json;

/// A commit of some events, the last of which is the first of a change.
fn change(events: usize, undone: Vec<Undone>) -> DayCommit {
    let new = NewChange {
        event: events - 1,
        kind: "moves",
        actor: "dispatcher:key_1".to_owned(),
        document: json!([{ "version": 2 }]),
        at: at("2026-03-02T01:00:00Z"),
    };
    let events = vec![event("route.changed"); events];
    DayCommit { events, changes: vec![new], undone, ..commit() }
}

async fn numbers(city: &City) -> Vec<(i64, Option<i64>)> {
    let changes = city.store.applied_changes(&region_id(), date()).await;
    let changes = changes.expect("the changes can be read");
    changes.iter().map(|change| (change.number, change.undone_by)).collect()
}

#[tokio::test]
async fn changes_are_numbered_by_their_events_undone_once_and_forgotten() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        assert_eq!(numbers(&city).await, []);
        city.store.commit_day(&change(3, Vec::new())).await.unwrap();
        let kept = AppliedChange {
            number: 3,
            kind: "moves".to_owned(),
            actor: "dispatcher:key_1".to_owned(),
            document: json!([{ "version": 2 }]),
            applied_at: at("2026-03-02T01:00:00Z"),
            undone_by: None,
        };
        let stored = city.store.applied_changes(&region_id(), date()).await;
        assert_eq!(stored, Ok(vec![kept]));

        let undo = || change(1, vec![Undone { number: 3, event: 0 }]);
        city.store.commit_day(&undo()).await.unwrap();
        assert_eq!(numbers(&city).await, [(4, None), (3, Some(4))], "the newest first");
        assert_eq!(city.store.commit_day(&undo()).await, Err(StoreError::Conflict));
        for _ in 0..10 {
            city.store.commit_day(&change(1, Vec::new())).await.unwrap();
        }
        let last: Vec<_> = (5..15).rev().map(|number| (number, None)).collect();
        assert_eq!(numbers(&city).await, last);
    }
}

#[tokio::test]
async fn locks_are_read_with_the_day() {
    for city in cities().await {
        let day = city.open_day(&["anna"]).await;
        assert_eq!((day.locks, &day.disturbances), (Vec::new(), &Vec::new()));
        let lock = Lock {
            number: 1,
            bookings: Vec::new(),
            couriers: vec![courier_id("anna")],
            until: Some(at("2026-03-02T05:00:00Z")),
            is_over: false,
        };
        let locked = DayCommit {
            day_version: Some(day.version),
            locks: Some(vec![lock.clone()]),
            events: vec![event("day.locked")],
            ..commit()
        };
        city.store.commit_day(&locked).await.unwrap();
        let after = city.day().await;
        assert_eq!((after.locks, after.version), (vec![lock], day.version + 1));
        assert_eq!(city.store.disturbances(&region_id(), date()).await, Ok(Vec::new()));
    }
}
