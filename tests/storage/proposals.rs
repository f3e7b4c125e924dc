//! Kept proposals, and the ledger of what couriers are paid for.

use crate::sample::{at, booked, cities, commit, courier_id, date, event, hold, region_id, route};
use chrono::{Days, TimeDelta};
use doorstep::model::ProposalId;
use doorstep::store::{DayCommit, ProposalRow, StoreError};
use serde_json::json;
use uuid::Uuid;

fn proposal(number: u128) -> ProposalRow {
    ProposalRow {
        id: ProposalId(Uuid::from_u128(number)),
        region: region_id(),
        date: date(),
        is_applied: false,
        document: json!({ "moves": [1, 2], "view": { "name": "Lin" } }),
        created_at: at("2026-03-02T01:00:00Z"),
        expires_at: at("2026-03-02T01:15:00Z"),
    }
}

#[tokio::test]
async fn a_proposal_is_kept_applied_once_and_forgotten() {
    for city in cities().await {
        let store = &city.store;
        let unknown = store.insert_proposal(&proposal(1), &[]).await.unwrap_err();
        assert!(matches!(unknown, StoreError::UnknownReference { .. }), "{unknown:?}");
        city.open_day(&["anna"]).await;
        store.insert_proposal(&proposal(1), &[]).await.unwrap();
        assert_eq!(store.insert_proposal(&proposal(1), &[]).await, Err(StoreError::Conflict));
        assert_eq!(store.proposal(proposal(1).id).await, Ok(Some(proposal(1))));
        assert_eq!(store.proposal(proposal(2).id).await, Ok(None));

        let apply = || DayCommit {
            applied: vec![proposal(1).id],
            events: vec![event("route.changed")],
            ..commit()
        };
        store.commit_day(&apply()).await.unwrap();
        let applied = ProposalRow { is_applied: true, ..proposal(1) };
        assert_eq!(store.proposal(proposal(1).id).await, Ok(Some(applied)));
        assert_eq!(store.commit_day(&apply()).await, Err(StoreError::Conflict));

        assert_eq!(store.forget_proposals(proposal(1).expires_at).await, Ok(0));
        assert_eq!(store.forget_proposals(at("2026-03-03T00:00:00Z")).await, Ok(1));
        assert_eq!(store.proposal(proposal(1).id).await, Ok(None));
    }
}

#[tokio::test]
async fn the_ledger_sums_what_each_courier_is_paid_for() {
    for city in cities().await {
        city.open_day(&["anna", "bo"]).await;
        let mut change = booked(&route("anna"), vec![hold(1)]);
        let end = change.routes[0].stops.last_mut().unwrap();
        end.arrive_at += TimeDelta::minutes(50);
        let paid_s = change.routes[0].duration_s().get();
        assert!(paid_s > 0);
        city.store.commit_day(&change).await.unwrap();
        let next = date() + Days::new(1);
        let ledger = city.store.paid_s(&region_id(), date(), next).await.unwrap();
        let expected = [(courier_id("anna"), paid_s), (courier_id("bo"), 0)];
        assert_eq!(ledger, expected.into_iter().collect());
        let before = city.store.paid_s(&region_id(), date() - Days::new(28), date()).await;
        assert_eq!(before, Ok(std::collections::BTreeMap::new()));
    }
}
