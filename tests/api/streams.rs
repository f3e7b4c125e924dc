//! Live streams: the day for dispatchers, and the own route for couriers.

use super::service::{TODAY, on_each_database, on_sqlite, settings};
use chrono::TimeDelta;
use doorstep::http::HttpSettings;
use reqwest::Method;
use serde_json::{Value, json};

const ROUTE: &str = "/v1/couriers/me/route";
const ROUTE_STREAM: &str = "/v1/couriers/me/route/stream";

fn day_stream() -> String {
    format!("/v1/regions/shanghai/days/{TODAY}/stream")
}

#[tokio::test]
async fn a_dispatcher_sees_each_commit_and_where_the_day_stood_before() {
    on_each_database(async |service| {
        service.booking("order-1").await;
        let mut stream = service.dispatcher.listen(&day_stream(), None).await;
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        assert!(stream.headers().get("content-encoding").is_none(), "it is not compressed");
        let hello = stream.expect("hello").await;
        assert_eq!((hello.id.as_str(), &hello.data["seq"]), ("2", &json!(2)));
        let day = service.dispatcher.get(&format!("/v1/regions/shanghai/days/{TODAY}")).await;
        assert_eq!(hello.data["version"], day.expect(200)["version"]);

        let booking = service.booking("order-2").await;
        let held = stream.expect("hold.placed").await;
        let confirmed = stream.expect("booking.confirmed").await;
        assert_eq!((held.id.as_str(), confirmed.id.as_str()), ("3", "4"));
        assert_eq!(confirmed.data["subject"], booking["id"]);
        assert_eq!(confirmed.data["actor"], "programme:shop");
        let route = &service.courier.get("/v1/couriers/me/route").await.expect(200)["id"];
        for told in [&held, &confirmed] {
            let body = &told.data["body"];
            assert_eq!((&body["route"], &body["courier"]), (route, &json!("c1")), "whose it is");
        }
        let log = format!("/v1/regions/shanghai/days/{TODAY}/events?after=2");
        let log = service.dispatcher.get(&log).await.expect(200);
        assert_eq!(log["events"], json!([held.data, confirmed.data]), "the log says the same");
    })
    .await;
}

#[tokio::test]
async fn a_stream_goes_on_where_it_was_also_at_another_replica() {
    on_each_database(async |service| {
        let mut stream = service.dispatcher.listen(&day_stream(), None).await;
        stream.expect("hello").await;
        service.booking("order-1").await;
        let last = stream.expect("hold.placed").await;
        drop(stream);
        service.booking("order-2").await;
        let elsewhere = service.replica(&service.dispatcher, settings()).await;
        for dispatcher in [&service.dispatcher, &elsewhere] {
            let mut stream = dispatcher.listen(&day_stream(), Some(&last.id)).await;
            for (id, kind) in (2..).zip(["booking.confirmed", "hold.placed", "booking.confirmed"]) {
                assert_eq!(stream.expect(kind).await.id, id.to_string());
            }
        }
        let mut far = elsewhere.listen(&day_stream(), None).await;
        far.expect("hello").await;
        service.hold().await;
        assert_eq!(far.expect("hold.placed").await.id, "5", "it was committed by another replica");
    })
    .await;
}

#[tokio::test]
async fn what_was_never_sent_cannot_be_resumed_from() {
    on_sqlite(async |service| {
        for id in ["x", "-1", "7", ""] {
            let headers = [("last-event-id", id)];
            let answer =
                service.dispatcher.send(Method::GET, &day_stream(), &headers, Vec::new()).await;
            answer.problem(400, "bad_event_id");
        }
        let headers = [("last-event-id", "rte_1.x")];
        let answer = service.courier.send(Method::GET, ROUTE_STREAM, &headers, Vec::new()).await;
        answer.problem(400, "bad_event_id");
    })
    .await;
}

#[tokio::test]
async fn streams_are_for_their_own_region_and_role() {
    on_sqlite(async |service| {
        service.far_dispatcher.get(&day_stream()).await.problem(403, "forbidden");
        service.courier.get(&day_stream()).await.problem(403, "forbidden");
        service.dispatcher.get(ROUTE_STREAM).await.problem(403, "forbidden");
        service.idle_courier.get(ROUTE_STREAM).await.problem(404, "not_found");
        let far = "/v1/regions/shanghai/days/2036-03-02/stream";
        service.dispatcher.get(far).await.problem(422, "no_such_day");
    })
    .await;
}

