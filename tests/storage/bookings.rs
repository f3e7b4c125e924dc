//! Finding bookings.

use crate::sample::{City, at, cities, commit, confirmed, date, hold, programme, region_id, route};
use chrono::TimeDelta;
use doorstep::model::{Booking, BookingId, BookingState, Flexible};
use doorstep::store::{BookingRow, DayCommit};
use uuid::Uuid;

async fn insert(city: &City, bookings: Vec<Booking>) {
    let new_bookings = bookings.into_iter().map(|booking| (booking, None)).collect();
    let change = DayCommit { new_bookings, ..commit() };
    city.store.commit_day(&change).await.expect("new bookings can be written");
}

fn in_state(state: BookingState, number: u128) -> Booking {
    Booking { state, ..hold(number) }
}

#[tokio::test]
async fn a_booking_is_found_by_its_id_in_every_state() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let all: Vec<Booking> =
            (1..).zip(BookingState::ALL).map(|(number, state)| in_state(state, number)).collect();
        insert(&city, all.clone()).await;
        for booking in all {
            let row = city.store.booking(booking.id).await.unwrap();
            assert_eq!(row, Some(BookingRow { booking, route: None, version: 1 }));
        }
        let unknown = BookingId(Uuid::from_u128(99));
        assert_eq!(city.store.booking(unknown).await, Ok(None));
    }
}

#[tokio::test]
async fn a_day_reads_exactly_the_bookings_that_have_a_place() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let all = (1..).zip(BookingState::ALL).map(|(number, state)| in_state(state, number));
        insert(&city, all.collect()).await;
        let read: Vec<BookingState> =
            city.day().await.bookings.iter().map(|row| row.booking.state).collect();
        let placed: Vec<BookingState> =
            BookingState::ALL.into_iter().filter(|state| state.has_place()).collect();
        assert_eq!(read, placed, "{:?}", city.engine);
    }
}

#[tokio::test]
async fn a_moment_is_kept_to_the_microsecond_on_both_engines() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let given = Booking { requested_at: at("2026-03-01T08:00:00.123456789Z"), ..hold(1) };
        insert(&city, vec![given.clone()]).await;
        let row = city.store.booking(given.id).await.unwrap().unwrap();
        assert_eq!(row.booking.requested_at, at("2026-03-01T08:00:00.123456Z"));
    }
}

#[tokio::test]
async fn an_order_number_finds_its_live_booking_or_else_the_last_one() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let ended = |number, requested_at| Booking {
            state: BookingState::Cancelled,
            requested_at: at(requested_at),
            ..confirmed(number, "order-1")
        };
        let first = ended(1, "2026-03-01T08:00:00Z");
        let last = ended(2, "2026-03-01T09:00:00Z");
        insert(&city, vec![last.clone(), first]).await;
        let find = |external_id| {
            let shop = programme("flagship");
            let store = city.store.clone();
            async move {
                let row = store.booking_by_external_id(&shop, external_id).await.unwrap();
                row.map(|row| row.booking)
            }
        };
        assert_eq!(find("order-1").await, Some(last));
        let live = Booking { requested_at: at("2026-03-01T07:00:00Z"), ..confirmed(3, "order-1") };
        insert(&city, vec![live.clone()]).await;
        assert_eq!(find("order-1").await, Some(live));
        assert_eq!(find("order-2").await, None);
        let other = city.store.booking_by_external_id(&programme("recycler"), "order-1").await;
        assert_eq!(other, Ok(None), "another programme's numbers are its own");
    }
}

