//! The one write of a day plan.

use super::{BookingRow, DayPosition, NewChange, NewEvent, Receipt, Store, StoreError, Tx, Undone};
use crate::model::{Booking, Disturbance, Lock, ProposalId, RegionId, Route, RouteId, ToldReport};
use chrono::NaiveDate;

/// What a batch of commands changed on one day: written as a whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct DayCommit {
    /// The day's region.
    pub region: RegionId,
    /// The day's date.
    pub date: NaiveDate,
    /// The day's version that this was computed on, where that matters: the version then counts
    /// one on.
    pub day_version: Option<i64>,
    /// Where the day stood when this was computed, if nothing at all may have changed on it since: where
    /// something was refused beside it.
    pub unmoved: Option<DayPosition>,
    /// Changed routes with the versions they were computed on: their shifts and stops are
    /// replaced, and their versions count one on.
    pub routes: Vec<Route>,
    /// Routes that are not stored yet, with the versions they are to have.
    pub new_routes: Vec<Route>,
    /// Bookings that are not stored yet, and the routes they are on. Their versions become
    /// [`BookingRow::FIRST_VERSION`].
    pub new_bookings: Vec<(Booking, Option<RouteId>)>,
    /// Changed bookings with the versions they were computed on: all but the id, the programme, the
    /// moment of the request and what they replace is replaced, and their versions count one on.
    pub changed_bookings: Vec<BookingRow>,
    /// What to tell, in order.
    pub events: Vec<NewEvent>,
    /// What requests with a key were answered.
    pub receipts: Vec<Receipt>,
    /// Answers that are known more fully now: they replace those that were kept.
    pub revised: Vec<Receipt>,
    /// What couriers told.
    pub reports: Vec<ToldReport>,
    /// What upsets the day from now on, where that changed; the day's version has to be named then.
    pub disturbances: Option<Vec<Disturbance>>,
    /// The locks of the day from now on, where they changed; the same holds for its version.
    pub locks: Option<Vec<Lock>>,
    /// Proposals that this applies, which nobody has applied yet.
    pub applied: Vec<ProposalId>,
    /// Changes that somebody asked for, as they are kept to be undone.
    pub changes: Vec<NewChange>,
    /// Changes that this undoes, which nobody has undone yet.
    pub undone: Vec<Undone>,
}

impl DayCommit {
    /// A commit that changes nothing yet.
    #[must_use]
    pub fn new(region: RegionId, date: NaiveDate) -> Self {
        Self {
            region,
            date,
            day_version: None,
            unmoved: None,
            routes: Vec::new(),
            new_routes: Vec::new(),
            new_bookings: Vec::new(),
            changed_bookings: Vec::new(),
            events: Vec::new(),
            receipts: Vec::new(),
            revised: Vec::new(),
            reports: Vec::new(),
            disturbances: None,
            locks: None,
            applied: Vec::new(),
            changes: Vec::new(),
            undone: Vec::new(),
        }
    }
}

/// The numbers that a commit's events were given: `first_seq..=last_seq`, empty without events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitReceipt {
    /// Of the first event.
    pub first_seq: i64,
    /// Of the last event, which is then the last of the day.
    pub last_seq: i64,
}

impl Store {
    /// Writes a commit. When it returns `Ok`, the change is on disk.
    ///
    /// One statement for each kind of row and up to 128 rows of it: the time goes with the number
    /// of rows, not with the number of routes and bookings of the day.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a version has moved on or a new row is stored already,
    /// [`StoreError::ExternalIdTaken`] when a booking's order number belongs to another live
    /// booking, [`StoreError::UnknownReference`] when the day has not been opened or a booking is
    /// on a route that is not stored. Nothing is written then. Where the connection is lost during
    /// the commit, the database is asked what became of it; only where it does not tell in time,
    /// the answer is [`StoreError::Unconfirmed`], and the change may have been written.
    pub async fn commit_day(&self, commit: &DayCommit) -> Result<CommitReceipt, StoreError> {
        let mut tx = self.write().await?;
        let receipt = tx.write_day(commit).await?;
        self.settle(tx.commit().await, commit, receipt).await?;
        Ok(receipt)
    }

    /// Writes the commits of two days in one transaction: what leaves the one comes to the other.
    /// The receipt is that of `commit`.
    ///
    /// # Errors
    /// As [`Store::commit_day`]; nothing of either is written then.
    pub async fn commit_days(
        &self,
        commit: &DayCommit,
        other: &DayCommit,
    ) -> Result<CommitReceipt, StoreError> {
        let mut tx = self.write().await?;
        // Always in the same order, so that two such commits never wait for each other.
        let receipt = if (&commit.region, commit.date) < (&other.region, other.date) {
            let receipt = tx.write_day(commit).await?;
            tx.write_day(other).await?;
            receipt
        } else {
            tx.write_day(other).await?;
            tx.write_day(commit).await?
        };
        self.settle(tx.commit().await, commit, receipt).await?;
        Ok(receipt)
    }
}