#[tokio::test]
async fn a_courier_is_told_that_the_own_route_has_changed_and_nothing_else() {
    on_each_database(async |service| {
        let mut stream = service.courier.listen(ROUTE_STREAM, None).await;
        let first = stream.expect("route").await;
        let read = service.courier.get(ROUTE).await;
        assert_eq!(first.data["etag"], read.tag());
        service
            .courier
            .get_if_changed(ROUTE, first.data["etag"].as_str().unwrap())
            .await
            .expect(304);

        let mut last = first;
        for order in ["order-1", "order-2"] {
            service.booking(order).await;
            let mut version = last.data["version"].as_i64().unwrap();
            // Two commits, which a stream may tell at once.
            let until = version + 2;
            while version < until {
                last = stream.expect("route").await;
                version = last.data["version"].as_i64().unwrap();
            }
        }
        let keys: Vec<&String> = last.data.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["etag", "route_id", "version"], "nothing of any customer");
        let read = service.courier.get(ROUTE).await;
        assert_eq!(last.data["etag"], read.tag());
        assert_eq!(last.data["version"], read.expect(200)["version"]);
    })
    .await;
}

#[tokio::test]
async fn a_courier_who_comes_back_is_told_at_once_what_was_missed_or_nothing() {
    on_sqlite(async |service| {
        let mut stream = service.courier.listen(ROUTE_STREAM, None).await;
        let known = stream.expect("route").await;
        drop(stream);
        let mut same = service.courier.listen(ROUTE_STREAM, Some(&known.id)).await;
        service.hold().await;
        let held = same.expect("route").await;
        assert_ne!(held.id, known.id, "the first that is told is a change");
        let mut missed = service.courier.listen(ROUTE_STREAM, Some(&known.id)).await;
        assert_eq!(missed.expect("route").await, held);
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_when_its_key_is_revoked() {
    on_sqlite(async |service| {
        let of = json!({ "role": "dispatcher", "region": "shanghai" });
        let key = service.admin.post("/v1/keys", &of).await.expect(201);
        let token = key["token"].as_str().map(str::to_owned);
        let dispatcher = super::actors::Actor { token, ..service.dispatcher.clone() };
        let mut stream = dispatcher.listen(&day_stream(), None).await;
        stream.expect("hello").await;
        let id = key["id"].as_str().unwrap();
        service.admin.delete(&format!("/v1/keys/{id}")).await;
        service.hold().await;
        assert_eq!(stream.next().await, None, "not the event that came after");
    })
    .await;
}

#[tokio::test]
async fn streams_end_when_the_service_stops() {
    on_sqlite(async |service| {
        let mut day = service.dispatcher.listen(&day_stream(), None).await;
        let mut route = service.courier.listen(ROUTE_STREAM, None).await;
        day.expect("hello").await;
        route.expect("route").await;
        service.stop().await.unwrap();
        assert_eq!((day.next().await, route.next().await), (None, None));
    })
    .await;
}

#[tokio::test]
async fn a_stream_too_many_is_told_to_come_later() {
    on_sqlite(async |service| {
        let narrow = HttpSettings { streams_max: 1, ..settings() };
        let dispatcher = service.replica(&service.dispatcher, narrow).await;
        let mut first = dispatcher.listen(&day_stream(), None).await;
        first.expect("hello").await;
        let refused = dispatcher.get(&day_stream()).await;
        assert_eq!(refused.headers["retry-after"], "1");
        refused.problem(503, "overloaded");
    })
    .await;
}

#[tokio::test]
async fn a_day_that_is_followed_tells_also_what_happens_by_itself() {
    on_sqlite(async |service| {
        let hold = service.hold().await;
        let mut stream = service.dispatcher.listen(&day_stream(), None).await;
        stream.expect("hello").await;
        service.pass(TimeDelta::hours(1));
        let expired = stream.expect("hold.expired").await;
        let id = hold["id"].as_str().unwrap().replace("hld_", "bkg_");
        assert_eq!(
            (&expired.data["subject"], &expired.data["actor"]),
            (&Value::from(id), &json!("system"))
        );
    })
    .await;
}