#[tokio::test]
async fn taken_order_numbers_are_those_of_live_bookings() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let live = (1..=300).map(|number| confirmed(number, &format!("order-{number}")));
        let mut bookings: Vec<Booking> = live.collect();
        bookings[0].state = BookingState::Cancelled;
        bookings[1].state = BookingState::Completed;
        insert(&city, bookings).await;
        let shop = programme("flagship");
        let mut asked: Vec<_> =
            (1..=310).map(|number| (shop.clone(), format!("order-{number}"))).collect();
        asked.push((programme("recycler"), "order-5".to_owned()));
        let mut taken = city.store.taken_external_ids(&asked).await.unwrap();
        taken.sort_by_key(|(_, _, id)| *id);
        let expected: Vec<_> = (2..=300_u128)
            .map(|n| (shop.clone(), format!("order-{n}"), BookingId(Uuid::from_u128(n))))
            .collect();
        assert_eq!(taken, expected, "{:?}", city.engine);
        assert_eq!(city.store.taken_external_ids(&[]).await, Ok(Vec::new()));
    }
}

#[tokio::test]
async fn overdue_days_are_those_where_a_hold_ran_out_or_a_promise_is_to_be_fixed() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let ends = hold(1).hold_expires_at.unwrap();
        let overdue = async |now| city.store.overdue_days(now).await.unwrap();
        assert_eq!(overdue(ends).await, []);
        let tomorrow = date().succ_opt().unwrap();
        city.store.open_day(&region_id(), tomorrow, &[]).await.unwrap();
        insert(&city, vec![hold(1), hold(2), confirmed(3, "order-3")]).await;
        let mut later = hold(4);
        later.date = tomorrow;
        later.hold_expires_at = Some(ends + TimeDelta::seconds(1));
        let on_tomorrow =
            DayCommit { date: tomorrow, new_bookings: vec![(later, None)], ..commit() };
        city.store.commit_day(&on_tomorrow).await.unwrap();
        let days = [(region_id(), date()), (region_id(), tomorrow)];
        assert_eq!(overdue(ends - TimeDelta::seconds(1)).await, []);
        assert_eq!(overdue(ends).await, days[..1]);
        assert_eq!(overdue(ends + TimeDelta::seconds(1)).await, days);
    }
}

#[tokio::test]
async fn a_flexible_promise_is_overdue_when_it_is_to_be_fixed() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let plain = confirmed(1, "order-1");
        let fixed_at = plain.window.start;
        let of = Flexible { windows: vec![plain.window, plain.window], fixed_at };
        let flexible = Booking { flexible: Some(of), ..plain.clone() };
        insert(&city, vec![flexible.clone()]).await;
        let stored = city.store.booking(plain.id).await.unwrap().unwrap();
        assert_eq!(stored.booking, flexible);
        let overdue = async |now| city.store.overdue_days(now).await.unwrap();
        assert_eq!(overdue(fixed_at - TimeDelta::seconds(1)).await, []);
        assert_eq!(overdue(fixed_at).await, [(region_id(), date())]);
        let row = BookingRow { booking: plain, route: None, version: 1 };
        let change = DayCommit { changed_bookings: vec![row], ..commit() };
        city.store.commit_day(&change).await.unwrap();
        assert_eq!(overdue(fixed_at).await, []);
    }
}

#[tokio::test]
async fn a_rescheduled_booking_moves_to_its_new_day_whole() {
    for city in cities().await {
        city.open_day(&["anna"]).await;
        let place = Some(route("anna").id);
        let new = DayCommit { new_bookings: vec![(confirmed(1, "order-1"), place)], ..commit() };
        city.store.commit_day(&new).await.unwrap();
        let tomorrow = date().succ_opt().unwrap();
        city.store.open_day(&region_id(), tomorrow, &[]).await.unwrap();
        let moved = Booking { date: tomorrow, ..confirmed(1, "order-1") };
        let row = BookingRow { booking: moved.clone(), route: None, version: 1 };
        let change = DayCommit { date: tomorrow, changed_bookings: vec![row], ..commit() };
        city.store.commit_day(&change).await.unwrap();
        assert!(city.day().await.bookings.is_empty());
        let day = city.store.read_day(&region_id(), tomorrow).await.unwrap().unwrap();
        assert_eq!(day.bookings, [BookingRow { booking: moved, route: None, version: 2 }]);
    }
}
