//! What has changed of a day since it was read.

use crate::sample::{booked, cities, commit, confirmed, date, event, hold, region_id, route};
use doorstep::store::{BookingRow, DayChanges, DayCommit, DayKnown, DayPosition, DayRows};

/// All that a reader of the day has.
fn known(day: &DayRows) -> DayKnown {
    DayKnown {
        version: day.version,
        routes: day.routes.iter().map(|route| (route.id, route.version)).collect(),
        bookings: day.bookings.iter().map(|row| (row.booking.id, row.version)).collect(),
    }
}

fn position(day: &DayRows) -> DayPosition {
    DayPosition { version: day.version, last_seq: day.last_seq }
}

#[tokio::test]
async fn a_day_that_was_not_opened_has_no_changes() {
    for city in cities().await {
        let changes = city.store.day_changes(&region_id(), date(), &DayKnown::default()).await;
        assert_eq!(changes, Ok(None));
    }
}

#[tokio::test]
async fn who_knows_nothing_reads_everything_and_who_knows_all_nothing() {
    for city in cities().await {
        city.open_day(&["anna", "bo"]).await;
        let waiting = DayCommit {
            day_version: Some(city.day().await.version),
            new_bookings: vec![(confirmed(2, "order-2"), None)],
            ..booked(&route("anna"), vec![hold(1)])
        };
        let first = (hold(1), Some(route("anna").id));
        let waiting =
            DayCommit { new_bookings: [vec![first], waiting.new_bookings].concat(), ..waiting };
        city.store.commit_day(&waiting).await.unwrap();
        let day = city.day().await;
        let read = async |known| {
            let changes = city.store.day_changes(&region_id(), date(), &known).await;
            changes.unwrap().unwrap()
        };

        let mut all = read(DayKnown::default()).await;
        all.routes.sort_by_key(|route| route.id);
        assert_eq!((all.position, &all.routes), (position(&day), &day.routes));
        assert_eq!(all.bookings, day.bookings[..1], "of those on routes");
        assert_eq!(all.waiting.as_deref(), Some(&day.bookings[1..]));

        let nothing = DayChanges {
            disturbances: None,
            locks: None,
            position: position(&day),
            routes: Vec::new(),
            bookings: Vec::new(),
            waiting: None,
        };
        assert_eq!(read(known(&day)).await, nothing);
    }
}

#[tokio::test]
async fn only_changed_routes_and_bookings_are_read() {
    for city in cities().await {
        city.open_day(&["anna", "bo"]).await;
        city.store.commit_day(&booked(&route("anna"), vec![hold(1), hold(2)])).await.unwrap();
        let before = city.day().await;
        let anna = before.routes.iter().find(|stored| stored.id == route("anna").id).unwrap();
        let place = Some(anna.id);
        let row = BookingRow { booking: confirmed(1, "order-1"), route: place, version: 1 };
        let change = DayCommit {
            routes: vec![anna.clone()],
            changed_bookings: vec![row],
            events: vec![event("booking.confirmed")],
            ..commit()
        };
        city.store.commit_day(&change).await.unwrap();
        let after = city.day().await;
        let changes = city.store.day_changes(&region_id(), date(), &known(&before)).await;
        let changes = changes.unwrap().unwrap();
        assert_eq!(changes.position, position(&after));
        let anna = after.routes.iter().find(|stored| stored.id == anna.id).unwrap();
        assert_eq!(changes.routes, std::slice::from_ref(anna));
        let row = BookingRow { booking: confirmed(1, "order-1"), route: place, version: 2 };
        assert_eq!(changes.bookings, [row], "the other is as it was");
        assert_eq!(changes.waiting, None);
    }
}
