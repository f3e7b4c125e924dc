//! What a batch has to know before it is applied.

use super::DeskError;
use super::command::{Command, Job};
use super::receipt::Receipts;
use super::reporting::KnownReports;
use super::reschedule::{Departure, departure};
use super::working_day::ExternalIds;
use super::writer::Writer;
use crate::model::{Booking, BookingState, CourierId, ProgrammeId};
use crate::store::{RequestKey, StoreError};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

impl Writer {
    /// The booking that a reschedule takes off another day. One that turns out to be on this day
    /// came here by another process.
    pub(super) async fn departure(
        &self,
        jobs: &[Job],
        now: DateTime<Utc>,
    ) -> Result<Option<Result<Departure, DeskError>>, StoreError> {
        let [Job { command: Command::Reschedule(asked), actor, .. }] = jobs else {
            return Ok(None);
        };
        if self.plan.load().find(asked.booking).is_some() {
            return Ok(None);
        }
        let registry = self.context.registry.load_full();
        let found = departure(&self.context.store, &registry, asked.booking, (actor, now)).await?;
        let is_here =
            |left: &Departure| (left.commit.region.clone(), left.commit.date) == self.of();
        if found.as_ref().is_ok_and(is_here) {
            return Err(StoreError::Conflict);
        }
        Ok(Some(found))
    }

    /// What the couriers who tell something told of the day before.
    pub(super) async fn known_reports(&self, jobs: &[Job]) -> Result<KnownReports, StoreError> {
        let couriers: BTreeSet<&CourierId> = jobs
            .iter()
            .filter_map(|job| match &job.command {
                Command::Hear(told) => Some(&told.courier),
                _ => None,
            })
            .collect();
        let couriers: Vec<CourierId> = couriers.into_iter().cloned().collect();
        let mut known = KnownReports::new();
        if !couriers.is_empty() {
            let (region, date) = self.of();
            for told in self.context.store.reports(&region, date, &couriers).await? {
                known.entry(told.courier).or_default().push(told.report);
            }
        }
        Ok(known)
    }

    /// What requests of these keys were answered before.
    pub(super) async fn receipts(&self, jobs: &[Job]) -> Result<Receipts, StoreError> {
        let asked: Vec<RequestKey> =
            jobs.iter().filter_map(|job| job.ticket.as_ref()).map(|t| t.slip.of.clone()).collect();
        if asked.is_empty() {
            return Ok(Receipts::new());
        }
        let found = self.context.store.receipts(&asked).await?;
        Ok(found.into_iter().map(|receipt| (receipt.of.clone(), receipt)).collect())
    }

    /// Which of the order numbers that a batch asks for are in use, and by whom.
    pub(super) async fn taken_external_ids(&self, jobs: &[Job]) -> Result<ExternalIds, StoreError> {
        let asked = self.asked_external_ids(jobs);
        if asked.is_empty() {
            return Ok(ExternalIds::new());
        }
        let taken = self.context.store.taken_external_ids(&asked).await?;
        Ok(taken.into_iter().map(|(programme, id, booking)| ((programme, id), booking)).collect())
    }

    fn asked_external_ids(&self, jobs: &[Job]) -> Vec<(ProgrammeId, String)> {
        let plan = self.plan.load();
        let programme_of = |confirmation: &super::Confirmation| {
            let at = plan.find(confirmation.hold)?;
            Some(plan.entry(at).booking.programme.clone())
        };
        jobs.iter()
            .flat_map(|job| match &job.command {
                Command::Confirm(c) => {
                    programme_of(c).zip(c.order.external_id.clone()).into_iter().collect()
                }
                Command::Place(placement) => external_id(&placement.booking).into_iter().collect(),
                Command::PlaceUrgent(urgent) => external_id(&urgent.booking).into_iter().collect(),
                Command::Import(bookings) => bookings.iter().filter_map(external_id).collect(),
                // What failed gave its order number back; it may turn out not to have failed.
                Command::Hear(told) => {
                    let about = told.reports.iter().filter_map(|report| report.what.booking());
                    let found = about.filter_map(|id| plan.find(id)).map(|at| plan.entry(at));
                    let failed = found.filter(|e| e.booking.state == BookingState::Failed);
                    failed.filter_map(|entry| external_id(&entry.booking)).collect()
                }
                Command::Reschedule(_)
                | Command::Cancel(_)
                | Command::Release(_)
                | Command::Apply(_)
                | Command::Upset(_)
                | Command::Settle(_)
                | Command::Repair(_)
                | Command::Reoffer(_)
                | Command::Locate(_)
                | Command::Move(_)
                | Command::Reorder(_)
                | Command::Undo(_)
                | Command::Lock(_)
                | Command::Unlock(_)
                | Command::Reload => Vec::new(),
            })
            .collect()
    }
}

fn external_id(booking: &Booking) -> Option<(ProgrammeId, String)> {
    Some((booking.programme.clone(), booking.external_id.clone()?))
}
