//! Opening and reading days, and their events.

use crate::sample::{
    booked, cities, commit, date, event, hold, region_id, registry, route, visiting,
};
use doorstep::model::{Disturbance, RegionId, Upset};
use doorstep::store::{CommitReceipt, DayCommit, DayPosition, DayRows, NewEvent, StoreError};

#[tokio::test]
async fn a_day_that_was_not_opened_is_nothing() {
    for city in cities().await {
        assert_eq!(city.store.read_day(&region_id(), date()).await, Ok(None));
        let error = city.store.commit_day(&commit()).await.unwrap_err();
        assert!(matches!(error, StoreError::UnknownReference { .. }), "{error}");
        assert!(error.to_string().contains("2026-03-02"), "{error}");
    }
}

#[tokio::test]
async fn a_day_opens_with_its_routes_and_opens_again_as_it_is() {
    for city in cities().await {
        let opened = city.open_day(&["anna", "bo"]).await;
        let mut routes = vec![route("anna"), route("bo")];
        routes.sort_by_key(|route| route.id);
        assert_eq!(opened.routes, routes);
        assert!(opened.bookings.is_empty());
        assert_eq!(opened, city.day().await);

        city.store.commit_day(&booked(&route("anna"), vec![hold(1)])).await.unwrap();
        let changed = city.day().await;
        assert_eq!(city.open_day(&["anna", "bo"]).await, changed, "stored routes are kept");
        assert_eq!(changed.version, opened.version);
    }
}

#[tokio::test]
async fn a_route_that_is_added_moves_the_days_version() {
    for city in cities().await {
        let opened = city.open_day(&["anna"]).await;
        let grown = city.open_day(&["anna", "chen"]).await;
        assert_eq!(grown.routes.len(), 2);
        assert_eq!(grown.version, opened.version + 1);
        let late = DayCommit { day_version: Some(opened.version), ..commit() };
        assert_eq!(city.store.commit_day(&late).await, Err(StoreError::Conflict));
    }
}

#[tokio::test]
async fn a_days_position_moves_with_every_change() {
    for city in cities().await {
        let position = async || city.store.day_position(&region_id(), date()).await.unwrap();
        assert_eq!(position().await, None);
        let opened = city.open_day(&["anna"]).await;
        let DayRows { version, last_seq, .. } = opened;
        assert_eq!(position().await, Some(DayPosition { version, last_seq }));

        city.open_day(&["anna", "bo"]).await;
        assert_eq!(position().await, Some(DayPosition { version: version + 1, last_seq }));
        let told = DayCommit { events: vec![event("hold.placed")], ..commit() };
        city.store.commit_day(&told).await.unwrap();
        let last_seq = last_seq + 1;
        assert_eq!(position().await, Some(DayPosition { version: version + 1, last_seq }));
    }
}

