//! Days leave memory when they are idle, and nobody notices.

use super::town::{Town, confirmation, date, hold, now, programme, region};
use crate::desk::command::Command;
use crate::model::BookingState;
use chrono::{NaiveDate, TimeDelta};
use std::sync::Arc;
use tokio::task::JoinSet;

const WHILE: TimeDelta = TimeDelta::minutes(16);

fn tomorrow() -> NaiveDate {
    date().succ_opt().unwrap()
}

#[tokio::test]
async fn a_day_that_nobody_asks_for_is_closed_and_opened_again() {
    let town = Town::new().await;
    let desk = town.desk().await;
    let held = hold(&desk, &town.orders[0].request, 0).await.unwrap();
    desk.confirm(&programme(), confirmation(&held), None).await.unwrap();
    let plan = Arc::downgrade(&desk.day(&region(), date()).await.unwrap());
    desk.day(&region(), tomorrow()).await.unwrap();
    desk.close_idle_days();
    assert_eq!(desk.0.days.keys().len(), 2, "both were asked for just now");

    town.clock.advance_to(town.clock.now() + WHILE);
    desk.day(&region(), tomorrow()).await.unwrap();
    desk.close_idle_days();
    assert_eq!(desk.0.days.keys(), [(region(), tomorrow())]);
    while plan.upgrade().is_some() {
        // Its writer has yet to notice.
        tokio::task::yield_now().await;
    }
    let again = desk.day(&region(), date()).await.unwrap();
    assert!(again.find(held.id).is_some());
}

#[tokio::test]
async fn a_day_with_a_hold_stays_until_the_hold_is_over() {
    let town = Town::new().await;
    let desk = town.desk().await;
    hold(&desk, &town.orders[0].request, 0).await.unwrap();
    let later = town.clock.now() + TimeDelta::days(1);
    // As long as the clock stands still, the hold has not run out, however long nobody asks.
    assert_eq!(desk.0.days.close_idle_since(later), []);
    town.clock.advance_to(town.clock.now() + WHILE);
    while desk.0.days.close_idle_since(later).is_empty() {
        // The day's writer gives the place back first.
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn commands_and_closing_may_come_in_any_order() {
    let town = Town::new().await;
    let desk = town.desk().await;
    let forever = town.clock.now() + TimeDelta::days(1);
    let mut customers = JoinSet::new();
    for order in &town.orders[..20] {
        let (desk, request) = (desk.clone(), order.request.clone());
        customers.spawn(async move {
            let held = hold(&desk, &request, 0).await?;
            Some(now(desk.confirm(&programme(), confirmation(&held), None).await.unwrap()))
        });
    }
    let mut booked = Vec::new();
    while !customers.is_empty() {
        tokio::select! {
            served = customers.join_next() => booked.extend(served.unwrap().unwrap()),
            () = tokio::task::yield_now() => {
                desk.0.days.close_idle_since(forever);
            }
        }
    }
    let plan = desk.day(&region(), date()).await.unwrap();
    assert!(booked.len() > 5);
    for booking in booked {
        let at = plan.find(booking.id).expect("what was acknowledged is there");
        assert_eq!(plan.entry(at).booking.state, BookingState::Confirmed);
    }
}

#[tokio::test]
async fn a_hold_that_outlived_its_process_gives_its_place_back() {
    let town = Town::new().await;
    let before = town.desk().await;
    let held = hold(&before, &town.orders[0].request, 0).await.unwrap();
    drop(before);
    town.clock.advance_to(town.clock.now() + WHILE);
    let after = town.desk().await;
    while after.booking(None, held.id).await.unwrap().0.state != BookingState::Expired {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_nobody_waits_for_is_not_done() {
    let town = Town::new().await;
    let desk = town.desk().await;
    let held = hold(&desk, &town.orders[0].request, 0).await.unwrap();
    let command = || Command::Confirm(Box::new(confirmation(&held)));
    let (region, date) = (region(), date());
    tokio::select! {
        biased;
        _ = desk.send(&region, date, command(), None) => unreachable!("its commit takes a while"),
        () = std::future::ready(()) => {}
    }
    desk.send(&region, date, Command::Reload, None).await.unwrap();
    let plan = desk.day(&region, date).await.unwrap();
    let at = plan.find(held.id).unwrap();
    assert_eq!(plan.entry(at).booking.state, BookingState::Held, "nobody waited for more");
}
