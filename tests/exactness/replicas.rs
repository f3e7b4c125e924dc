//! Two desks on one database, on one clock, and all that they acknowledged.

use super::database::TestDatabase;
use super::steps::Step;
use super::stored::{Acknowledged, judge};
use super::town::{CLOCK, contact, dates, programme, region_id, registry, request};
use chrono::TimeDelta;
use doorstep::clock::Clock;
use doorstep::desk::{
    Confirmation, Desk, DeskError, DeskSettings, Done, Order, SlotSearch, SlotSearchAnswer,
};
use doorstep::model::{Booking, BookingId, BookingState, HoldId, ReasonCode};
use doorstep::planning::Effort;
use doorstep::store::Store;

/// What was done in all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    probed: u32,
    placed: u32,
    refused_as_stale: u32,
    rescheduled: u32,
    changed: u32,
    replanned: u32,
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            probed: self.probed + other.probed,
            placed: self.placed + other.placed,
            refused_as_stale: self.refused_as_stale + other.refused_as_stale,
            rescheduled: self.rescheduled + other.rescheduled,
            changed: self.changed + other.changed,
            replanned: self.replanned + other.replanned,
        }
    }
}

/// The replicas and what they said.
pub(crate) struct Replicas {
    desks: [Desk; 2],
    /// To look at what is stored, past both.
    store: Store,
    clock: Clock,
    acknowledged: Acknowledged,
    orders: u32,
    tally: Tally,
    improving: bool,
}

impl Replicas {
    pub(crate) async fn open(database: &TestDatabase, improving: bool) -> Self {
        let clock = Clock::manual(CLOCK.parse().unwrap());
        let effort = Effort { seed: 1, threads: 1, iterations: Some(200), time_limit: None };
        let settings =
            DeskSettings { improve: improving.then_some(effort), ..DeskSettings::default() };
        let open = async || {
            let store = database.store().await;
            Desk::open_with(store, clock.clone(), settings).await.unwrap()
        };
        let one = open().await;
        one.import(&registry()).await.unwrap();
        let other = open().await;
        let store = database.store().await;
        Self {
            desks: [one, other],
            store,
            clock,
            acknowledged: Acknowledged::new(),
            orders: 0,
            tally: Tally::default(),
            improving,
        }
    }

    pub(crate) async fn close(mut self) -> Tally {
        for date in dates() {
            let events = self.store.events_after(&region_id(), date, 0, i64::MAX).await.unwrap();
            let replanned = events.iter().filter(|event| event.kind == "route.replanned").count();
            self.tally.replanned += u32::try_from(replanned).unwrap();
        }
        for desk in self.desks {
            desk.store().clone().close().await;
        }
        self.store.close().await;
        self.tally
    }

    /// Takes a step, and judges what is stored after it.
    pub(crate) async fn take(&mut self, step: &Step) -> Result<(), String> {
        match *step {
            Step::Search { replica, door } => self.probe(replica, door).await?,
            Step::Hold { replica, door, which } => self.hold(replica, door, which).await?,
            Step::Book { replica, door, which } => self.book(replica, door, which).await?,
            Step::Confirm { replica, which } => self.confirm(replica, which).await?,
            Step::Release { replica, which } => self.release(replica, which).await?,
            Step::Cancel { replica, which } => self.cancel(replica, which).await?,
            Step::Reschedule { replica, which, hold } => {
                self.reschedule(replica, which, hold).await?;
            }
            Step::Replan { replica, day } => self.replan(replica, day).await?,
            Step::Pass { minutes } => {
                self.clock.advance_to(self.clock.now() + TimeDelta::minutes(minutes));
            }
        }
        let registry = self.desks[0].registry();
        judge(&self.store, &registry, &self.acknowledged, self.clock.now()).await
    }

    async fn search(&self, replica: usize, door: usize) -> SlotSearchAnswer {
        let asked = SlotSearch {
            programme: programme(),
            region: region_id(),
            request: request(door),
            from: None,
            days: None,
            flexible: false,
            is_new: true,
        };
        self.desks[replica].search_slots(asked).await.unwrap()
    }

    /// The offers of a search; which of them are of a day that the replica knows as it is stored.
    async fn offers(&self, replica: usize, door: usize) -> Vec<(String, bool)> {
        // A replica may hear of the other's commits at any moment: before the search counts.
        let known = [self.knows(replica, dates()[0]).await, self.knows(replica, dates()[1]).await];
        let answer = self.search(replica, door).await;
        let mut offers = Vec::new();
        for slot in answer.slots {
            let Ok((offer, _)) = slot.verdict else { continue };
            let date = answer.region.date_of(slot.slot.window.start);
            let day = dates().iter().position(|one| *one == date).unwrap();
            offers.push((offer, known[day] && !self.improving));
        }
        offers
    }

    async fn knows(&self, replica: usize, date: chrono::NaiveDate) -> bool {
        let seen = self.desks[replica].day(&region_id(), date).await.unwrap();
        let rows = self.store.read_day(&region_id(), date).await.unwrap().unwrap();
        let stored = rows.version + rows.routes.iter().map(|route| route.version).sum::<i64>();
        seen.version() == stored
    }

