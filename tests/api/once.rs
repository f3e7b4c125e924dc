//! What dispatchers and administrators ask for with an `Idempotency-Key` is done once.

use super::actors::{Actor, Answer};
use super::crew::{check, day, more_couriers, to_courier};
use super::rebalance::uneven;
use super::service::{Service, contact, on_each_database, settings};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// So many callers at once.
const CALLERS: usize = 20;

/// A request with a key.
#[derive(Clone)]
struct Request {
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn new(key: &str, path: &str, body: &Value) -> Self {
        let text = |text: &str| text.to_owned();
        Self {
            path: text(path),
            headers: vec![
                (text("content-type"), text("application/json")),
                (text("idempotency-key"), text(key)),
            ],
            body: body.to_string().into_bytes(),
        }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    async fn send(&self, actor: &Actor) -> Answer {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        actor.send(Method::POST, &self.path, &headers, self.body.clone()).await
    }

    /// Sent many times at once: one caller has it done, the others are told what that one was. Another body is
    /// refused.
    async fn is_done_once(&self, actor: &Actor, status: u16) -> Value {
        let tasks: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (actor, request) = (actor.clone(), self.clone());
                tokio::spawn(async move { request.send(&actor).await })
            })
            .collect();
        let (mut replays, mut told) = (0, BTreeSet::new());
        for task in tasks {
            let answer = task.await.unwrap();
            let replayed = answer.headers.get("idempotent-replayed");
            replays += usize::from(replayed.is_some_and(|value| value == "true"));
            told.insert(answer.expect(status).to_string());
        }
        assert_eq!((replays, told.len()), (CALLERS - 1, 1), "{}: {told:#?}", self.path);
        if self.body != b"{}" {
            let other = Self { body: [&self.body[..], b" "].concat(), ..self.clone() };
            other.send(actor).await.problem(422, "idempotency_key_reused");
        }
        serde_json::from_str(told.first().unwrap()).unwrap()
    }
}

