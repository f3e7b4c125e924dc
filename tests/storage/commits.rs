//! The write of a day plan: whole or not at all.

use crate::database::Engine;
use crate::sample::{
    City, booked, cities, commit, confirmed, courier_id, date, event, hold, region_id, route,
    visiting,
};
use doorstep::model::{BookingId, BookingState, Route, RouteId};
use doorstep::store::{BookingRow, DayCommit, StoreError};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Commits what must fail with this error, and checks that nothing of it was written.
async fn refused(city: &City, commit: &DayCommit, expected: StoreError) {
    let before = city.day().await;
    let answer = city.store.commit_day(commit).await;
    assert_eq!(answer, Err(expected), "{:?}", city.engine);
    assert_eq!(city.day().await, before, "{:?}", city.engine);
    let told = city.store.events_after(&region_id(), date(), before.last_seq, 1_000).await;
    assert_eq!(told, Ok(Vec::new()), "{:?}", city.engine);
}

#[tokio::test]
async fn a_commit_writes_routes_bookings_and_events() {
    for city in cities().await {
        let opened = city.open_day(&["anna", "bo"]).await;
        let mut change = booked(&route("anna"), vec![hold(1), confirmed(2, "order-2")]);
        change.day_version = Some(opened.version);
        let receipt = city.store.commit_day(&change).await.unwrap();
        assert_eq!((receipt.first_seq, receipt.last_seq), (1, 1));

        let day = city.day().await;
        assert_eq!(day.version, opened.version + 1);
        let anna = day.routes.iter().find(|r| r.id == route("anna").id).unwrap();
        assert_eq!(anna.version, 2);
        assert_eq!(anna.stops, change.routes[0].stops);
        assert!(day.routes.contains(&route("bo")), "the other route is untouched");
        let place = Some(route("anna").id);
        let row =
            |booking| BookingRow { booking, route: place, version: BookingRow::FIRST_VERSION };
        assert_eq!(day.bookings, [row(hold(1)), row(confirmed(2, "order-2"))]);
    }
}

#[tokio::test]
async fn a_changed_booking_counts_on_and_one_without_a_place_leaves_the_day() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        city.store.commit_day(&booked(&route("anna"), vec![hold(1), hold(2)])).await.unwrap();
        let place = Some(route("anna").id);
        let mut expired = hold(2);
        expired.state = BookingState::Expired;
        let change = DayCommit {
            changed_bookings: vec![
                BookingRow { booking: confirmed(1, "order-1"), route: place, version: 1 },
                BookingRow { booking: expired.clone(), route: None, version: 1 },
            ],
            ..commit()
        };
        city.store.commit_day(&change).await.unwrap();
        let kept = BookingRow { booking: confirmed(1, "order-1"), route: place, version: 2 };
        assert_eq!(city.day().await.bookings, [kept]);
        let gone = city.store.booking(expired.id).await.unwrap().unwrap();
        assert_eq!(gone, BookingRow { booking: expired, route: None, version: 2 });
    }
}

#[tokio::test]
async fn one_version_that_moved_on_refuses_the_whole_commit() {
    for city in cities().await {
        let opened = city.open_day(&["anna", "bo"]).await;
        city.store.commit_day(&booked(&route("anna"), vec![hold(1)])).await.unwrap();
        let fresh = |change: DayCommit| DayCommit {
            routes: [vec![visiting(&route("bo"), hold(9).id)], change.routes].concat(),
            new_bookings: vec![(hold(9), Some(route("bo").id))],
            events: vec![event("never")],
            ..change
        };
        let stale_route = DayCommit { routes: vec![route("anna")], ..commit() };
        refused(&city, &fresh(stale_route), StoreError::Conflict).await;
        let unknown = Route { id: RouteId(Uuid::from_u128(7)), ..route("bo") };
        let unknown_route = DayCommit { routes: vec![unknown], ..commit() };
        refused(&city, &fresh(unknown_route), StoreError::Conflict).await;
        let stale = BookingRow { booking: hold(1), route: None, version: 0 };
        let stale_booking = DayCommit { changed_bookings: vec![stale], ..commit() };
        refused(&city, &fresh(stale_booking), StoreError::Conflict).await;
        let stale_day = DayCommit { day_version: Some(opened.version + 1), ..commit() };
        refused(&city, &fresh(stale_day), StoreError::Conflict).await;
    }
}

