//! What dispatchers have left alone.
//!
//! A lock is written with the day, like what upsets it, and the routes that it concerns count one
//! version on: whatever was worked out before it is not taken any more. It ends when it is taken back,
//! or by itself.

use super::command::{Command, Outcome};
use super::receipt::Ticket;
use super::working_day::WorkingDay;
use super::{Desk, DeskError};
use crate::model::{BookingId, CourierId, LOCKED_MAX, Lock, RegionId};
use crate::planning::{Committed, DayPlan, Locks, RoutePlan, RouteShift};
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;

/// What is to be left alone.
#[derive(Clone, Debug)]
pub struct Locking {
    /// Bookings that stay with the courier they are with.
    pub bookings: Vec<BookingId>,
    /// Couriers whose routes stay as they are.
    pub couriers: Vec<CourierId>,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

impl Desk {
    /// Has nothing automatic move some bookings, and change the routes of some couriers.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] where a booking has no place on the day, a courier no shift, or the end
    /// is not to come; [`DeskError::DoneBefore`]; and what a commit may answer.
    pub async fn lock(
        &self,
        region: &RegionId,
        date: NaiveDate,
        asked: Locking,
        ticket: Option<Ticket>,
    ) -> Result<Lock, DeskError> {
        match self.send(region, date, Command::Lock(asked), ticket).await? {
            Outcome::Locked(lock) => Ok(lock),
            Outcome::DoneBefore(_) => Err(DeskError::DoneBefore),
            other => unreachable!("a lock is answered by itself, not {other:?}"),
        }
    }

    /// Takes a lock back. One that is over stays as it is.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], and what a commit may answer.
    pub async fn unlock(
        &self,
        region: &RegionId,
        date: NaiveDate,
        number: u32,
    ) -> Result<(), DeskError> {
        let outcome = self.send(region, date, Command::Unlock(number), None).await?;
        debug_assert!(matches!(outcome, Outcome::Locked(_)), "{outcome:?}");
        Ok(())
    }
}

impl Locking {
    fn validate(&self, day: &DayPlan, now: DateTime<Utc>) -> Result<(), DeskError> {
        let invalid = |pointer: &'static str, message: String| {
            Err(DeskError::Invalid { pointer: pointer.into(), message })
        };
        let count = self.bookings.len() + self.couriers.len();
        if !(1..=LOCKED_MAX).contains(&count) {
            return invalid("", format!("give 1 to {LOCKED_MAX} bookings and couriers"));
        }
        let is_placed = |id| matches!(day.find(id), Some(Committed::OnRoute { .. }));
        if let Some(id) = self.bookings.iter().find(|id| !is_placed(**id)) {
            return invalid("/bookings", format!("{id} is on no route of {}", day.date));
        }
        let works = |id: &CourierId| day.routes.iter().any(|route| route.of.courier.id == *id);
        if let Some(id) = self.couriers.iter().find(|id| !works(id)) {
            return invalid("/couriers", format!("{id} has no shift on {}", day.date));
        }
        if self.until.is_some_and(|until| until <= now) {
            return invalid("/until", "give a moment to come".to_owned());
        }
        Ok(())
    }
}

impl WorkingDay {
    /// Takes a lock in.
    pub(super) fn lock(&mut self, asked: &Locking) -> Result<Lock, DeskError> {
        asked.validate(&self.plan, self.now)?;
        let mut all = self.plan.locks.all().to_vec();
        let number = all.iter().map(|lock| lock.number).max().unwrap_or(0) + 1;
        let Locking { bookings, couriers, until } = asked.clone();
        let lock = Lock { number, bookings, couriers, until, is_over: false };
        all.push(lock.clone());
        self.relock(all);
        self.tell_lock("day.locked", &lock);
        Ok(lock)
    }

    /// Takes a lock back.
    pub(super) fn unlock(&mut self, number: u32) -> Result<Lock, DeskError> {
        let locks = self.plan.locks.all();
        let lock = locks.iter().find(|lock| lock.number == number).cloned();
        let lock =
            lock.ok_or_else(|| DeskError::NotFound { what: "lock", id: number.to_string() })?;
        if !lock.is_over {
            self.end_locks_that(|other| other.number == number);
        }
        Ok(Lock { is_over: true, ..lock })
    }

    /// Ends the locks whose time is up.
    pub(super) fn end_locks(&mut self) {
        if self.plan.locks.first_end().is_some_and(|end| end <= self.now) {
            let now = self.now;
            self.end_locks_that(|lock| lock.until.is_some_and(|until| until <= now));
        }
    }

    fn end_locks_that(&mut self, are: impl Fn(&Lock) -> bool) {
        let mut all = self.plan.locks.all().to_vec();
        let mut ended = Vec::new();
        for lock in all.iter_mut().filter(|lock| !lock.is_over && are(lock)) {
            lock.is_over = true;
            ended.push(lock.clone());
        }
        self.relock(all);
        for lock in &ended {
            self.tell_lock("day.unlocked", lock);
        }
    }

    fn relock(&mut self, all: Vec<Lock>) {
        let before = self.plan.clone();
        self.plan.locks = Arc::new(Locks::new(all));
        for (index, route) in before.routes.iter().enumerate() {
            let is_locked = self.plan.locks.holds_courier(&route.of.courier.id);
            let is_held = |day: &DayPlan| -> Vec<bool> {
                route.entries.iter().map(|entry| day.locks.holds(entry.booking.id)).collect()
            };
            if is_locked == route.of.is_locked && is_held(&before) == is_held(&self.plan) {
                continue;
            }
            let of = RouteShift { is_locked, ..RouteShift::clone(&route.of) };
            self.set_route(index, RoutePlan::under(route, &self.plan, of));
        }
        self.note_locks();
    }

    /// Has the locks of the plan be written: with the day's own version, which counts on.
    fn note_locks(&mut self) {
        self.new_locks = Some(self.plan.locks.all().to_vec());
        self.changed_pool = true;
    }

    fn tell_lock(&mut self, kind: &str, lock: &Lock) {
        let body = serde_json::to_value(lock).unwrap_or_default();
        self.event(kind, format!("lock-{}", lock.number), body);
    }
}
