//! Bookings that cannot wait for a slot.

use super::crew::{day, is_sound, moved, to_courier, visit};
use super::service::{Service, contact, on_each_database, on_sqlite};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn urgent(external_id: &str) -> Value {
    json!({
        "kind": "urgent", "programme": "shop", "external_id": external_id, "contact": contact(),
        "request": {
            "place": { "lon": 121.4737, "lat": 31.2304 }, "kind": "pickup",
            "devices": [{ "category": "phone", "brand": "Huawei", "model": "P20" }],
        },
    })
}

async fn board(service: &Service) -> Value {
    service.dispatcher.get(&day("")).await.expect(200)
}

#[tokio::test]
async fn what_is_urgent_is_booked_at_once_in_its_own_window() {
    on_each_database(async |service| {
        let path = day("/disturbances");
        let booked = service.dispatcher.post(&path, &urgent("order-1")).await.expect(201);
        let booking = &booked["booking"];
        assert_eq!(
            (&booking["status"], &booking["external_id"]),
            (&json!("confirmed"), &json!("order-1"))
        );
        assert_eq!(visit(&service, booking).await.unwrap().0, "c1");
        is_sound(&service).await;
        let read = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
        assert_eq!(service.checkout.get(&read).await.expect(200)["slot"], booking["slot"]);
        service.other_checkout.get(&read).await.problem(404, "not_found");
        let events = service.dispatcher.get(&day("/events")).await.expect(200);
        let mut events = events["events"].as_array().unwrap().iter();
        let placed = events.find(|event| event["kind"] == "booking.placed").unwrap().clone();
        assert_eq!(placed["body"]["urgent"], true);
        let listed = service.dispatcher.get(&path).await.expect(200);
        assert_eq!(listed["disturbances"], json!([]), "it is a booking");
        let again = service.dispatcher.post(&path, &urgent("order-1")).await;
        again.problem(409, "external_id_taken");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_can_do_is_refused_with_what_is_left() {
    on_each_database(async |service| {
        let path = day("/disturbances");
        let before = board(&service).await;
        let mut late = urgent("order-1");
        let start = service.now() + TimeDelta::hours(11);
        late["window"] = json!({ "start": start, "end": start + TimeDelta::minutes(30) });
        let refused = service.dispatcher.post(&path, &late).await.problem(409, "slot_taken");
        assert_eq!(refused["reason"]["code"], "no_shift");
        assert!(!refused["alternatives"].as_array().unwrap().is_empty());
        assert_eq!(board(&service).await, before, "nothing is stored");
    })
    .await;
}

/// The only courier who may do it is farther than many who may not, and takes no more than they have. The
/// routes nearest to the door are of no use then: those are searched that can help.
#[tokio::test]
async fn who_can_do_it_alone_gives_something_else_away() {
    on_each_database(async |service| {
        let mut regions = service.admin.get("/v1/regions").await.expect(200);
        let mut regions = regions.as_array_mut().unwrap().iter_mut();
        let region = regions.find(|region| region["id"] == "shanghai").unwrap();
        region["device_skills"] = json!({ "laptop": ["laptops"] });
        region["live"]["hub_call_s"] = json!(8 * 3_600);
        service.admin.post("/v1/regions", region).await.expect(200);
        let many = (20..34).map(|number| format!("c{number},shanghai,Wu,ebike,h1,1,50000,100000,,\n"));
        let couriers = "id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,\
            skills\n\
            expert,shanghai,Xu,ebike,h2,1,50000,100000,,laptops\n";
        let couriers: String = std::iter::once(couriers.to_owned()).chain(many.clone()).collect();
        service.admin.post_as("text/csv", "/v1/couriers", couriers).await.expect(200);
        let works = |who: &str| format!("{who},daily,09:00,18:00,,,\n");
        let who = many.map(|row| row.split(',').next().unwrap().to_owned());
        let shifts: String = ["courier,date,starts,ends,break_earliest,break_latest,break_s\n".to_owned()]
            .into_iter()
            .chain(who.chain(["expert".to_owned()]).map(|who| works(&who)))
            .collect();
        service.admin.post_as("text/csv", "/v1/shifts", shifts).await.expect(200);
        let parcel = service.booking("order-1").await;
        moved(&service, &to_courier(&parcel, "expert")).await;

        let mut laptop = urgent("order-2");
        laptop["request"]["devices"] = json!([{ "category": "laptop" }]);
        let start = service.now() + TimeDelta::hours(2);
        laptop["window"] = json!({ "start": start, "end": start + TimeDelta::hours(4) });
        let booked = service.dispatcher.post(&day("/disturbances"), &laptop).await.expect(201);
        assert_eq!(visit(&service, &booked["booking"]).await, Some(("expert".to_owned(), 1)));
        let (courier, _) = visit(&service, &parcel).await.expect("it keeps a place");
        assert_ne!(courier, "expert");
        is_sound(&service).await;
    })
    .await;
}

#[tokio::test]
async fn an_urgent_booking_has_to_make_sense() {
    on_sqlite(async |service| {
        let path = day("/disturbances");
        let pointer = async |body: Value| service.dispatcher.post(&path, &body).await.pointer();
        let mut past = urgent("order-1");
        let start = service.now() - TimeDelta::hours(2);
        past["window"] = json!({ "start": start, "end": start + TimeDelta::hours(1) });
        assert_eq!(pointer(past).await, "/window");
        let mut outside = urgent("order-1");
        outside["request"]["place"] = json!({ "lon": 31.2304, "lat": 21.4737 });
        assert_eq!(pointer(outside).await, "/place");
        service.checkout.post(&path, &urgent("order-1")).await.problem(403, "forbidden");
        service.far_dispatcher.post(&path, &urgent("order-1")).await.problem(403, "forbidden");
    })
    .await;
}
