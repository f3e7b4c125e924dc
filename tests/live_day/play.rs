//! The day from its first customer to the last courier at home.

use super::agenda::{Agenda, Task};
use super::board::Place;
use super::courier::Courier;
use super::customers::{Customers, Later};
use super::database::TestDatabase;
use super::disturbances::{
    Deed, Kind, blocked_area, busiest, deeds, move_one, rebalance, upset, urgent,
};
use super::observer::Observer;
use super::phone::Phone;
use super::town::{Town, at, day};
use super::verdict::{Tally, Truth, judge};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// Phones tell where they are this often.
const LOCATED_EVERY: TimeDelta = TimeDelta::minutes(5);
/// When a phone is out of reach for an hour, and from when on its courier works.
const OUT_OF_REACH: [((u32, u32), (u32, u32)); 3] =
    [((10, 0), (10, 0)), ((11, 40), (8, 30)), ((16, 20), (12, 30))];

/// A day that is played.
struct Day {
    town: Town,
    agenda: Agenda,
    customers: Customers,
    couriers: Vec<Courier>,
    truth: Truth,
    observer: Observer,
    /// Ways of moving a visit that could not be done yet.
    moves_left: Vec<Kind>,
}

/// Plays the whole day on a database.
pub(crate) async fn whole_day(database: &TestDatabase) {
    let mut day = Day::dawn(Town::open(database).await);
    while let Some((now, task)) = day.agenda.next() {
        day.town.clock.advance_to(now);
        if task == Task::Due {
            day.observer.settle(now).await;
        } else {
            day.act(now, task).await;
            day.observer.observe().await;
        }
    }
    assert!(day.couriers.iter().all(Courier::is_home), "somebody is still on the road");
    let Day { town, customers, truth, observer, .. } = &day;
    let tally = judge(town, customers, truth, observer).await;
    day.tell(database, &tally);
    day.assert_is_a_real_one(&tally);
}

impl Day {
    /// Everybody's first deeds are noted.
    fn dawn(town: Town) -> Self {
        let customers = Customers::of(&town);
        let observer = Observer::new(town.dispatcher.clone());
        let mut couriers = couriers(&town);
        let mut agenda = Agenda::default();
        for (number, customer) in customers.all.iter().enumerate() {
            agenda.note(customer.asks_at, Task::Customer(number));
        }
        for slot in town.city.region.slots.slots(town.city.region.time_zone, super::town::date()) {
            agenda.note(slot.window.end - TimeDelta::minutes(15), Task::Due);
        }
        for number in 0..couriers.len() {
            agenda.note(at(8, 0), Task::Courier(number));
            agenda.note(at(8, 0), Task::Position(number));
        }
        for ((hour, minute), (starts, half)) in OUT_OF_REACH {
            let begins = at(starts, half).with_timezone(&town.city.region.time_zone).time();
            let works = |number: &usize| town.city.roster[*number].starts == begins;
            let is_free = |number: &usize| couriers[*number].phone.out_of_reach.is_none();
            let number = (0..couriers.len()).filter(works).find(is_free).unwrap();
            let (from, until) = (at(hour, minute), at(hour + 1, minute));
            couriers[number].phone.out_of_reach = Some((from, until));
            agenda.note(until, Task::BackInReach(number));
        }
        for (number, (at, _)) in deeds().into_iter().enumerate() {
            agenda.note(at, Task::Dispatcher(number));
        }
        let truth = Truth::default();
        Self { town, agenda, customers, couriers, truth, observer, moves_left: Kind::ALL.to_vec() }
    }

    async fn act(&mut self, now: DateTime<Utc>, task: Task) {
        match task {
            Task::Due => {}
            Task::Customer(number) => match self.customers.ask(&self.town, number).await {
                Some(Later::ThinksAgain(at)) => {
                    self.agenda.note(at, Task::SecondThoughts(number));
                }
                Some(Later::HoldEnds { booking, until }) => {
                    self.observer.left_holds.insert(booking, until);
                    self.agenda.note(until, Task::Due);
                }
                None => {}
            },
            Task::SecondThoughts(number) => self.customers.think_again(&self.town, number).await,
            Task::Courier(number) => {
                let next = self.couriers[number].go_on(now, &mut self.truth).await;
                if let Some(at) = next {
                    self.agenda.note(at, Task::Courier(number));
                }
            }
            Task::Position(number) => {
                let courier = &self.couriers[number];
                courier.locate(now).await;
                if !courier.is_home() {
                    self.agenda.note(now + LOCATED_EVERY, Task::Position(number));
                }
            }
            Task::BackInReach(number) => self.couriers[number].phone.catch_up().await,
            Task::Dispatcher(number) => self.dispatch(now, deeds()[number].1).await,
        }
    }