#[tokio::test]
async fn what_is_stored_already_is_not_inserted_again() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        city.store.commit_day(&booked(&route("anna"), vec![hold(1)])).await.unwrap();
        let again = DayCommit { new_bookings: vec![(hold(1), None)], ..commit() };
        refused(&city, &again, StoreError::Conflict).await;
        let both = vec![route("chen"), route("anna")];
        let again = DayCommit { new_routes: both, ..commit() };
        refused(&city, &again, StoreError::Conflict).await;
    }
}

#[tokio::test]
async fn a_new_route_can_be_booked_on_in_the_same_commit() {
    for city in cities().await {
        city.open_day(&[]).await;
        let new = Route { version: 5, ..visiting(&route("chen"), hold(1).id) };
        let change = DayCommit {
            new_routes: vec![new.clone()],
            new_bookings: vec![(hold(1), Some(new.id))],
            ..commit()
        };
        city.store.commit_day(&change).await.unwrap();
        assert_eq!(city.day().await.routes, [new], "its version is kept");
    }
}

#[tokio::test]
async fn a_booking_is_on_a_route_that_is_there() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let nowhere = Some(RouteId(Uuid::from_u128(7)));
        let change = DayCommit { new_bookings: vec![(hold(1), nowhere)], ..commit() };
        let (what, reference) = ("a booking".to_owned(), "a route or a day".to_owned());
        refused(&city, &change, StoreError::UnknownReference { what, reference }).await;
    }
}

#[tokio::test]
async fn an_order_number_is_used_once_unless_it_came_to_nothing() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let place = Some(route("anna").id);
        let new = |booking| DayCommit { new_bookings: vec![(booking, place)], ..commit() };
        city.store.commit_day(&new(confirmed(1, "order-1"))).await.unwrap();
        city.store.commit_day(&new(hold(2))).await.unwrap();
        refused(&city, &new(confirmed(3, "order-1")), StoreError::ExternalIdTaken).await;

        let named = BookingRow { booking: confirmed(2, "order-1"), route: place, version: 1 };
        let change = DayCommit { changed_bookings: vec![named], ..commit() };
        refused(&city, &change, StoreError::ExternalIdTaken).await;

        let mut elsewhere = confirmed(4, "order-1");
        elsewhere.programme = crate::sample::programme("recycler");
        city.store.commit_day(&new(elsewhere)).await.unwrap();

        let mut cancelled = confirmed(1, "order-1");
        cancelled.state = BookingState::Cancelled;
        let anew = DayCommit {
            changed_bookings: vec![BookingRow { booking: cancelled, route: None, version: 1 }],
            ..new(confirmed(5, "order-1"))
        };
        city.store.commit_day(&anew).await.unwrap();
    }
}