#[tokio::test]
async fn a_day_of_a_region_that_is_not_there_is_refused() {
    for city in cities().await {
        let region = RegionId::new("atlantis").unwrap();
        let error = city.store.open_day(&region, date(), &[]).await.unwrap_err();
        assert!(error.to_string().starts_with("the day names region 'atlantis'"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_open_a_day_at_once_read_the_same() {
    for city in cities().await {
        let mut replicas = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let store = city.store.clone();
            replicas.spawn(async move {
                let routes = [route("anna"), route("bo"), route("chen")];
                store.open_day(&region_id(), date(), &routes).await.unwrap()
            });
        }
        let days = replicas.join_all().await;
        assert!(days.iter().all(|day| *day == days[0]), "{:?}", city.engine);
        assert_eq!(days[0].routes.len(), 3);
    }
}

#[tokio::test]
async fn days_are_apart() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        city.store.commit_day(&booked(&route("anna"), vec![hold(1)])).await.unwrap();
        let tomorrow = date().succ_opt().unwrap();
        let empty = city.store.open_day(&region_id(), tomorrow, &[]).await.unwrap();
        assert!(empty.routes.is_empty() && empty.bookings.is_empty());
        let events = city.store.events_after(&region_id(), tomorrow, 0, 10).await.unwrap();
        assert!(events.is_empty());
        assert_eq!(
            city.store.upsert_registry(&registry(), &[]).await,
            Ok(2),
            "and the registry too"
        );
    }
}

#[tokio::test]
async fn events_are_numbered_from_one_and_read_in_pages() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let tell = |count: usize| DayCommit {
            events: (0..count).map(|n| event(&format!("e{n}"))).collect(),
            ..commit()
        };
        let receipt = city.store.commit_day(&tell(3)).await.unwrap();
        assert_eq!(receipt, CommitReceipt { first_seq: 1, last_seq: 3 });
        let receipt = city.store.commit_day(&tell(0)).await.unwrap();
        assert_eq!(receipt, CommitReceipt { first_seq: 4, last_seq: 3 }, "an empty range");
        let receipt = city.store.commit_day(&tell(300)).await.unwrap();
        assert_eq!(receipt, CommitReceipt { first_seq: 4, last_seq: 303 });
        assert_eq!(city.day().await.last_seq, 303);

        let page = city.store.events_after(&region_id(), date(), 2, 3).await.unwrap();
        let numbers: Vec<i64> = page.iter().map(|event| event.seq).collect();
        assert_eq!(numbers, [3, 4, 5]);
        let (stored, given) = (&page[0], event("e2"));
        assert_eq!((&stored.kind, &stored.subject), (&given.kind, &given.subject));
        assert_eq!((&stored.body, stored.at), (&given.body, given.at));
        let end = city.store.events_after(&region_id(), date(), 303, 10).await.unwrap();
        assert!(end.is_empty());
    }
}

#[tokio::test]
async fn whose_promise_was_given_up_is_what_was_told_of_them_last() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let told = |kind: &str, number: u128, late: Option<bool>| NewEvent {
            kind: kind.to_owned(),
            subject: hold(number).id.to_string(),
            body: late.map_or(serde_json::json!({}), |late| serde_json::json!({ "late": late })),
            ..event("any")
        };
        let events = vec![
            told("booking.displaced", 1, None),
            told("booking.moved", 2, Some(true)),
            told("booking.displaced", 3, None),
            told("booking.moved", 3, Some(false)),
            told("booking.moved", 4, Some(true)),
            told("booking.moved", 4, None),
            told("booking.moved", 5, None),
            told("booking.displaced", 5, None),
        ];
        city.store.commit_day(&DayCommit { events, ..commit() }).await.unwrap();
        let given_up = city.store.displaced(&region_id(), date()).await.unwrap();
        assert_eq!(given_up, [1, 2, 5].map(|number| hold(number).id).into());
    }
}

#[tokio::test]
async fn a_route_keeps_all_of_its_stops() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let mut changed = visiting(&route("anna"), hold(1).id);
        changed.shift.ends += chrono::TimeDelta::hours(1);
        let change = DayCommit { routes: vec![changed.clone()], ..commit() };
        city.store.commit_day(&change).await.unwrap();
        changed.version += 1;
        assert_eq!(city.day().await.routes, [changed]);
    }
}

#[tokio::test]
async fn upset_days_are_those_that_something_upsets_or_upset() {
    for city in cities().await {
        let version = city.open_day(&["anna"]).await.version;
        let upset = async |from| city.store.upset_days(from).await.unwrap();
        assert_eq!(upset(date()).await, []);
        let ill = Disturbance {
            number: 1,
            what: Upset::CourierOut { courier: "anna".parse().unwrap() },
            is_over: false,
            aboard: vec![hold(1).id],
        };
        let noted = DayCommit {
            day_version: Some(version),
            disturbances: Some(vec![ill.clone()]),
            events: vec![event("day.disturbed")],
            ..commit()
        };
        city.store.commit_day(&noted).await.unwrap();
        assert_eq!(city.day().await.disturbances, [ill]);
        assert_eq!(upset(date()).await, [(region_id(), date(), version + 1)]);
        assert_eq!(upset(date().succ_opt().unwrap()).await, []);
    }
}
