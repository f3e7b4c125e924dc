//! Couriers on their routes: what they tell, and where they are.

use super::command::{Command, Outcome};
use super::reoffering::to_be_offered_again;
use super::reporting::{ReportVerdict, Seen, Told};
use super::{Desk, DeskError};
use crate::model::{BookingId, Courier, CourierId, Position, RegionId, Report};
use crate::planning::DayPlan;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A report may be this far ahead of the service's time.
const AHEAD_MAX: TimeDelta = TimeDelta::minutes(5);
/// A report may come this late.
const LATE_MAX: TimeDelta = TimeDelta::days(7);
/// For so long it is known where couriers were.
const POSITIONS_KEPT: TimeDelta = TimeDelta::days(7);

impl Desk {
    /// Takes in what a courier tells, in whatever order and however often; what became of each
    /// report, in the order given. Each day is written as a whole; telling all of it again is safe.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] for an unknown courier, and what a commit may answer.
    pub async fn report(
        &self,
        courier: &CourierId,
        reports: Vec<Report>,
    ) -> Result<Vec<ReportVerdict>, DeskError> {
        let region = self.region(&self.courier(courier)?.region)?;
        let now = self.clock().now();
        let mut verdicts: Vec<Option<ReportVerdict>> = vec![None; reports.len()];
        let mut days: BTreeMap<NaiveDate, Vec<(usize, Report)>> = BTreeMap::new();
        for (index, report) in reports.into_iter().enumerate() {
            match out_of_time(report.at, now) {
                Some(refused) => verdicts[index] = Some(refused),
                None => days.entry(region.date_of(report.at)).or_default().push((index, report)),
            }
        }
        for (date, reports) in days {
            let (indices, reports): (Vec<usize>, Vec<Report>) = reports.into_iter().unzip();
            let heard = self.have_heard(courier, &region.id, date, reports).await?;
            for (index, verdict) in indices.into_iter().zip(heard) {
                verdicts[index] = Some(verdict);
            }
        }
        Ok(verdicts.into_iter().flatten().collect())
    }

    async fn have_heard(
        &self,
        courier: &CourierId,
        region: &RegionId,
        date: NaiveDate,
        reports: Vec<Report>,
    ) -> Result<Vec<ReportVerdict>, DeskError> {
        let day = match self.day(region, date).await {
            Err(DeskError::NoSuchDay { .. }) => None,
            day => Some(day?),
        };
        if !day.is_some_and(|day| has_shift(&day, courier)) {
            let detail = format!("{courier} has no shift on {date}: check the phone's date");
            let refused = ReportVerdict::Rejected { code: "no_shift", detail };
            return Ok(vec![refused; reports.len()]);
        }
        let failed: Vec<Option<BookingId>> = reports.iter().map(to_be_offered_again).collect();
        let command = Command::Hear(Told { courier: courier.clone(), reports });
        match self.send(region, date, command, None).await? {
            Outcome::Heard(verdicts) => {
                // What is told again is offered nothing again.
                let is_new = |verdict: &ReportVerdict| *verdict == ReportVerdict::Recorded;
                let new = failed.into_iter().zip(&verdicts).filter(|(_, verdict)| is_new(verdict));
                self.offer_again(new.filter_map(|(booking, _)| booking).collect());
                Ok(verdicts)
            }
            other => unreachable!("reports are answered by verdicts, not {other:?}"),
        }
    }

    /// Notes where a courier was. The last place moves the arrivals ahead, where it makes a
    /// difference. Positions that are out of time are left out; how many were new.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] for an unknown courier, and what a commit may answer.
    pub async fn locate(
        &self,
        courier: &CourierId,
        mut positions: Vec<Position>,
    ) -> Result<u64, DeskError> {
        let region = self.region(&self.courier(courier)?.region)?;
        let now = self.clock().now();
        positions.retain(|position| out_of_time(position.at, now).is_none());
        positions.sort_by_key(|position| position.at);
        positions.dedup_by_key(|position| position.at);
        let added = self.store().add_positions(courier, &positions).await?;
        let Some(&position) = positions.last() else { return Ok(added) };
        let date = region.date_of(position.at);
        if date != region.date_of(now) {
            return Ok(added);
        }
        let day = self.day(&region.id, date).await?;
        let told_from_s = region.live.eta_told_from_s.get();
        let mut own = day.routes.iter().filter(|route| route.of.courier.id == *courier);
        if own.any(|route| route.expected_by(&position, told_from_s).is_some()) {
            let command = Command::Locate(Seen { courier: courier.clone(), position });
            self.send(&region.id, date, command, None).await?;
        }
        Ok(added)
    }

    /// Where a courier was last, if that is known.
    ///
    /// # Errors
    /// [`DeskError::Store`].
    pub async fn last_position(&self, courier: &CourierId) -> Result<Option<Position>, DeskError> {
        Ok(self.store().last_position(courier).await?)
    }

    /// Where each courier of a region was last, of those who were seen since a moment.
    ///
    /// # Errors
    /// [`DeskError::Store`].
    pub async fn last_positions(
        &self,
        region: &RegionId,
        since: DateTime<Utc>,
    ) -> Result<Vec<(CourierId, Position)>, DeskError> {
        Ok(self.store().last_positions(region, since).await?)
    }

    /// Forgets where couriers were a week ago.
    pub(super) async fn forget_old_positions(&self) -> Result<(), DeskError> {
        self.store().forget_positions(self.clock().now() - POSITIONS_KEPT).await?;
        Ok(())
    }

    /// A courier by their id.
    ///
    /// # Errors
    /// [`DeskError::NotFound`].
    pub fn courier(&self, id: &CourierId) -> Result<Arc<Courier>, DeskError> {
        let found = self.registry().couriers.get(id).cloned();
        found.ok_or_else(|| DeskError::NotFound { what: "courier", id: id.to_string() })
    }
}

fn has_shift(day: &DayPlan, courier: &CourierId) -> bool {
    day.routes.iter().any(|route| route.of.courier.id == *courier)
}

fn out_of_time(at: DateTime<Utc>, now: DateTime<Utc>) -> Option<ReportVerdict> {
    let rejected =
        |code, detail: &str| Some(ReportVerdict::Rejected { code, detail: detail.to_owned() });
    if at > now + AHEAD_MAX {
        return rejected("in_the_future", "it has not happened yet: check the phone's clock");
    }
    if at < now - LATE_MAX {
        return rejected("too_old", "it happened more than a week ago: tell dispatch");
    }
    None
}
