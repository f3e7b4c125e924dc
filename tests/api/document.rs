//! The API document, and whether the service keeps to it.

use super::actors::Answer;
use super::service::on_sqlite;
use doorstep::http::openapi;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

/// Fails when the document does not list the answer's status for its path, or the problem's code
/// among the operation's. Paths that the document does not have must not be answered.
#[track_caller]
pub(crate) fn assert_documented(document: &Value, method: &Method, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap_or_default();
    let method = method.as_str().to_ascii_lowercase();
    let status = answer.status.as_u16();
    let paths = document["paths"].as_object().unwrap();
    // A literal path comes before a template that would also match.
    let item = paths.get(path).or_else(|| {
        paths.iter().find(|(template, _)| matches(template, path)).map(|(_, item)| item)
    });
    let Some(operation) = item.and_then(|item| item.get(&method)) else {
        let expected = if item.is_some() { 405 } else { 404 };
        assert!(status == expected || is_page(path), "{method} {path} is not documented: {status}");
        return;
    };
    let listed = &operation["responses"][status.to_string()];
    assert!(listed.is_object(), "{method} {path} answered {status}, which is not documented");
    if let Some(code) = answer.body["code"].as_str().filter(|_| status >= 400) {
        let codes = operation["x-problems"].as_array().unwrap();
        assert!(codes.iter().any(|listed| listed == code), "{method} {path}: {code} is not listed");
    }
}

fn is_page(path: &str) -> bool {
    path == "/" || path == "/openapi.json" || path.starts_with("/docs")
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(part, given)| part.starts_with('{') || part == given)
}

#[test]
fn the_pages_are_made_of_this_document() {
    let written = include_str!("../../web/openapi.json");
    let written: Value = serde_json::from_str(written).unwrap();
    let document = serde_json::to_value(openapi()).unwrap();
    assert!(written == document, "web/openapi.json is not the API's document: run `make openapi`");
}

#[test]
fn it_lists_every_path() {
    let document = serde_json::to_value(openapi()).unwrap();
    let listed: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
        })
        .collect();
    let expected = "\
        get /healthz|get /readyz|get /v1/bookings/{id}|get /v1/bookings/{id}/custody|get /v1/bookings/{id}/why|post /v1/bookings|\
        post /v1/bookings/{id}/slot-searches|post /v1/bookings/{id}/cancel|post /v1/bookings/{id}/reschedule|\
        get /v1/couriers|post /v1/couriers|\
        post /v1/couriers/me/events|post /v1/couriers/me/positions|\
        get /v1/couriers/me/route|get /v1/couriers/me/route/stream|post /v1/holds|delete /v1/holds/{id}|get /v1/holds/{id}|\
        get /v1/hubs|post /v1/hubs|get /v1/map|get /v1/keys|post /v1/keys|delete /v1/keys/{id}|\
        get /v1/operations/{id}|post /v1/operations/{id}/cancel|\
        get /v1/programmes|get /v1/regions|post /v1/regions|post /v1/regions/{region}/bookings|\
        get /v1/regions/{region}/days/{date}|post /v1/regions/{region}/days/{date}/replan|\
        get /v1/regions/{region}/days/{date}/bookings|get /v1/regions/{region}/days/{date}/positions|\
        get /v1/regions/{region}/days/{date}/changes|\
        get /v1/regions/{region}/days/{date}/disturbances|\
        post /v1/regions/{region}/days/{date}/disturbances|\
        delete /v1/regions/{region}/days/{date}/disturbances/{number}|\
        get /v1/regions/{region}/days/{date}/events|\
        get /v1/regions/{region}/days/{date}/locks|post /v1/regions/{region}/days/{date}/locks|\
        delete /v1/regions/{region}/days/{date}/locks/{number}|\
        post /v1/regions/{region}/days/{date}/moves|post /v1/regions/{region}/days/{date}/moves:check|\
        post /v1/regions/{region}/days/{date}/rebalance-proposals|\
        get /v1/regions/{region}/days/{date}/rebalance-proposals/{id}|\
        post /v1/regions/{region}/days/{date}/rebalance-proposals/{id}/apply|\
        get /v1/regions/{region}/days/{date}/replan-proposals/{id}|\
        post /v1/regions/{region}/days/{date}/replan-proposals/{id}/apply|\
        get /v1/regions/{region}/days/{date}/routes|\
        get /v1/regions/{region}/days/{date}/stream|\
        get /v1/regions/{region}/days/{date}/unassigned|\
        post /v1/regions/{region}/days/{date}/undo|\
        get /v1/regions/{region}/days/{date}/zones|get /v1/shifts|post /v1/shifts|\
        post /v1/slot-searches|get /v1/tracking/{token}|\
        post /v1/tracking/{token}/cancel|post /v1/tracking/{token}/reschedule|\
        post /v1/tracking/{token}/slot-searches|get /v1/tracking/{token}/stream|\
        get /v1/webhooks|post /v1/webhooks|delete /v1/webhooks/{id}|get /v1/webhooks/{id}|\
        patch /v1/webhooks/{id}|get /v1/webhooks/{id}/deliveries|\
        post /v1/webhooks/{id}/deliveries/{delivery}/retry|post /v1/webhooks/{id}/replay|\
        post /v1/webhooks/{id}/rotate-secret|post /v1/webhooks/{id}/test";
    let listed: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    assert_eq!(listed, expected.split('|').collect());
}

#[test]
fn every_problem_code_is_listed_somewhere_and_every_operation_says_who_may_call() {
    let document = serde_json::to_value(openapi()).unwrap();
    let operations = operations(&document);
    let listed: BTreeSet<&str> = operations
        .iter()
        .flat_map(|(_, operation)| operation["x-problems"].as_array().unwrap())
        .map(|code| code.as_str().unwrap())
        .collect();
    let all = &document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"];
    let all: BTreeSet<&str> =
        all.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    let unlisted: Vec<_> = all.difference(&listed).collect();
    assert_eq!(unlisted, [&"method_not_allowed"], "it belongs to no operation");
    for (name, operation) in &operations {
        assert_eq!(operation["security"].is_array(), is_for_keys(name), "{name}");
        assert!(operation["summary"].is_string(), "{name}");
    }
}

/// The link of a booking is its own key, and all pages ask what they draw their maps on.
pub(crate) fn is_for_keys(operation: &str) -> bool {
    let is_open = ["/v1/tracking/", "/v1/map"].iter().any(|open| operation.contains(open));
    operation.contains("/v1/") && !is_open
}

#[test]
fn every_reference_leads_somewhere() {
    let document = serde_json::to_value(openapi()).unwrap();
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_service_shows_it_with_a_page_to_read_it() {
    on_sqlite(async |service| {
        let shown = service.nobody.get("/openapi.json").await.expect(200);
        assert_eq!(shown, *service.nobody.document);
        for path in ["/docs/", "/"] {
            let page = service.nobody.get(path).await;
            assert_eq!(page.status.as_u16(), 200, "{path}");
            assert!(page.content_type().starts_with("text/html"), "{path}");
        }
    })
    .await;
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter();
            methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

fn collect_references<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_str().filter(|_| name == "$ref") {
                    Some(reference) => into.push(reference),
                    None => collect_references(field, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, into)),
        _ => {}
    }
}