async fn events(service: &Service, kind: &str) -> usize {
    let log = service.dispatcher.get(&day("/events?limit=1000")).await.expect(200);
    log["events"].as_array().unwrap().iter().filter(|event| event["kind"] == kind).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn moves_and_their_undo_are_made_once() {
    on_each_database(async |service| {
        more_couriers(&service).await;
        let booking = service.booking("order-1").await;
        let body = to_courier(&booking, "c2");
        let tag = check(&service, &body).await.tag();
        let request = Request::new("m", &day("/moves"), &body).with("if-match", &tag);
        request.is_done_once(&service.dispatcher, 200).await;
        assert_eq!(events(&service, "booking.moved").await, 1);

        let changes = service.dispatcher.get(&day("/changes")).await.expect(200);
        let body = json!({ "change": changes["changes"][0]["number"] });
        let request = Request::new("u", &day("/undo"), &body);
        let undone = request.is_done_once(&service.dispatcher, 200).await;
        assert_eq!(undone["disruption"]["totals"]["couriers_changed"], 1);
        assert_eq!(events(&service, "booking.moved").await, 2);
        let elsewhere = service.replica(&service.dispatcher, settings()).await;
        assert_eq!(request.send(&elsewhere).await.expect(200), undone, "another process knows it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_day_is_upset_once() {
    on_each_database(async |service| {
        more_couriers(&service).await;
        service.booking("order-1").await;
        let path = day("/disturbances");
        let out = json!({ "kind": "courier_out", "courier": "c1" });
        let request = Request::new("d", &path, &out);
        let upset = request.is_done_once(&service.dispatcher, 201).await;
        assert_eq!(upset["repaired"], true, "the answer that is kept is the whole one");
        assert_eq!(events(&service, "day.disturbed").await, 1);
        let elsewhere = service.replica(&service.dispatcher, settings()).await;
        assert_eq!(request.send(&elsewhere).await.expect(201), upset);

        let urgent = json!({
            "kind": "urgent", "programme": "shop", "external_id": "urgent-1", "contact": contact(),
            "request": {
                "place": { "lon": 121.47, "lat": 31.23, "datum": "wgs84" }, "kind": "pickup",
                "devices": [{ "category": "phone" }],
            },
            "window": { "start": "2026-03-02T10:00:00+08:00", "end": "2026-03-02T14:00:00+08:00" },
        });
        Request::new("n", &path, &urgent).is_done_once(&service.dispatcher, 201).await;
        assert_eq!(events(&service, "booking.placed").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn proposals_and_re_plans_are_done_once() {
    on_each_database(async |service| {
        uneven(&service).await;
        let budget = json!({ "budget": { "stops_moved_max": 3, "eta_shift_s_max": 36_000 } });
        let request = Request::new("q", &day("/rebalance-proposals"), &budget);
        let proposal = request.is_done_once(&service.dispatcher, 201).await;
        assert_ne!(proposal["disruption"]["bookings"], json!([]));
        let again = request.send(&service.dispatcher).await;
        let path = again.headers["location"].to_str().unwrap().to_owned();
        let tag = service.dispatcher.get(&path).await.tag();
        let request = Request::new("b", &format!("{path}/apply"), &json!({}));
        let request = request.with("if-match", &tag);
        let applied = request.is_done_once(&service.dispatcher, 200).await;
        assert_eq!(applied["state"], "applied");

        let request = Request::new("r", &day("/replan"), &json!({ "freeze_s": 60 }));
        request.is_done_once(&service.dispatcher, 200).await;
        let propose = json!({ "propose": true });
        let request = Request::new("p", &day("/replan"), &propose);
        let proposal = request.is_done_once(&service.dispatcher, 201).await;
        assert_eq!(proposal["state"], "open");
        let begun = Request::new("o", &day("/replan"), &json!({ "freeze_s": 120 }));
        let begun = begun.with("prefer", "respond-async");
        let operation = begun.is_done_once(&service.dispatcher, 202).await;
        let path = format!("/v1/operations/{}", operation["id"].as_str().unwrap());
        service.dispatcher.get(&path).await.expect(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lock_is_made_once() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        let body = json!({ "bookings": [booking["id"]] });
        let made =
            Request::new("l", &day("/locks"), &body).is_done_once(&service.dispatcher, 201).await;
        assert_eq!(made["number"], 1);
        assert_eq!(events(&service, "day.locked").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_registry_has_is_taken_in_once() {
    on_each_database(async |service| {
        let version = async || service.store.registry_version().await.unwrap();
        for path in ["/v1/regions", "/v1/hubs", "/v1/couriers", "/v1/shifts"] {
            let listed = service.admin.get(path).await.expect(200);
            let before = version().await;
            let request = Request::new(path, path, &listed);
            let taken = request.is_done_once(&service.admin, 200).await;
            assert_eq!(taken, json!({ "imported": listed.as_array().unwrap().len() }), "{path}");
            assert_eq!(version().await, before + 1, "{path}");
            let elsewhere = service.replica(&service.admin, settings()).await;
            assert_eq!(
                request.send(&elsewhere).await.expect(200),
                taken,
                "another process knows it"
            );
        }
    })
    .await;
}

/// What was changed since stays: the request is answered again, and not done again.
#[tokio::test]
async fn an_import_that_is_repeated_undoes_nothing() {
    on_each_database(async |service| {
        let hubs = service.admin.get("/v1/hubs").await.expect(200);
        let request = Request::new("h", "/v1/hubs", &hubs);
        request.send(&service.admin).await.expect(200);
        let mut renamed = hubs.clone();
        renamed[0]["name"] = json!("renamed");
        service.admin.post("/v1/hubs", &renamed).await.expect(200);
        request.send(&service.admin).await.expect(200);
        assert_eq!(service.admin.get("/v1/hubs").await.expect(200), renamed);
        // A refusal is not kept: what was missing may have come meanwhile.
        let hub = json!([{ "id": "far", "region": "beyond", "name": "Far", "lon": 10.5, "lat": 10.5,
            "opens": "08:00", "closes": "20:00" }]);
        let refused = Request::new("f", "/v1/hubs", &hub);
        refused.send(&service.admin).await.problem(422, "invalid");
        let mut regions = service.admin.get("/v1/regions").await.expect(200);
        regions[0]["id"] = json!("beyond");
        regions[0]["area"] = json!({ "bbox": [10, 10, 11, 11] });
        service.admin.post("/v1/regions", &json!([regions[0]])).await.expect(200);
        refused.send(&service.admin).await.expect(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_secret_is_made_once_and_told_to_whoever_asks_again() {
    on_each_database(async |service| {
        let before = service.admin.get("/v1/keys").await.expect(200).as_array().unwrap().len();
        let body = json!({ "role": "dispatcher", "region": "shanghai" });
        let made = Request::new("k", "/v1/keys", &body).is_done_once(&service.admin, 201).await;
        let token = made["token"].as_str().map(str::to_owned);
        let guest = Actor { token, ..service.nobody.clone() };
        guest.get("/v1/regions").await.expect(200);
        let after = service.admin.get("/v1/keys").await.expect(200);
        assert_eq!(after.as_array().unwrap().len(), before + 1);

        let body = json!({ "url": "http://127.0.0.1:9/hook" });
        let webhook = service.admin.post("/v1/webhooks", &body).await.expect(201);
        let path = format!("/v1/webhooks/{}/rotate-secret", webhook["id"].as_str().unwrap());
        let request = Request::new("s", &path, &json!({}));
        let changed = request.is_done_once(&service.admin, 200).await;
        assert_ne!(changed["secret"], webhook["secret"]);
        // Another key asks for another secret.
        let other = Request::new("t", &path, &json!({})).send(&service.admin).await.expect(200);
        assert_ne!(other["secret"], changed["secret"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn webhooks_and_imports_are_taken_in_once() {
    on_each_database(async |service| {
        let body = json!({ "url": "http://127.0.0.1:9/hook" });
        let made = Request::new("w", "/v1/webhooks", &body).is_done_once(&service.admin, 201).await;
        let listed = service.admin.get("/v1/webhooks").await.expect(200);
        assert_eq!(listed.as_array().unwrap().len(), 1);
        assert_eq!(listed[0]["id"], made["id"]);

        let rows = json!([{
            "external_id": "order-1", "region": "shanghai", "kind": "pickup", "lon": 121.47,
            "lat": 31.23, "window_start": "2026-03-02T13:00:00+08:00",
            "window_end": "2026-03-02T17:00:00+08:00", "devices": "phone:1", "declared_value": 1000,
            "requested_at": "2026-03-01T12:00:00+08:00", "name": "A", "phone": "1",
            "address": "B",
        }]);
        let path = "/v1/regions/shanghai/bookings?programme=shop";
        let taken = Request::new("i", path, &rows).is_done_once(&service.dispatcher, 200).await;
        assert_eq!(taken["imported"], 1);
        let elsewhere = "/v1/regions/shanghai/bookings?programme=other";
        let other = Request::new("i", elsewhere, &rows).send(&service.dispatcher).await;
        other.problem(422, "idempotency_key_reused");
    })
    .await;
}
