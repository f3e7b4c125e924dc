//! Operations of processes that are gone.

use super::town::{Town, date, region};
use crate::desk::{Desk, DeskError};
use crate::model::OperationId;
use crate::planning::Effort;
use crate::store::OperationRow;
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

const EFFORT: Effort = Effort { seed: 1, threads: 1, iterations: Some(10), time_limit: None };

/// The row of a process that begins a re-plan and is not heard of again.
async fn begun_by_another(desk: &Desk) -> OperationId {
    desk.day(&region(), date()).await.unwrap();
    let now = desk.clock().now();
    let row = OperationRow {
        id: OperationId(Uuid::from_u128(7)),
        kind: "replan".to_owned(),
        region: region(),
        date: date(),
        actor: "system".to_owned(),
        state: "running".to_owned(),
        started_at: now,
        seen_at: now,
        cancel_at: None,
        progress: json!({}),
        result: None,
    };
    assert!(desk.store().begin_operation(&row, now, &[]).await.unwrap());
    row.id
}

#[tokio::test]
async fn who_is_not_heard_of_has_failed_and_another_may_begin() {
    let town = Town::new().await;
    let desk = town.desk().await;
    let id = begun_by_another(&desk).await;
    let begin = async || desk.begin_replan(&region(), date(), EFFORT, |_| json!({}), None).await;
    assert!(matches!(begin().await, Err(DeskError::AlreadyRunning { .. })));
    assert_eq!(desk.operation(id).await.unwrap().state, "running");
    town.clock.advance_to(town.clock.now() + TimeDelta::seconds(16));
    assert_eq!(desk.operation(id).await.unwrap().state, "failed");
    let next = begin().await.unwrap();
    while desk.operation(next.id).await.unwrap().state == "running" {}
    assert_eq!(desk.operation(next.id).await.unwrap().state, "done");
    let told = desk.store().advance_operation(id, &json!({}), town.clock.now()).await.unwrap();
    assert!(!told, "who was buried hears of it, and ends");
}