    async fn dispatch(&mut self, now: DateTime<Utc>, deed: Deed) {
        let board = self.observer.board.as_ref().expect("the day has begun");
        let dispatcher = &self.town.dispatcher;
        match deed {
            Deed::CourierOut => {
                let ill = busiest(board).to_owned();
                upset(dispatcher, &json!({ "kind": "courier_out", "courier": ill })).await;
                let mut couriers = self.couriers.iter_mut();
                couriers.find(|courier| courier.id == ill).unwrap().fall_ill();
            }
            Deed::HubClosed => {
                let hub = &self.town.city.hubs[1].id;
                let body = json!({ "kind": "hub_closed", "hub": hub, "from": at(15, 0) });
                upset(dispatcher, &body).await;
            }
            Deed::BlockedArea => {
                upset(dispatcher, &blocked_area(board, now, now + TimeDelta::hours(1))).await;
            }
            Deed::Replan => {
                dispatcher.post(&day("/replan"), &json!({})).await.expect(200);
            }
            Deed::Move => {
                for kind in std::mem::take(&mut self.moves_left) {
                    let board = self.observer.board.as_ref().expect("the day has begun");
                    if !move_one(dispatcher, board, kind).await {
                        self.moves_left.push(kind);
                    }
                    self.observer.observe().await;
                }
            }
            Deed::Urgent => {
                let booked = urgent(dispatcher, board, now).await;
                // Whoever calls has no number among the customers.
                self.customers.booked.extend(booked.map(|booking| (usize::MAX, booking)));
            }
            Deed::Rebalance => rebalance(dispatcher).await,
        }
    }

    /// A day on which nothing happens would prove nothing.
    fn assert_is_a_real_one(&self, tally: &Tally) {
        assert!(tally.acknowledged >= 450, "{tally:#?}");
        let met = tally.completed_in_time + tally.failed_in_time;
        assert!(tally.failed_in_time * 100 >= met * 6, "{tally:#?}");
        assert!(tally.called_off > 0 && self.customers.rescheduled > 0);
        assert!(self.moves_left.is_empty(), "no such move could be made: {:?}", self.moves_left);
        let urgent = self.customers.booked.iter().filter(|(number, _)| *number == usize::MAX);
        assert!(urgent.count() > 0, "nobody urgent was served");
        let refused = self.observer.log.iter().filter(|event| {
            event.kind == "booking.failed" && event.body["reason"] == "device_refused"
        });
        assert!(refused.count() > 0, "no exchange was refused");
    }

    #[expect(clippy::print_stderr, reason = "numbers for the reader of the test's output")]
    fn tell(&self, database: &TestDatabase, tally: &Tally) {
        let Self { customers, truth, observer, .. } = self;
        let mut kinds = std::collections::BTreeMap::new();
        for event in &observer.log {
            *kinds.entry(&*event.kind).or_insert(0) += 1;
        }
        eprintln!(
            "{:?}: {tally:?}; {kinds:?}; {} without a slot, {} rescheduled, {} doors met twice, {} \
             events, {} boards checked",
            database.engine,
            customers.without_slot,
            customers.rescheduled,
            truth.came_in_vain,
            observer.log.len(),
            observer.boards,
        );
    }
}

fn couriers(town: &Town) -> Vec<Courier> {
    let all = town.city.couriers.iter().zip(&town.phones).enumerate();
    let courier = all.map(|(number, (courier, phone))| {
        let hub = town.city.hubs.iter().find(|hub| hub.id == courier.hub).unwrap();
        let place = Place { lon: hub.place.lon(), lat: hub.place.lat() };
        Courier::new(courier.id.as_str(), number, place, Phone::new(phone.clone()))
    });
    courier.collect()
}
