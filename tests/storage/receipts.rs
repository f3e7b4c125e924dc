//! What requests with a key were answered, and commits of two days.

use crate::sample::{at, booked, cities, commit, confirmed, hold, route};
use chrono::TimeDelta;
use doorstep::model::{Booking, BookingState};
use doorstep::store::{BookingRow, DayCommit, KeptAnswer, Receipt, RequestKey, StoreError};

fn receipt(key: &str) -> Receipt {
    Receipt {
        of: RequestKey { caller: "programme:shop".to_owned(), key: key.to_owned() },
        fingerprint: [7; 32],
        answer: KeptAnswer {
            status: 201,
            location: Some("/v1/holds/hld_1".to_owned()),
            body: "{\"address\":\"静安\"}".into(),
        },
        at: at("2026-03-01T08:00:00Z"),
    }
}

#[tokio::test]
async fn a_receipt_is_written_with_its_effect_or_not_at_all() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let change = booked(&route("anna"), vec![hold(1)]);
        let change = DayCommit { receipts: vec![receipt("a"), receipt("b")], ..change };
        city.store.commit_day(&change).await.unwrap();
        let asked = ["b", "c"].map(|key| receipt(key).of);
        assert_eq!(city.store.receipts(&asked).await.unwrap(), [receipt("b")]);

        let before = city.day().await;
        let again = DayCommit {
            new_bookings: vec![(hold(2), None)],
            receipts: vec![receipt("a"), receipt("c")],
            ..commit()
        };
        assert_eq!(city.store.commit_day(&again).await, Err(StoreError::Conflict));
        assert_eq!(city.day().await, before);
        assert_eq!(city.store.receipts(&asked).await.unwrap(), [receipt("b")]);
    }
}

#[tokio::test]
async fn old_receipts_are_forgotten() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let young = Receipt { at: receipt("b").at + TimeDelta::hours(1), ..receipt("b") };
        let change = DayCommit { receipts: vec![receipt("a"), young.clone()], ..commit() };
        city.store.commit_day(&change).await.unwrap();
        assert_eq!(city.store.forget_receipts(young.at).await, Ok(1));
        let asked = ["a", "b"].map(|key| receipt(key).of);
        assert_eq!(city.store.receipts(&asked).await.unwrap(), [young]);
    }
}

#[tokio::test]
async fn two_days_are_written_together_or_not_at_all() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let booking = confirmed(1, "order-1");
        city.store.commit_day(&booked(&route("anna"), vec![booking.clone()])).await.unwrap();
        let tomorrow = booking.date.succ_opt().unwrap();
        city.store.open_day(&booking.region, tomorrow, &[]).await.unwrap();
        let moved = |version| DayCommit {
            date: tomorrow,
            changed_bookings: vec![BookingRow {
                booking: Booking { date: tomorrow, ..booking.clone() },
                route: None,
                version,
            }],
            ..commit()
        };
        let mut emptied = route("anna");
        emptied.version += 1;
        let left = DayCommit { routes: vec![emptied], ..commit() };
        let before = city.day().await;
        for (to, from) in [
            (moved(9), left.clone()),
            (moved(1), DayCommit { day_version: Some(9), ..left.clone() }),
        ] {
            assert_eq!(city.store.commit_days(&to, &from).await, Err(StoreError::Conflict));
            assert_eq!(city.day().await, before);
        }
        city.store.commit_days(&moved(1), &left).await.unwrap();
        assert!(city.day().await.bookings.is_empty());
        let there = city.store.read_day(&booking.region, tomorrow).await.unwrap().unwrap();
        assert_eq!(there.bookings.len(), 1);
    }
}

#[tokio::test]
async fn a_place_is_a_booking_with_its_route() {
    for city in cities().await {
        city.open_day(&["anna", "bo"]).await;
        city.store.commit_day(&booked(&route("anna"), vec![hold(1), hold(2)])).await.unwrap();
        let waiting = DayCommit { new_bookings: vec![(hold(3), None)], ..commit() };
        city.store.commit_day(&waiting).await.unwrap();
        let ended = Booking { state: BookingState::Cancelled, ..hold(4) };
        let ended = DayCommit { new_bookings: vec![(ended, None)], ..commit() };
        city.store.commit_day(&ended).await.unwrap();

        let (row, rows) = city.store.read_place(hold(1).id).await.unwrap().unwrap();
        assert_eq!((row.booking, row.route), (hold(1), Some(route("anna").id)));
        let mut ids: Vec<_> = rows.bookings.iter().map(|row| row.booking.id).collect();
        ids.sort_unstable();
        assert_eq!(ids, [hold(1).id, hold(2).id]);
        assert_eq!(rows.routes.iter().map(|r| r.id).collect::<Vec<_>>(), [route("anna").id]);
        let (_, rows) = city.store.read_place(hold(3).id).await.unwrap().unwrap();
        assert_eq!((rows.routes.len(), rows.bookings.len()), (0, 1));
        let (row, _) = city.store.read_place(hold(4).id).await.unwrap().unwrap();
        assert_eq!(row.booking.state, BookingState::Cancelled);
        assert_eq!(city.store.read_place(hold(9).id).await, Ok(None));
    }
}
