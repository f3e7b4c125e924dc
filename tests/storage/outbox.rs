//! From day logs to deliveries: each event once for each endpoint, whoever queues, whatever ends.

use crate::sample::{City, at, cities, commit, event, region_id};
use chrono::{DateTime, TimeDelta, Utc};
use doorstep::model::{EventFilter, WebhookId};
use doorstep::store::{AttemptEnd, DayCommit, DeliveryStatus, Replay, ReplayQueued, WebhookRow};
use std::collections::BTreeSet;
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    at("2026-03-02T08:00:00Z")
}

fn endpoint(number: u128) -> WebhookRow {
    WebhookRow {
        id: WebhookId(Uuid::from_u128(number)),
        url: "https://shop.example/hooks".to_owned(),
        programme: None,
        region: Some(region_id()),
        events: EventFilter::all(),
        description: "静安".to_owned(),
        secret: vec![7; 32],
        old_secret: None,
        created_at: now(),
        disabled: None,
        failing_since: None,
    }
}

/// Commits so many events to the day.
async fn happen(city: &City, count: usize) {
    let events = vec![event("booking.confirmed"); count];
    city.store.commit_day(&DayCommit { events, ..commit() }).await.expect("it is committed");
}

/// The numbers of the events that were queued for an endpoint, each as often as it was.
async fn queued(city: &City, endpoint: &WebhookRow) -> Vec<i64> {
    let rows = city.store.deliveries(endpoint.id, None, 10_000).await.expect("the log reads");
    let mut numbers: Vec<i64> = rows.into_iter().filter_map(|row| Some(row.event?.2)).collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn an_endpoint_reads_back_as_it_was_and_with_its_changes() {
    for city in cities().await {
        let row = endpoint(1);
        city.store.insert_webhook(&row, &[]).await.unwrap();
        assert_eq!(city.store.webhook(row.id).await.unwrap(), Some(row.clone()));
        let changed = WebhookRow {
            url: "https://other.example/".to_owned(),
            events: EventFilter::new(vec!["route.*".to_owned()]).unwrap(),
            secret: vec![8; 32],
            old_secret: Some((vec![7; 32], now())),
            disabled: Some((now(), "by an administrator".to_owned())),
            failing_since: Some(now()),
            ..row.clone()
        };
        let change = |stored: &mut WebhookRow| {
            *stored = changed.clone();
            None
        };
        city.store.change_webhook(row.id, now(), change).await.unwrap();
        assert_eq!(city.store.webhooks().await.unwrap(), [changed]);
        assert!(city.store.delete_webhook(row.id).await.unwrap());
        assert!(!city.store.delete_webhook(row.id).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_is_queued_once_for_each_endpoint_whoever_queues() {
    for city in cities().await {
        city.open_day(&[]).await;
        happen(&city, 3).await;
        let endpoints = [endpoint(1), endpoint(2)];
        for row in &endpoints {
            city.store.insert_webhook(row, &[]).await.unwrap();
        }
        // More than one transaction takes.
        for _ in 0..3 {
            happen(&city, 400).await;
        }
        let mut queueing = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let store = city.store.clone();
            queueing.spawn(async move {
                while store.queue_events(now()).await.is_ok_and(|moved| moved > 0) {}
            });
        }
        queueing.join_all().await;
        while city.store.queue_events(now()).await.unwrap() > 0 {}
        for row in &endpoints {
            assert_eq!(
                queued(&city, row).await,
                (4..=1_203).collect::<Vec<_>>(),
                "{:?}",
                city.engine
            );
        }
    }
}

#[tokio::test]
async fn what_happens_while_nobody_listens_is_not_told_later() {
    for city in cities().await {
        city.open_day(&[]).await;
        let row = endpoint(1);
        city.store.insert_webhook(&row, &[]).await.unwrap();
        happen(&city, 1).await;
        let disable = |row: &mut WebhookRow| {
            row.disabled = Some((now(), "by an administrator".to_owned()));
            None
        };
        city.store.change_webhook(row.id, now(), disable).await.unwrap();
        happen(&city, 2).await;
        assert_eq!(city.store.queue_events(now()).await, Ok(0), "nothing is written");
        let enable = |row: &mut WebhookRow| {
            row.disabled = None;
            None
        };
        city.store.change_webhook(row.id, now(), enable).await.unwrap();
        happen(&city, 1).await;
        city.store.queue_events(now()).await.unwrap();
        assert_eq!(queued(&city, &row).await, [1, 4]);
        let rows = city.store.deliveries(row.id, None, 10).await.unwrap();
        let given_up = rows.iter().find(|row| row.status == DeliveryStatus::Failed).unwrap();
        assert_eq!(given_up.error.as_deref(), Some("not sent any more: by an administrator"));
    }
}

#[tokio::test]
async fn an_attempt_that_comes_in_late_changes_nothing() {
    for city in cities().await {
        city.open_day(&[]).await;
        let row = endpoint(1);
        city.store.insert_webhook(&row, &[]).await.unwrap();
        happen(&city, 1).await;
        city.store.queue_events(now()).await.unwrap();
        let lease = now() + TimeDelta::minutes(1);
        let claim = |from, until| city.store.claim_deliveries(row.id, 5, from, until);
        let first = claim(now(), lease).await.unwrap().remove(0);
        assert_eq!(claim(now(), lease).await.unwrap(), [], "it is taken");
        assert_eq!(city.store.due_webhooks(now()).await.unwrap(), []);
        let second = claim(lease, lease + TimeDelta::minutes(1)).await.unwrap().remove(0);
        assert_eq!((first.attempt, second.attempt), (1, 2));
        assert_eq!(first.message, second.message);
        let gone = AttemptEnd::Failed {
            response_status: Some(410),
            error: "answered 410".to_owned(),
            next_attempt_at: None,
            disable: (lease, "gone".to_owned()),
        };
        assert_eq!(city.store.record_attempt(&first, &gone, lease).await, Ok(false));
        let taken = AttemptEnd::Delivered { response_status: 200 };
        assert_eq!(city.store.record_attempt(&second, &taken, lease).await, Ok(false));
        assert_eq!(city.store.webhook(row.id).await.unwrap(), Some(row.clone()), "as it was");
        let line = city.store.deliveries(row.id, None, 5).await.unwrap().remove(0);
        assert_eq!((line.status, line.response_status), (DeliveryStatus::Delivered, Some(200)));
    }
}

#[tokio::test]
async fn a_replay_is_whole_or_nothing_and_keeps_the_messages() {
    for city in cities().await {
        city.open_day(&[]).await;
        let row = endpoint(1);
        city.store.insert_webhook(&row, &[]).await.unwrap();
        happen(&city, 4).await;
        city.store.queue_events(now()).await.unwrap();
        let until = event("any").at + TimeDelta::seconds(1);
        let replay = Replay { since: event("any").at, until, events_max: 3 };
        let too_many = city.store.replay_events(&row, &replay, now()).await;
        assert_eq!(too_many, Ok(ReplayQueued::TooMany));
        let replay = Replay { events_max: 4, ..replay };
        let whole = city.store.replay_events(&row, &replay, now()).await;
        assert_eq!(whole, Ok(ReplayQueued::Queued(4)));
        assert_eq!(queued(&city, &row).await, [1, 1, 2, 2, 3, 3, 4, 4]);
        let rows = city.store.deliveries(row.id, None, 100).await.unwrap();
        let messages: BTreeSet<_> = rows.iter().map(|row| row.message).collect();
        assert_eq!(messages.len(), 4);
    }
}
