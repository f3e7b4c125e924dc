//! Long work, on both engines.

use crate::sample::{at, cities, date, region_id};
use doorstep::model::OperationId;
use doorstep::store::{OperationRow, StoreError};
use serde_json::json;
use uuid::Uuid;

const BEGUN: &str = "2026-03-02T01:00:00Z";
const LATER: &str = "2026-03-02T01:01:00Z";

fn operation(number: u128) -> OperationRow {
    OperationRow {
        id: OperationId(Uuid::from_u128(number)),
        kind: "replan".to_owned(),
        region: region_id(),
        date: date(),
        actor: "dispatcher:key_1".to_owned(),
        state: "running".to_owned(),
        started_at: at(BEGUN),
        seen_at: at(BEGUN),
        cancel_at: None,
        progress: json!({}),
        result: None,
    }
}

#[tokio::test]
async fn an_operation_is_told_from_its_beginning_to_its_end() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let (store, begun) = (&city.store, operation(1));
        assert!(store.begin_operation(&begun, at(BEGUN), &[]).await.unwrap());
        assert_eq!(store.operation(begun.id).await.unwrap().as_ref(), Some(&begun));
        let progress = json!({ "iteration": 7 });
        assert!(store.advance_operation(begun.id, &progress, at(LATER)).await.unwrap());
        let result = json!({ "version": 3 });
        store.end_operation(begun.id, "done", Some(&result), at(LATER)).await.unwrap();
        let state = "done".to_owned();
        let done = OperationRow { state, seen_at: at(LATER), progress, ..begun.clone() };
        let done = OperationRow { result: Some(result), ..done };
        store.cancel_operation(begun.id, at(LATER)).await.unwrap();
        store.end_operation(begun.id, "failed", None, at(LATER)).await.unwrap();
        assert_eq!(store.operation(begun.id).await.unwrap(), Some(done), "it stays as it ended");
        assert_eq!(store.operation(OperationId(Uuid::from_u128(9))).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_day_has_one_that_runs_and_the_dead_make_way() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let (store, first, second) = (&city.store, operation(1), operation(2));
        assert!(store.begin_operation(&first, at(BEGUN), &[]).await.unwrap());
        assert!(
            !store.begin_operation(&second, at(BEGUN), &[]).await.unwrap(),
            "the first is alive"
        );
        assert_eq!(store.operation(second.id).await.unwrap(), None);
        assert!(store.begin_operation(&second, at(LATER), &[]).await.unwrap(), "the first is dead");
        assert_eq!(store.operation(first.id).await.unwrap().unwrap().state, "failed");
        assert!(!store.advance_operation(first.id, &json!({}), at(LATER)).await.unwrap());
    }
}

#[tokio::test]
async fn who_works_hears_that_it_is_to_end() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let (store, begun) = (&city.store, operation(1));
        assert!(store.begin_operation(&begun, at(BEGUN), &[]).await.unwrap());
        store.cancel_operation(begun.id, at(LATER)).await.unwrap();
        assert!(!store.advance_operation(begun.id, &json!({}), at(LATER)).await.unwrap());
        let asked = store.operation(begun.id).await.unwrap().unwrap();
        assert_eq!((asked.state.as_str(), asked.cancel_at), ("running", Some(at(LATER))));
        store.end_operation(begun.id, "cancelled", None, at(LATER)).await.unwrap();
        assert_eq!(store.operation(begun.id).await.unwrap().unwrap().state, "cancelled");
    }
}

#[tokio::test]
async fn an_operation_needs_a_day() {
    for city in cities().await {
        let refused = city.store.begin_operation(&operation(1), at(BEGUN), &[]).await.unwrap_err();
        assert!(matches!(refused, StoreError::UnknownReference { .. }), "{refused}");
    }
}
