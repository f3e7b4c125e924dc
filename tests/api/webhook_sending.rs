//! Webhooks whose receivers fail, hang, go away or move; processes that end; secrets that change.

use super::receiver::{Receiver, Reply};
use super::service::{Service, TODAY, on_each_database, on_sqlite};
use chrono::TimeDelta;
use doorstep::events::{Guard, Worker, WorkerSettings};
use doorstep::model::{RegionId, WebhookId};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, oneshot, watch};

fn id(path: &str) -> WebhookId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

impl Service {
    async fn test_message(&self, path: &str) {
        self.admin.ask(&format!("{path}/test")).await.expect(202);
    }

    fn worker_with(&self, guard: Guard, settings: WorkerSettings) -> Worker {
        Worker::new(self.store.clone(), self.clock.clone(), guard, settings)
    }
}

#[tokio::test]
async fn what_fails_is_sent_again_under_the_same_id_until_it_is_taken() {
    on_each_database(async |service| {
        let wait = Reply::With(503, "retry-after", "3600".to_owned());
        let receiver = Receiver::with(vec![Reply::Status(500), wait], Reply::Status(200)).await;
        let (path, secret) = service.webhook(&receiver.url, json!({})).await;
        service.test_message(&path).await;
        service.send_webhooks().await;
        let line = &service.log(&path).await[0];
        assert_eq!((&line["status"], &line["error"]), (&json!("pending"), &json!("answered 500")));
        assert!(service.admin.get(&path).await.expect(200)["failing_since"].is_string());
        service.send_webhooks().await;
        assert_eq!(receiver.received().len(), 1, "not before its time");
        service.pass(TimeDelta::seconds(7));
        service.send_webhooks().await;
        assert_eq!(receiver.received().len(), 2);
        service.pass(TimeDelta::minutes(59));
        service.send_webhooks().await;
        assert_eq!(receiver.received().len(), 2, "it asked to wait for an hour");
        service.pass(TimeDelta::minutes(1));
        service.send_webhooks().await;
        let messages = receiver.received();
        assert_eq!(messages.len(), 3);
        assert!(messages.iter().all(|m| m.id() == messages[0].id() && m.is_signed_with(&secret)));
        assert_ne!(
            messages[0].header("webhook-timestamp"),
            messages[2].header("webhook-timestamp")
        );
        let line = &service.log(&path).await[0];
        assert_eq!((&line["status"], &line["attempts"]), (&json!("delivered"), &json!(3)));
        assert_eq!(service.admin.get(&path).await.expect(200)["failing_since"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn one_that_never_takes_anything_is_disabled_and_the_log_tells() {
    on_each_database(async |service| {
        let (dead, other) =
            (Receiver::with(Vec::new(), Reply::Status(500)).await, Receiver::willing().await);
        let (path, _) = service.webhook(&dead.url, json!({ "events": ["hold.placed"] })).await;
        service.webhook(&other.url, json!({ "events": ["webhook.*"] })).await;
        service.hold().await;
        for _ in 0..12 {
            service.send_webhooks().await;
            service.pass(TimeDelta::hours(30));
        }
        let line = &service.log(&path).await[0];
        assert_eq!((&line["status"], &line["next_attempt_at"]), (&json!("failed"), &Value::Null));
        let read = service.admin.get(&path).await.expect(200);
        assert_eq!(read["disabled_reason"], "nothing got through for 5 days");
        service.send_webhooks().await;
        let told = other.received();
        assert_eq!(other.kinds(), ["webhook.disabled"]);
        assert_eq!(told[0].body()["data"]["subject"], read["id"]);
    })
    .await;
}

#[tokio::test]
async fn one_that_is_gone_is_disabled_at_once_and_what_waits_is_given_up() {
    on_each_database(async |service| {
        let receiver = Receiver::with(Vec::new(), Reply::Status(410)).await;
        let other = Receiver::willing().await;
        let (path, _) =
            service.webhook(&receiver.url, json!({ "events": ["booking.confirmed"] })).await;
        service.webhook(&other.url, json!({ "events": ["webhook.disabled"] })).await;
        service.booking("one").await;
        service.send_webhooks().await;
        let read = service.admin.get(&path).await.expect(200);
        assert_eq!(read["disabled_reason"], "the endpoint answered 410 Gone");
        let line = &service.log(&path).await[0];
        assert_eq!((&line["status"], &line["response_status"]), (&json!("failed"), &json!(410)));
        assert_eq!(other.kinds(), ["webhook.disabled"]);
        service.booking("two").await;
        service.send_webhooks().await;
        assert_eq!(receiver.received().len(), 1);
        service.admin.patch(&path, &json!({ "enabled": true })).await.expect(200);
        service.send_webhooks().await;
        assert_eq!(receiver.received().len(), 1, "what came while it was disabled is not told");
    })
    .await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_says_so() {
    on_each_database(async |service| {
        let target = Receiver::willing().await;
        let moved = Reply::With(302, "location", target.url.clone());
        let receiver = Receiver::with(Vec::new(), moved).await;
        let (path, _) = service.webhook(&receiver.url, json!({})).await;
        service.test_message(&path).await;
        service.send_webhooks().await;
        assert!(target.received().is_empty());
        let line = &service.log(&path).await[0];
        assert_eq!((&line["status"], &line["response_status"]), (&json!("pending"), &json!(302)));
        assert!(line["error"].as_str().unwrap().contains("redirects are not followed"));
    })
    .await;
}

#[tokio::test]
async fn a_host_that_becomes_private_is_not_called() {
    on_each_database(async |service| {
        let receiver = Receiver::willing().await;
        let port = receiver.url.split(':').nth(2).unwrap().split('/').next().unwrap();
        // The service of the test allows any address; the worker does not.
        let url = format!("https://localhost:{port}/hooks");
        let (path, _) = service.webhook(&url, json!({})).await;
        let rebound = Guard::resolving(false, |name| {
            assert_eq!(name, "localhost");
            Box::pin(async { Ok(vec!["127.0.0.1".parse().unwrap()]) })
        });
        service.test_message(&path).await;
        service.worker_with(rebound, WorkerSettings::default()).run_once().await.unwrap();
        let line = &service.log(&path).await[0];
        assert_eq!(line["status"], "pending");
        assert!(line["error"].as_str().unwrap().contains("127.0.0.1, which is not a public"));
        // Nor is a numeric host, which nobody resolves.
        let (path, _) = service.webhook(&receiver.url.replace("http:", "https:"), json!({})).await;
        service.test_message(&path).await;
        let strict = service.worker_with(Guard::new(false), WorkerSettings::default());
        strict.run_once().await.unwrap();
        let line = &service.log(&path).await[0];
        assert!(line["error"].as_str().unwrap().contains("not a public"), "{line}");
        assert!(receiver.received().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_request_has_its_time_and_no_more() {
    on_sqlite(async |service| {
        let hanging = Receiver::with(Vec::new(), Reply::Hang).await;
        let (path, _) = service.webhook(&hanging.url, json!({})).await;
        service.test_message(&path).await;
        let request_time_max = Duration::from_millis(20);
        let settings = WorkerSettings { request_time_max, ..WorkerSettings::default() };
        service.worker_with(Guard::new(true), settings).run_once().await.unwrap();
        let line = &service.log(&path).await[0];
        assert_eq!((&line["status"], &line["response_status"]), (&json!("pending"), &Value::Null));
        assert_eq!(line["error"], "no whole answer within 20ms");
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_hangs_keeps_nothing_from_the_others() {
    on_each_database(async |service| {
        let hanging = Receiver::with(Vec::new(), Reply::Hang).await;
        let willing = Receiver::willing().await;
        let (hung, _) = service.webhook(&hanging.url, json!({})).await;
        let (path, _) = service.webhook(&willing.url, json!({})).await;
        for _ in 0..6 {
            service.test_message(&hung).await;
            service.test_message(&path).await;
        }
        let settings = WorkerSettings {
            request_time_max: Duration::from_hours(1),
            per_endpoint_max: 2,
            total_max: 4,
        };
        let (_commits, ear) = watch::channel(());
        let worker = service.worker_with(Guard::new(true), settings);
        let running = tokio::spawn(worker.run(ear, std::future::pending()));
        assert_eq!(willing.wait_for(6).await.len(), 6);
        assert_eq!(hanging.wait_for(2).await.len(), 2, "no more at a time");
        running.abort();
    })
    .await;
}

#[tokio::test]
async fn a_worker_hears_of_commits_and_ends_after_the_requests_under_way() {
    on_each_database(async |service| {
        let told = Arc::new(Notify::new());
        let receiver = Receiver::with(Vec::new(), Reply::When(Arc::clone(&told))).await;
        let (path, _) = service.webhook(&receiver.url, json!({})).await;
        let (commits, ear) = watch::channel(());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(service.worker().run(ear, async {
            let _ = stopped.await;
        }));
        service.test_message(&path).await;
        commits.send(()).unwrap();
        receiver.wait_for(1).await;
        drop(stop);
        told.notify_one();
        running.await.unwrap();
        assert_eq!(service.log(&path).await[0]["status"], "delivered");
    })
    .await;
}

#[tokio::test]
async fn after_a_rotation_both_secrets_sign_for_a_day() {
    on_each_database(async |service| {
        let receiver = Receiver::willing().await;
        let (path, former) = service.webhook(&receiver.url, json!({})).await;
        let rotated = service.admin.ask(&format!("{path}/rotate-secret")).await.expect(200);
        let present = rotated["secret"].as_str().unwrap();
        service.test_message(&path).await;
        service.send_webhooks().await;
        service.pass(TimeDelta::hours(24));
        service.test_message(&path).await;
        service.send_webhooks().await;
        let messages = receiver.received();
        let signed = |secret| {
            messages.iter().map(|message| message.is_signed_with(secret)).collect::<Vec<_>>()
        };
        assert_eq!(signed(present), [true, true]);
        assert_eq!(signed(&former), [true, false]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_side_by_side_send_each_delivery_once() {
    on_each_database(async |service| {
        let receiver = Receiver::willing().await;
        let (path, _) = service.webhook(&receiver.url, json!({})).await;
        for number in 0..5 {
            service.booking(&format!("order-{number}")).await;
        }
        let workers: Vec<Worker> = (0..4).map(|_| service.worker()).collect();
        let mut running = tokio::task::JoinSet::new();
        for worker in workers {
            running.spawn(async move { worker.run_once().await });
        }
        // One that finds its row taken by another gives up this step, as it would look again.
        for ended in running.join_all().await {
            assert!(ended.as_ref().is_ok_and(|()| true) || ended.unwrap_err().is_transient());
        }
        service.send_webhooks().await;
        let region = RegionId::new("shanghai").unwrap();
        let date = TODAY.parse().unwrap();
        let events = service.store.events_after(&region, date, 0, 1_000).await.unwrap();
        let ids = receiver.ids();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "none twice");
        assert_eq!(ids.len(), events.len(), "none is missing");
        assert!(service.log(&path).await.iter().all(|line| line["attempts"] == 1));
    })
    .await;
}

#[tokio::test]
async fn what_a_process_took_with_it_is_sent_again_under_the_same_id() {
    on_each_database(async |service| {
        let receiver = Receiver::willing().await;
        let (path, _) = service.webhook(&receiver.url, json!({})).await;
        service.hold().await;
        let now = service.now();
        assert!(service.store.queue_events(now).await.unwrap() > 0);
        // Queued and claimed by a process that ends before it records anything.
        let lease = now + TimeDelta::minutes(1);
        let lost = service.store.claim_deliveries(id(&path), 10, now, lease).await.unwrap();
        assert!(!lost.is_empty());
        service.send_webhooks().await;
        assert!(receiver.received().is_empty(), "it may still be under way");
        service.pass(TimeDelta::minutes(1));
        service.send_webhooks().await;
        let mut ids: Vec<String> = lost.iter().map(|claimed| claimed.message.to_string()).collect();
        ids.sort();
        assert_eq!(receiver.ids(), ids);
        let log = service.log(&path).await;
        let again = log.iter().filter(|line| line["attempts"] == 2).count();
        assert_eq!(again, lost.len());
    })
    .await;
}

#[tokio::test]
async fn the_log_is_kept_for_thirty_days() {
    on_each_database(async |service| {
        let receiver = Receiver::willing().await;
        let (path, _) = service.webhook(&receiver.url, json!({})).await;
        service.test_message(&path).await;
        service.send_webhooks().await;
        service.pass(TimeDelta::days(29));
        service.test_message(&path).await;
        service.send_webhooks().await;
        assert_eq!(service.log(&path).await.len(), 2);
        service.pass(TimeDelta::days(2));
        service.send_webhooks().await;
        assert_eq!(service.log(&path).await.len(), 1);
    })
    .await;
}
