//! What every path answers when it is called in a wrong way.

use super::actors::Actor;
use super::document::is_for_keys;
use super::service::{TODAY, on_sqlite, search};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_service_says_that_it_is_up() {
    on_sqlite(async |service| {
        for path in ["/healthz", "/readyz"] {
            assert_eq!(service.nobody.get(path).await.expect(200), json!({ "status": "ok" }));
        }
    })
    .await;
}

#[tokio::test]
async fn the_service_stops_when_it_is_told_to() {
    on_sqlite(async |service| {
        service.nobody.get("/healthz").await.expect(200);
        let caller = service.nobody.clone();
        service.stop().await.unwrap();
        let refused = caller.client.get(format!("{}/healthz", caller.base)).send().await;
        assert!(refused.is_err());
    })
    .await;
}

/// Each operation of the document, called by nobody and by a stranger.
#[tokio::test]
async fn no_path_answers_without_a_valid_key() {
    on_sqlite(async |service| {
        let stranger = Actor { token: Some("dsk_unknown".to_owned()), ..service.nobody.clone() };
        let document = service.nobody.document.clone();
        let mut called = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys().filter(|_| is_for_keys(path)) {
                let path = path.replace("{region}", "shanghai").replace("{date}", TODAY);
                let path = path.replace("{id}", "bkg_00000000000000000000000000000000");
                let method: Method = method.to_ascii_uppercase().parse().unwrap();
                for actor in [&service.nobody, &stranger] {
                    let answer = actor.send(method.clone(), &path, &[], Vec::new()).await;
                    assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"doorstep\"");
                    answer.problem(401, "unauthorized");
                    called += 1;
                }
            }
        }
        assert!(called > 40, "{called}");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_role_is_told_which_one_is_needed() {
    on_sqlite(async |service| {
        let answer = service.courier.post("/v1/slot-searches", &search()).await;
        insta::assert_json_snapshot!(answer.problem(403, "forbidden"), @r#"
        {
          "code": "forbidden",
          "detail": "this needs a key with the role checkout or picker; the one given is for courier",
          "status": 403,
          "title": "The key does not allow this",
          "type": "urn:doorstep:problem:forbidden"
        }
        "#);
        service.dispatcher.post("/v1/holds", &json!({})).await.problem(403, "forbidden");
        service.admin.post("/v1/bookings", &json!({})).await.problem(403, "forbidden");
        service.checkout.get("/v1/couriers/me/route").await.problem(403, "forbidden");
        let booking = "/v1/bookings/bkg_00000000000000000000000000000000";
        service.courier.get(booking).await.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_says_where() {
    on_sqlite(async |service| {
        let path = "/v1/slot-searches";
        let answer = service.checkout.post_as("application/json", path, "{\"place\": }").await;
        insta::assert_json_snapshot!(answer.problem(400, "malformed_json"), @r#"
        {
          "code": "malformed_json",
          "detail": "the body is not JSON: expected value at line 1 column 11",
          "status": 400,
          "title": "The body is not JSON",
          "type": "urn:doorstep:problem:malformed_json"
        }
        "#);
        let mut body = search();
        body["place"]["lat"] = json!("north");
        let answer = service.checkout.post(path, &body).await;
        insta::assert_json_snapshot!(answer.problem(422, "invalid"), @r#"
        {
          "code": "invalid",
          "detail": "invalid type: string \"north\", expected f64",
          "errors": [
            {
              "message": "invalid type: string \"north\", expected f64",
              "pointer": "/place/lat"
            }
          ],
          "status": 422,
          "title": "The request cannot be used",
          "type": "urn:doorstep:problem:invalid"
        }
        "#);
    })
    .await;
}

#[tokio::test]
async fn a_body_of_the_wrong_kind_or_size_is_refused() {
    on_sqlite(async |service| {
        let path = "/v1/slot-searches";
        for kind in ["text/plain", "text/csv", "application/x-www-form-urlencoded"] {
            let answer = service.checkout.post_as(kind, path, search().to_string()).await;
            answer.problem(415, "unsupported_media_type");
        }
        service.checkout.ask(path).await.problem(415, "unsupported_media_type");
        let charset = "application/json; charset=utf-8";
        service.checkout.post_as(charset, path, search().to_string()).await.expect(200);
        let two_megabytes = vec![b' '; 2 << 20];
        let answer =
            service.checkout.post_as("application/json", path, two_megabytes.clone()).await;
        answer.problem(413, "too_large");
        let answer = service.admin.post_as("application/json", "/v1/hubs", two_megabytes).await;
        answer.problem(422, "invalid");
        let nine_megabytes = vec![b' '; 9 << 20];
        let answer = service.admin.post_as("application/json", "/v1/hubs", nine_megabytes).await;
        answer.problem(413, "too_large");
    })
    .await;
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    on_sqlite(async |service| {
        let answer = service.nobody.get("/v1/nothing").await;
        insta::assert_json_snapshot!(answer.problem(404, "not_found"), @r#"
        {
          "code": "not_found",
          "detail": "there is nothing at /v1/nothing: see /docs",
          "status": 404,
          "title": "There is no such thing",
          "type": "urn:doorstep:problem:not_found"
        }
        "#);
        let answer = service.nobody.delete("/v1/bookings").await;
        assert_eq!(answer.headers["allow"], "POST");
        answer.problem(405, "method_not_allowed");
    })
    .await;
}

#[tokio::test]
async fn every_answer_has_a_request_id() {
    on_sqlite(async |service| {
        let given = [("x-request-id", "abc-1")];
        let answer = service.nobody.send(Method::GET, "/healthz", &given, Vec::new()).await;
        assert_eq!(answer.headers["x-request-id"], "abc-1");
        let answer = service.nobody.get("/v1/nothing").await;
        assert_eq!(answer.headers["x-request-id"].len(), 32);
        assert_eq!(answer.headers["cache-control"], "no-store");
        let spaced = [("x-request-id", "not usable")];
        let answer = service.nobody.send(Method::GET, "/healthz", &spaced, Vec::new()).await;
        assert_eq!(answer.headers["x-request-id"].len(), 32);
    })
    .await;
}
