//! Long work that is not waited for.

use super::actors::{Actor, Answer};
use super::service::{Service, TODAY, on_each_database, on_sqlite, settings};
use doorstep::http::HttpSettings;
use doorstep::planning::Effort;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

fn replan_path() -> String {
    format!("/v1/regions/shanghai/days/{TODAY}/replan")
}

async fn begin(dispatcher: &Actor) -> Answer {
    let headers = [("prefer", "respond-async, wait=5")];
    dispatcher.send(Method::POST, &replan_path(), &headers, Vec::new()).await
}

/// Asks until the operation has ended.
async fn ended(dispatcher: &Actor, location: &str) -> Value {
    loop {
        let operation = dispatcher.get(location).await.expect(200);
        if operation["state"] != "running" {
            return operation;
        }
    }
}

/// A replica whose searches go on until they are told to end.
async fn with_long_searches(service: &Service) -> Actor {
    let usual = settings();
    let time_limit = Some(Duration::from_hours(1));
    let replan = Effort { iterations: None, time_limit, ..usual.replan };
    service.replica(&service.dispatcher, HttpSettings { replan, ..usual }).await
}

#[tokio::test]
async fn a_replan_goes_on_by_itself_and_every_replica_tells_how_far_it_is() {
    on_each_database(async |service| {
        service.booking("order-1").await;
        let begun = begin(&service.dispatcher).await;
        let location = begun.headers["location"].to_str().unwrap().to_owned();
        let begun = begun.expect(202);
        assert_eq!(location, format!("/v1/operations/{}", begun["id"].as_str().unwrap()));
        assert_eq!((&begun["kind"], &begun["state"]), (&json!("replan"), &json!("running")));
        let elsewhere = service.replica(&service.dispatcher, settings()).await;
        let done = ended(&elsewhere, &location).await;
        assert_eq!(done["state"], "done", "{done:#}");
        assert!(done["result"]["version"].is_i64(), "{done:#}");
        assert_eq!(done["actor"], begun["actor"]);
        assert_eq!(service.dispatcher.get(&location).await.expect(200), done);
        // One that has ended stays as it is.
        let cancelled = service.dispatcher.ask(&format!("{location}/cancel")).await.expect(200);
        assert_eq!(cancelled["state"], "done");
    })
    .await;
}

#[tokio::test]
async fn a_day_is_planned_anew_once_at_a_time_until_somebody_ends_it() {
    on_each_database(async |service| {
        for order in 0..3 {
            service.booking(&format!("order-{order}")).await;
        }
        let patient = with_long_searches(&service).await;
        let location = begin(&patient).await.headers["location"].to_str().unwrap().to_owned();
        begin(&patient).await.problem(409, "already_running");
        patient.ask(&replan_path()).await.problem(409, "already_running");
        begin(&service.dispatcher).await.problem(409, "already_running");
        service.dispatcher.ask(&format!("{location}/cancel")).await.expect(200);
        let ended = ended(&service.dispatcher, &location).await;
        assert_eq!((&ended["state"], ended.get("result")), (&json!("cancelled"), None));
        begin(&service.dispatcher).await.expect(202);
    })
    .await;
}

#[tokio::test]
async fn operations_are_for_dispatchers_of_their_region() {
    on_sqlite(async |service| {
        let begun = begin(&service.dispatcher).await;
        let location = begun.headers["location"].to_str().unwrap().to_owned();
        service.far_dispatcher.get(&location).await.problem(403, "forbidden");
        let cancel = format!("{location}/cancel");
        service.far_dispatcher.ask(&cancel).await.problem(403, "forbidden");
        service.checkout.get(&location).await.problem(403, "forbidden");
        let unknown = "/v1/operations/opr_00000000000000000000000000000000";
        service.dispatcher.get(unknown).await.problem(404, "not_found");
        service.dispatcher.ask(&format!("{unknown}/cancel")).await.problem(404, "not_found");
    })
    .await;
}
