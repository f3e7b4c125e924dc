//! Regions, hubs, couriers, shifts, keys.

use super::actors::Actor;
use super::service::{Service, on_each_database, on_sqlite};
use serde_json::{Value, json};

const LISTS: [&str; 4] = ["/v1/regions", "/v1/hubs", "/v1/couriers", "/v1/shifts"];

#[tokio::test]
async fn what_is_listed_can_be_taken_in_again() {
    on_each_database(async |service| {
        for path in LISTS {
            let listed = service.admin.get(path).await.expect(200);
            let count = listed.as_array().unwrap().len();
            assert!(count > 0, "{path}");
            let answer = service.admin.post(path, &listed).await.expect(200);
            assert_eq!(answer, json!({ "imported": count }), "{path}");
            assert_eq!(service.admin.get(path).await.expect(200), listed, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_dispatcher_lists_what_is_of_their_region() {
    on_sqlite(async |service| {
        let ids = |listed: &Value| -> Vec<Value> {
            listed.as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
        };
        let seen = service.dispatcher.get("/v1/regions").await.expect(200);
        assert_eq!(ids(&seen), ["shanghai"]);
        let seen = service.dispatcher.get("/v1/couriers").await.expect(200);
        assert_eq!(ids(&seen), ["c1", "c9"]);
        for path in ["/v1/hubs", "/v1/couriers", "/v1/shifts"] {
            assert_eq!(service.far_dispatcher.get(path).await.expect(200), json!([]), "{path}");
        }
        for path in LISTS {
            service.dispatcher.post(path, &json!([])).await.problem(403, "forbidden");
        }
    })
    .await;
}

#[tokio::test]
async fn an_import_reports_every_fault_at_once() {
    on_sqlite(async |service| {
        let good = service.admin.get("/v1/hubs").await.expect(200);
        let mut hubs = good.clone();
        hubs[0]["lon"] = json!(500);
        hubs[1]["closes"] = json!("late");
        assert_eq!(pointers(&service.admin, "/v1/hubs", &hubs).await, ["/0/lon", "/1/closes"]);
        assert_eq!(service.admin.get("/v1/hubs").await.expect(200), good);
        let mut couriers = service.admin.get("/v1/couriers").await.expect(200);
        couriers[0]["hub"] = json!("nowhere");
        couriers[1]["vehicle"] = json!("rocket");
        assert_eq!(
            pointers(&service.admin, "/v1/couriers", &couriers).await,
            ["/0/hub", "/1/vehicle"]
        );
        let mut shifts = service.admin.get("/v1/shifts").await.expect(200);
        shifts[0]["ends"] = json!("08:00");
        assert_eq!(pointers(&service.admin, "/v1/shifts", &shifts).await, ["/0/ends"]);
        let mut regions = service.admin.get("/v1/regions").await.expect(200);
        regions[0]["time_zone"] = json!("Mars/Olympus");
        regions[1]["area"] = json!({ "bbox": [2, 0, 1, 1] });
        assert_eq!(pointers(&service.admin, "/v1/regions", &regions).await, ["/0", "/1/area"]);
    })
    .await;
}

#[tokio::test]
async fn a_csv_fault_has_its_line_and_column() {
    on_sqlite(async |service| {
        let csv = "id,region,name,lon,lat,opens,closes\nh3,shanghai,X,121.5,31.2,08:00,never\n";
        let answer = service.admin.post_as("text/csv; charset=utf-8", "/v1/hubs", csv).await;
        let problem = answer.problem(422, "invalid");
        let error = &problem["errors"][0];
        assert_eq!((&error["line"], &error["column"]), (&json!(2), &json!("closes")));
        assert!(error.get("pointer").is_none());
    })
    .await;
}

async fn pointers(admin: &Actor, path: &str, body: &Value) -> Vec<String> {
    let problem = admin.post(path, body).await.problem(422, "invalid");
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.filter_map(|error| error["pointer"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn a_key_works_until_it_is_revoked_and_its_token_is_shown_once() {
    on_each_database(async |service| {
        let body = json!({ "role": "dispatcher", "region": "shanghai" });
        let made = service.admin.post("/v1/keys", &body).await.expect(201);
        let token = made["token"].as_str().unwrap().to_owned();
        let guest = Actor { token: Some(token.clone()), ..service.nobody.clone() };
        guest.get("/v1/regions").await.expect(200);
        let listed = service.admin.get("/v1/keys").await.expect(200);
        assert!(!listed.to_string().contains(&token));
        let row = listed.as_array().unwrap().iter().find(|key| key["id"] == made["id"]).unwrap();
        assert_eq!((&row["role"], &row["region"]), (&json!("dispatcher"), &json!("shanghai")));
        assert_eq!(row["label"], token[token.len() - 4..]);
        let path = format!("/v1/keys/{}", made["id"].as_str().unwrap());
        service.admin.delete(&path).await.expect(204);
        guest.get("/v1/regions").await.problem(401, "unauthorized");
        let unknown = "/v1/keys/key_00000000000000000000000000000000";
        service.admin.delete(unknown).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_key_needs_what_its_role_needs() {
    on_sqlite(async |service| {
        let cases = [
            ("/programme", json!({ "role": "checkout" })),
            ("/courier", json!({ "role": "courier" })),
            ("/courier", json!({ "role": "courier", "courier": "nobody" })),
            ("/region", json!({ "role": "dispatcher", "region": "atlantis" })),
            ("/role", json!({ "role": "king" })),
        ];
        for (pointer, body) in cases {
            assert_eq!(service.admin.post("/v1/keys", &body).await.pointer(), pointer, "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn programmes_exist_from_their_first_key_on() {
    on_sqlite(async |service| {
        let listed = service.admin.get("/v1/programmes").await.expect(200);
        assert_eq!(listed, json!([{ "id": "other-shop" }, { "id": "shop" }]));
        assert_eq!(service.dispatcher.get("/v1/programmes").await.expect(200), listed);
        service.dispatcher.get("/v1/keys").await.problem(403, "forbidden");
        not_for_others(&service).await;
    })
    .await;
}

async fn not_for_others(service: &Service) {
    for path in ["/v1/programmes", "/v1/keys"] {
        service.nobody.get(path).await.problem(401, "unauthorized");
        service.checkout.get(path).await.problem(403, "forbidden");
        service.courier.get(path).await.problem(403, "forbidden");
    }
}