/// Moves the day's row on, if it stands where a commit rests on. Gives `last_seq` first.
macro_rules! mark_day {
    () => {
        "UPDATE days SET version = version + $3, last_seq = last_seq + $4
         WHERE region = $1 AND date = $2 AND version = COALESCE($5, version)
             AND version = COALESCE($6, version) AND last_seq = COALESCE($7, last_seq)
         RETURNING last_seq, version, date, region"
    };
}

impl Tx {
    pub(super) async fn write_day(
        &mut self,
        commit: &DayCommit,
    ) -> Result<CommitReceipt, StoreError> {
        let receipt = self.begin_commit(commit).await?;
        exactly(&commit.new_routes, self.add_routes(&commit.new_routes).await?)?;
        exactly(&commit.routes, self.update_routes(&commit.routes).await?)?;
        self.write_bookings(commit).await?;
        self.keep_receipts(&commit.receipts).await?;
        self.revise_receipts(&commit.revised).await?;
        let (region, date) = (&commit.region, commit.date);
        exactly(&commit.reports, self.add_reports(region, date, &commit.reports).await?)?;
        if let Some(disturbances) = &commit.disturbances {
            self.set_disturbances(region, date, disturbances).await?;
        }
        if let Some(locks) = &commit.locks {
            self.set_locks(region, date, locks).await?;
        }
        exactly(&commit.applied, self.apply_proposals(&commit.applied).await?)?;
        let changes = (&commit.changes[..], &commit.undone[..]);
        let marked = self.write_changes((region, date), receipt.first_seq, changes).await?;
        exactly(&commit.undone, marked)?;
        self.append_events(&commit.region, commit.date, receipt.first_seq, &commit.events).await?;
        Ok(receipt)
    }

    /// Makes this the day's only writer, checks the day's version, numbers the events, and has the commit
    /// tell where the day then stands.
    async fn begin_commit(&mut self, commit: &DayCommit) -> Result<CommitReceipt, StoreError> {
        let events = i64::try_from(commit.events.len()).unwrap_or(i64::MAX);
        let unmoved = commit.unmoved;
        let sql = match self {
            Self::Sqlite(_) => mark_day!(),
            Self::Postgres(_) => concat!(
                "WITH marked AS (",
                mark_day!(),
                ") SELECT last_seq, ",
                tell_of_day!(),
                " FROM marked"
            ),
        };
        let row: Option<(i64,)> = fetch_optional!(
            *self,
            sql,
            commit.region.as_str(),
            commit.date,
            i64::from(commit.day_version.is_some()),
            events,
            commit.day_version,
            unmoved.map(|position| position.version),
            unmoved.map(|position| position.last_seq),
        )?;
        match row {
            Some((last_seq,)) => Ok(CommitReceipt { first_seq: last_seq - events + 1, last_seq }),
            None => Err(self.day_not_written(commit).await?),
        }
    }

    async fn day_not_written(&mut self, commit: &DayCommit) -> Result<StoreError, StoreError> {
        let sql = "SELECT version FROM days WHERE region = $1 AND date = $2";
        let day: Option<(i64,)> = fetch_optional!(*self, sql, commit.region.as_str(), commit.date)?;
        Ok(match day {
            Some(_) => StoreError::Conflict,
            None => StoreError::UnknownReference {
                what: "a commit".to_owned(),
                reference: format!("the day {} of region '{}'", commit.date, commit.region),
            },
        })
    }

    async fn write_bookings(&mut self, commit: &DayCommit) -> Result<(), StoreError> {
        let changed = self.update_bookings(&commit.changed_bookings).await;
        exactly(&commit.changed_bookings, changed.map_err(of_booking)?)?;
        self.insert_bookings(&commit.new_bookings).await.map_err(of_booking)?;
        Ok(())
    }
}

/// A commit is written whole: that fewer rows matched means that one had moved on.
fn exactly<T>(given: &[T], written: u64) -> Result<(), StoreError> {
    if usize::try_from(written) == Ok(given.len()) { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Tells the order number that is taken from the id that is.
fn of_booking(error: sqlx::Error) -> StoreError {
    let of_external_id = error.as_database_error().is_some_and(|error| match error.constraint() {
        Some(name) => name == "bookings_external_id_once",
        // SQLite names no constraint, but a primary key has a code of its own (1555).
        None => error.code().as_deref() == Some("2067"),
    });
    if of_external_id {
        return StoreError::ExternalIdTaken;
    }
    match StoreError::from(error) {
        StoreError::UnknownReference { .. } => StoreError::UnknownReference {
            what: "a booking".to_owned(),
            reference: "a route or a day".to_owned(),
        },
        other => other,
    }
}