    /// Each slot that is listed can be held.
    async fn probe(&mut self, replica: usize, door: usize) -> Result<(), String> {
        for (offer, fresh) in self.offers(replica, door).await {
            let desk = &self.desks[replica];
            let held = match desk.hold(&programme(), &offer, None).await {
                Ok(done) => now(done),
                Err(DeskError::SlotTaken { .. }) if !fresh => {
                    self.tally.refused_as_stale += 1;
                    continue;
                }
                Err(error) => return Err(format!("listed and then refused: {error}")),
            };
            desk.release(Some(&programme()), HoldId::from(held.id)).await.unwrap();
            self.tally.probed += 1;
        }
        Ok(())
    }

    async fn hold(&mut self, replica: usize, door: usize, which: usize) -> Result<(), String> {
        let offers = self.offers(replica, door).await;
        let Some((offer, fresh)) = pick(&offers, which) else { return Ok(()) };
        let held = self.desks[replica].hold(&programme(), &offer, None).await;
        self.placed(held, fresh)
    }

    async fn book(&mut self, replica: usize, door: usize, which: usize) -> Result<(), String> {
        let offers = self.offers(replica, door).await;
        let Some((offer, fresh)) = pick(&offers, which) else { return Ok(()) };
        let order = self.order();
        let booked = self.desks[replica].book(&programme(), &offer, order, None).await;
        self.placed(booked, fresh)
    }

    fn placed(&mut self, placed: Result<Done, DeskError>, fresh: bool) -> Result<(), String> {
        match placed {
            Ok(done) => {
                self.tally.placed += 1;
                self.answered(now(done));
            }
            Err(DeskError::SlotTaken { reason })
                if !fresh && reason.code != ReasonCode::PastCutoff =>
            {
                self.tally.refused_as_stale += 1;
            }
            Err(error) => return Err(format!("listed and then refused: {error}")),
        }
        Ok(())
    }

    async fn confirm(&mut self, replica: usize, which: usize) -> Result<(), String> {
        let Some(hold) = self.pick(BookingState::Held, which) else { return Ok(()) };
        let confirmation = Confirmation { hold: hold.id, order: self.order() };
        let done = self.desks[replica].confirm(&programme(), confirmation, None).await;
        self.changed(hold.id, done)
    }

    async fn release(&mut self, replica: usize, which: usize) -> Result<(), String> {
        let Some(hold) = self.pick(BookingState::Held, which) else { return Ok(()) };
        let done = self.desks[replica].release(Some(&programme()), HoldId::from(hold.id)).await;
        self.changed(hold.id, done)
    }

    async fn cancel(&mut self, replica: usize, which: usize) -> Result<(), String> {
        let Some(booking) = self.pick(BookingState::Confirmed, which) else { return Ok(()) };
        let done = self.desks[replica].cancel(Some(&programme()), booking.id, None).await;
        self.changed(booking.id, done)
    }

    async fn reschedule(
        &mut self,
        replica: usize,
        which: usize,
        hold: usize,
    ) -> Result<(), String> {
        let booking = self.pick(BookingState::Confirmed, which);
        let hold = self.pick(BookingState::Held, hold);
        let Some((booking, hold)) = booking.zip(hold) else { return Ok(()) };
        let (desk, id) = (&self.desks[replica], HoldId::from(hold.id));
        let done = desk.reschedule(Some(&programme()), booking.id, id, None).await;
        if done.is_ok() {
            self.tally.rescheduled += 1;
            self.answered(Booking { state: BookingState::Cancelled, ..hold.clone() });
        }
        self.changed(hold.id, done)
    }

    async fn replan(&mut self, replica: usize, day: usize) -> Result<(), String> {
        let effort = Effort { seed: 1, threads: 1, iterations: Some(300), time_limit: None };
        let done = self.desks[replica].replan(&region_id(), dates()[day], effort, None).await;
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    /// An answer, or a refusal that the booking's own time explains.
    fn changed(&mut self, id: BookingId, done: Result<Done, DeskError>) -> Result<(), String> {
        let over = self.acknowledged[&id].is_overdue(self.clock.now());
        match done {
            Ok(done) => {
                self.tally.changed += 1;
                self.answered(now(done));
            }
            Err(DeskError::UnderWay) => {}
            Err(DeskError::HoldExpired) if over => {
                let expired = self.acknowledged.get_mut(&id).unwrap();
                expired.state = BookingState::Expired;
            }
            Err(error) => return Err(format!("{id} was refused: {error}")),
        }
        Ok(())
    }

    fn answered(&mut self, booking: Booking) {
        self.acknowledged.insert(booking.id, booking);
    }

    fn pick(&self, state: BookingState, which: usize) -> Option<Booking> {
        let all: Vec<&Booking> = self.acknowledged.values().filter(|b| b.state == state).collect();
        all.get(which % all.len().max(1)).map(|&booking| booking.clone())
    }

    fn order(&mut self) -> Order {
        self.orders += 1;
        Order { external_id: Some(format!("order-{}", self.orders)), contact: contact() }
    }
}

fn pick<T: Clone>(all: &[T], which: usize) -> Option<T> {
    all.get(which % all.len().max(1)).cloned()
}

fn now(done: Done) -> Booking {
    match done {
        Done::Now(booking) => *booking,
        Done::Before(answer) => panic!("no key was given: {answer:?}"),
    }
}
