//! Endpoints of webhooks: who may make them, and what they are told of.

use super::receiver::Receiver;
use super::service::{Service, on_each_database, on_sqlite};
use chrono::TimeDelta;
use doorstep::events::{
    Guard, GuardError, NewWebhook, WebhookError, Webhooks, Worker, WorkerSettings,
};
use doorstep::model::EventFilter;
use serde_json::{Value, json};

impl Service {
    /// A worker of this service that may send to receivers of tests.
    pub(crate) fn worker(&self) -> Worker {
        let settings = WorkerSettings::default();
        Worker::new(self.store.clone(), self.clock.clone(), Guard::new(true), settings)
    }

    /// Queues and sends all there is.
    pub(crate) async fn send_webhooks(&self) {
        self.worker().run_once().await.unwrap();
    }

    /// Makes an endpoint with these further fields; its path and its secret.
    pub(crate) async fn webhook(&self, url: &str, fields: Value) -> (String, String) {
        let mut body = json!({ "url": url });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let made = self.admin.post("/v1/webhooks", &body).await.expect(201);
        let path = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
        (path, made["secret"].as_str().unwrap().to_owned())
    }

    /// The delivery log of an endpoint, the latest first.
    pub(crate) async fn log(&self, path: &str) -> Vec<Value> {
        let log = self.admin.get(&format!("{path}/deliveries")).await.expect(200);
        log["deliveries"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn an_endpoint_is_made_read_changed_and_forgotten_and_its_secret_shown_once() {
    on_each_database(async |service| {
        let admin = &service.admin;
        let fields = json!({ "programme": "shop", "region": "shanghai", "description": "orders" });
        let (path, secret) = service.webhook("http://127.0.0.1:9/hooks", fields).await;
        assert!(secret.starts_with("whsec_") && path.contains("/whk_"));
        let read = admin.get(&path).await.expect(200);
        assert_eq!(admin.get("/v1/webhooks").await.expect(200), json!([read]));
        assert!(!read.to_string().contains("whsec_"));
        assert_eq!((&read["events"], &read["enabled"]), (&json!(["*"]), &json!(true)));
        let change = json!({ "events": ["booking.*"], "enabled": false });
        let changed = admin.patch(&path, &change).await.expect(200);
        assert_eq!(changed["events"], json!(["booking.*"]));
        assert_eq!(changed["disabled_reason"], "by an administrator");
        assert_eq!(changed["description"], "orders", "what is absent stays");
        admin.ask(&format!("{path}/test")).await.problem(409, "state_conflict");
        let enabled = admin.patch(&path, &json!({ "enabled": true })).await.expect(200);
        assert_eq!((&enabled["enabled"], &enabled["disabled_at"]), (&json!(true), &Value::Null));
        let rotated = admin.ask(&format!("{path}/rotate-secret")).await.expect(200);
        assert_ne!(rotated["secret"], json!(secret));
        admin.delete(&path).await.expect(204);
        admin.delete(&path).await.problem(404, "not_found");
        admin.get(&path).await.problem(404, "not_found");
        admin.patch(&path, &json!({})).await.problem(404, "not_found");
        for call in ["test", "rotate-secret"] {
            admin.ask(&format!("{path}/{call}")).await.problem(404, "not_found");
        }
        admin.get(&format!("{path}/deliveries")).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_an_endpoint_is_refused_with_its_field() {
    on_sqlite(async |service| {
        let url = "https://127.0.0.1/hooks";
        for (pointer, body) in [
            ("/url", json!({ "url": "ftp://shop.example" })),
            ("/url", json!({ "url": "https://user:pw@127.0.0.1/" })),
            ("/events", json!({ "url": url, "events": [] })),
            ("/events", json!({ "url": url, "events": ["booking.*.x"] })),
            ("/programme", json!({ "url": url, "programme": "nobody" })),
            ("/region", json!({ "url": url, "region": "atlantis" })),
            ("/secret", json!({ "url": url, "secret": "whsec_mine" })),
        ] {
            let answer = service.admin.post("/v1/webhooks", &body).await;
            assert_eq!(answer.pointer(), pointer, "{body}");
        }
        let (path, _) = service.webhook(url, json!({})).await;
        let refused = service.admin.patch(&path, &json!({ "url": "nowhere" })).await;
        assert_eq!(refused.pointer(), "/url");
        let replay = format!("{path}/replay");
        for since in ["2026-01-01T00:00:00Z", "2026-03-03T00:00:00Z"] {
            let refused = service.admin.post(&replay, &json!({ "since": since })).await;
            assert_eq!(refused.pointer(), "/since");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_not_public_is_refused_unless_allowed() {
    on_sqlite(async |service| {
        let guard = Guard::new(false);
        let strict = Webhooks::new(service.store.clone(), service.clock.clone(), guard);
        for host in ["127.0.0.1", "localhost", "169.254.169.254", "[fd00::1]", "10.0.0.8"] {
            let new = NewWebhook {
                url: format!("https://{host}/"),
                programme: None,
                region: None,
                events: EventFilter::all(),
                description: String::new(),
            };
            let refused = strict.create(new, |_, _| None).await.unwrap_err();
            assert!(matches!(refused, WebhookError::Url(GuardError::NotPublic(_))), "{host}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_administrators_see_them() {
    on_sqlite(async |service| {
        let (path, _) = service.webhook("https://127.0.0.1/hooks", json!({})).await;
        let log = format!("{path}/deliveries");
        for path in ["/v1/webhooks", path.as_str(), log.as_str()] {
            service.nobody.get(path).await.problem(401, "unauthorized");
            for actor in [&service.checkout, &service.courier, &service.dispatcher] {
                actor.get(path).await.problem(403, "forbidden");
            }
        }
        let body = json!({ "url": "https://127.0.0.1/" });
        service.checkout.post("/v1/webhooks", &body).await.problem(403, "forbidden");
        service.dispatcher.ask(&format!("{path}/rotate-secret")).await.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_is_told_of_what_comes_after_it_in_the_shape_that_is_promised() {
    on_each_database(async |service| {
        let receiver = Receiver::willing().await;
        service.booking("before").await;
        let (path, secret) = service.webhook(&receiver.url, json!({})).await;
        service.send_webhooks().await;
        assert_eq!(receiver.kinds(), Vec::<String>::new(), "what was before is not told");
        let booking = service.booking("after").await;
        service.send_webhooks().await;
        let messages = receiver.received();
        let confirmed = messages.iter().find(|message| message.kind() == "booking.confirmed");
        let confirmed = confirmed.expect("it is told");
        let body = confirmed.body();
        assert_eq!(body["timestamp"], "2026-03-02T00:30:00Z");
        let data = &body["data"];
        assert_eq!((&data["region"], &data["date"]), (&json!("shanghai"), &json!("2026-03-02")));
        assert_eq!((&data["subject"], &data["programme"]), (&booking["id"], &json!("shop")));
        assert!(data["seq"].as_i64().unwrap() > 0 && data["window"]["start"].is_string());
        assert!(messages.iter().all(|message| message.is_signed_with(&secret)));
        assert!(confirmed.id().starts_with("msg_"));
        let log = service.log(&path).await;
        assert_eq!(log.len(), messages.len());
        for line in &log {
            assert_eq!((&line["status"], &line["attempts"]), (&json!("delivered"), &json!(1)));
            assert_eq!((&line["response_status"], &line["error"]), (&json!(204), &Value::Null));
        }
        service.send_webhooks().await;
        assert_eq!(receiver.received().len(), messages.len(), "once is enough");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_of_another_programme_region_or_kind() {
    on_each_database(async |service| {
        let receivers = [
            (Receiver::willing().await, json!({ "programme": "other-shop" })),
            (Receiver::willing().await, json!({ "region": "nanjing" })),
            (Receiver::willing().await, json!({ "events": ["route.*"] })),
            (Receiver::willing().await, json!({ "programme": "shop" })),
        ];
        for (receiver, fields) in &receivers {
            service.webhook(&receiver.url, fields.clone()).await;
        }
        service.booking("of-shop").await;
        let replan = format!("/v1/regions/shanghai/days/{}/replan", super::service::TODAY);
        service.dispatcher.ask(&replan).await.expect(200);
        service.send_webhooks().await;
        let [other, far, routes, own] = &receivers;
        assert!(other.0.kinds().is_empty() && far.0.kinds().is_empty());
        assert!(routes.0.kinds().iter().all(|kind| kind.starts_with("route.")));
        assert!(own.0.kinds().contains(&"booking.confirmed".to_owned()));
        for message in own.0.received() {
            assert_eq!(message.body()["data"]["programme"], "shop", "{}", message.kind());
        }
    })
    .await;
}

#[tokio::test]
async fn events_are_sent_again_under_their_ids_and_the_log_comes_in_parts() {
    on_each_database(async |service| {
        let receiver = Receiver::willing().await;
        let (path, _) = service.webhook(&receiver.url, json!({ "events": ["booking.*"] })).await;
        service.booking("one").await;
        service.booking("two").await;
        service.send_webhooks().await;
        let first = receiver.ids();
        let since = json!({ "since": service.now() - TimeDelta::hours(1) });
        let queued = service.admin.post(&format!("{path}/replay"), &since).await.expect(202);
        assert_eq!(queued["queued"], first.len());
        service.send_webhooks().await;
        let mut twice = [first.clone(), first.clone()].concat();
        twice.sort();
        assert_eq!(receiver.ids(), twice);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let part = format!("{path}/deliveries?limit=3{cursor}");
            let part = service.admin.get(&part).await.expect(200);
            let lines = part["deliveries"].as_array().unwrap();
            seen.extend(lines.iter().map(|line| line["id"].as_str().unwrap().to_owned()));
            let Some(next) = part["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen.len(), twice.len());
        assert!(seen.is_sorted_by(|one, other| one > other));
        let again = format!("{path}/deliveries/{}/retry", seen[0]);
        service.admin.ask(&again).await.expect(202);
        service.admin.ask(&again).await.problem(409, "state_conflict");
        service.send_webhooks().await;
        assert_eq!(receiver.received().len(), twice.len() + 1);
        let unknown = format!("{path}/deliveries/dlv_00000000000000000000000000000000/retry");
        service.admin.ask(&unknown).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_test_message_goes_the_ordinary_way() {
    on_each_database(async |service| {
        let receiver = Receiver::willing().await;
        let fields = json!({ "programme": "shop", "events": ["booking.confirmed"] });
        let (path, secret) = service.webhook(&receiver.url, fields).await;
        let queued = service.admin.ask(&format!("{path}/test")).await.expect(202);
        assert_eq!(service.log(&path).await[0]["status"], "pending");
        service.send_webhooks().await;
        let messages = receiver.received();
        assert_eq!(receiver.kinds(), ["webhook.test"]);
        assert!(messages[0].is_signed_with(&secret));
        let line = &service.log(&path).await[0];
        assert_eq!((&line["id"], &line["seq"]), (&queued["delivery_id"], &Value::Null));
        assert_eq!(line["status"], "delivered");
    })
    .await;
}