#[tokio::test]
async fn a_text_that_postgres_cannot_keep_is_refused_by_kind() {
    for city in cities().await.into_iter().filter(|city| city.engine == Engine::Postgres) {
        city.open_day(&["anna"]).await;
        // Text that PostgreSQL cannot compress below what an index takes.
        let long: String = (0..400).map(|n| route(&format!("c{n}")).id.0.to_string()).collect();
        for external_id in ["nul\0", &long] {
            let booking = confirmed(1, external_id);
            let change = DayCommit { new_bookings: vec![(booking, None)], ..commit() };
            let error = city.store.commit_day(&change).await.unwrap_err();
            assert!(matches!(error, StoreError::Unstorable(_)), "{error}");
        }
        let mut booking = confirmed(1, "order-1");
        booking.contact.as_mut().unwrap().address.push('\0');
        let change = DayCommit { new_bookings: vec![(booking, None)], ..commit() };
        let error = city.store.commit_day(&change).await.unwrap_err();
        assert!(matches!(error, StoreError::Unstorable(_)), "{error}");
        assert!(!error.to_string().contains("13800000000"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_commits_on_one_version_exactly_one_wins() {
    for city in cities().await {
        city.open_day(&["anna", "bo"]).await;
        let mut desks = tokio::task::JoinSet::new();
        for number in 1..=8_u128 {
            let store = city.store.clone();
            desks.spawn(async move {
                let mut change = booked(&route("anna"), vec![hold(number), hold(100 + number)]);
                change.routes.push(visiting(&route("bo"), hold(number).id));
                if number % 2 == 0 {
                    change.routes.reverse();
                }
                store.commit_day(&change).await
            });
        }
        let answers = desks.join_all().await;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "{:?}: {answers:?}", city.engine);
        assert!(
            answers
                .iter()
                .filter_map(|answer| answer.as_ref().err())
                .all(|e| *e == StoreError::Conflict)
        );
        let day = city.day().await;
        assert!(day.routes.iter().all(|route| route.version == 2));
        let stored: Vec<BookingId> = day.bookings.iter().map(|row| row.booking.id).collect();
        let visited: Vec<BookingId> = day
            .routes
            .iter()
            .filter(|r| r.courier == courier_id("anna"))
            .flat_map(Route::bookings)
            .collect();
        assert_eq!(stored, visited, "the winner is written whole");
        assert_eq!((stored.len(), day.last_seq), (2, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_of_different_routes_all_win_and_their_events_have_no_gaps() {
    for city in cities().await {
        let opened = city.open_day(&["anna", "bo", "chen"]).await;
        let mut desks = tokio::task::JoinSet::new();
        for (number, route) in (1..).zip(opened.routes) {
            let store = city.store.clone();
            desks.spawn(async move {
                let mut route = route;
                for step in 0..10 {
                    let change = booked(&route, vec![hold(number * 100 + step)]);
                    store.commit_day(&change).await.unwrap();
                    route = Route { version: route.version + 1, ..change.routes[0].clone() };
                }
            });
        }
        desks.join_all().await;
        let day = city.day().await;
        assert_eq!((day.bookings.len(), day.last_seq), (30, 30));
        assert!(day.routes.iter().all(|route| route.version == 11));
        let events = city.store.events_after(&region_id(), date(), 0, 100).await.unwrap();
        let numbers: Vec<i64> = events.iter().map(|event| event.seq).collect();
        assert_eq!(numbers, (1..=30).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_never_sees_half_a_commit() {
    for city in cities().await {
        city.open_day(&["anna", "bo"]).await;
        let store = city.store.clone();
        let writing = tokio::spawn(async move {
            let (mut anna, mut bo) = (route("anna"), route("bo"));
            for number in 1..=40 {
                let mut change = booked(&anna, vec![hold(number)]);
                change.routes.push(visiting(&bo, hold(number).id));
                store.commit_day(&change).await.unwrap();
                anna = Route { version: anna.version + 1, ..change.routes[0].clone() };
                bo = Route { version: bo.version + 1, ..change.routes[1].clone() };
            }
        });
        while !writing.is_finished() {
            let day = city.day().await;
            let versions: BTreeSet<i64> = day.routes.iter().map(|route| route.version).collect();
            assert_eq!(versions, BTreeSet::from([1 + day.last_seq]));
            assert_eq!(i64::try_from(day.bookings.len()), Ok(day.last_seq));
        }
        writing.await.unwrap();
    }
}

#[tokio::test]
async fn a_batch_larger_than_one_statement_is_one_commit() {
    for city in cities().await {
        let names: Vec<String> = (0..60).map(|n| format!("courier-{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        city.open_day(&names).await;
        let routes: Vec<Route> = names.iter().map(|name| route(name)).collect();
        let new_bookings: Vec<_> =
            (0..500_u32).map(|n| (hold(n.into()), Some(routes[n as usize % 60].id))).collect();
        let change = DayCommit {
            routes,
            new_bookings,
            events: (0..500).map(|_| event("booking.held")).collect(),
            ..commit()
        };
        city.store.commit_day(&change).await.unwrap();
        let day = city.day().await;
        assert_eq!((day.routes.len(), day.bookings.len(), day.last_seq), (60, 500, 500));
        assert!(day.routes.iter().all(|route| route.version == 2));

        let confirm = |row: BookingRow| {
            let number = row.booking.id.0.as_u128();
            BookingRow { booking: confirmed(number, &format!("order-{number}")), ..row }
        };
        let changed_bookings = day.bookings.into_iter().map(confirm).collect();
        city.store.commit_day(&DayCommit { changed_bookings, ..commit() }).await.unwrap();
        let day = city.day().await;
        assert!(day.bookings.iter().all(|row| row.version == 2));
        assert!(day.bookings.iter().all(|row| row.booking.state == BookingState::Confirmed));
    }
}
