//! What requests with an `Idempotency-Key` were answered.
//!
//! A receipt is written in the transaction of its effect ([`super::DayCommit::receipts`]): there is
//! never one without the other.

use super::sql::kept;
use super::{Store, StoreError, Tx};
use chrono::{DateTime, Utc};
use sqlx::FromRow;

/// Names a request: keys of different callers have nothing to do with each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestKey {
    /// Whose key it is, such as `programme:shop`.
    pub caller: String,
    /// The key that the caller chose.
    pub key: String,
}

/// An answer as it was given.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The path of what was created.
    pub location: Option<String>,
    /// The JSON body; it may tell a name, a phone number and an address.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for KeptAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptAnswer {{ status: {}, body withheld }}", self.status)
    }
}

/// A request with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which request.
    pub of: RequestKey,
    /// SHA-256 of what was asked: another request under the same key is told apart by it.
    pub fingerprint: [u8; 32],
    /// What it was answered.
    pub answer: KeptAnswer,
    /// When it was done.
    pub at: DateTime<Utc>,
}

#[derive(FromRow)]
struct ReceiptRecord {
    caller: String,
    key: String,
    fingerprint: Vec<u8>,
    status: i64,
    location: Option<String>,
    body: Vec<u8>,
    at: DateTime<Utc>,
}

impl Store {
    /// The receipts there are of these requests, in no order.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn receipts(&self, of: &[RequestKey]) -> Result<Vec<Receipt>, StoreError> {
        let mut tx = self.read().await?;
        let records: Vec<ReceiptRecord> = fetch_rows!(
            tx,
            "SELECT caller, key, fingerprint, status, location, body, at
             FROM (VALUES {rows}) AS given
             JOIN receipts ON caller = given.column1 AND key = given.column2",
            of,
            |of| [of.caller.as_str(), of.key.as_str()]
        );
        records.into_iter().map(Receipt::try_from).collect()
    }

    /// Forgets the receipts from before a moment; how many there were.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn forget_receipts(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let forgotten = execute!(tx, "DELETE FROM receipts WHERE at < $1", kept(before))?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

impl Tx {
    /// Inserts receipts, of which there is none yet.
    pub(super) async fn keep_receipts(&mut self, receipts: &[Receipt]) -> Result<(), StoreError> {
        let added = self.add_receipts(receipts).await?;
        if usize::try_from(added) == Ok(receipts.len()) {
            Ok(())
        } else {
            Err(StoreError::Conflict)
        }
    }

    /// Replaces the answers of receipts that are still kept.
    pub(super) async fn revise_receipts(&mut self, revised: &[Receipt]) -> Result<(), sqlx::Error> {
        let sql = "UPDATE receipts SET status = $3, location = $4, body = $5
                   WHERE caller = $1 AND key = $2";
        for Receipt { of, answer, .. } in revised {
            let (status, location) = (i64::from(answer.status), answer.location.as_deref());
            let (caller, key) = (of.caller.as_str(), of.key.as_str());
            execute!(*self, sql, caller, key, status, location, &answer.body[..])?;
        }
        Ok(())
    }

    /// Inserts receipts where there are none of their keys; how many were inserted.
    pub(super) async fn add_receipts(&mut self, receipts: &[Receipt]) -> Result<u64, sqlx::Error> {
        Ok(execute_rows!(
            *self,
            "INSERT INTO receipts (caller, key, fingerprint, status, location, body, at)
             VALUES {rows} ON CONFLICT (caller, key) DO NOTHING",
            receipts,
            |receipt| [
                receipt.of.caller.as_str(),
                receipt.of.key.as_str(),
                &receipt.fingerprint[..],
                i64::from(receipt.answer.status),
                receipt.answer.location.as_deref(),
                &receipt.answer.body[..],
                kept(receipt.at),
            ]
        ))
    }
}

impl TryFrom<ReceiptRecord> for Receipt {
    type Error = StoreError;

    fn try_from(record: ReceiptRecord) -> Result<Self, StoreError> {
        let bad = |column| StoreError::Corrupt(format!("a receipt has a {column} that is none"));
        Ok(Self {
            of: RequestKey { caller: record.caller, key: record.key },
            fingerprint: record.fingerprint.try_into().map_err(|_| bad("fingerprint"))?,
            answer: KeptAnswer {
                status: u16::try_from(record.status).map_err(|_| bad("status"))?,
                location: record.location,
                body: record.body,
            },
            at: record.at,
        })
    }
}
