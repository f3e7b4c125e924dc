//! What came of sending a delivery.
//!
//! It is recorded under the attempt's number, so that one which comes in late changes nothing.

use super::sql::kept;
use super::{ClaimedDelivery, DayCommit, NewEvent, Store, StoreError, Tx};
use crate::model::WebhookId;
use chrono::{DateTime, Utc};
use serde_json::json;

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// The endpoint took it.
    Delivered {
        /// The HTTP status.
        response_status: u16,
    },
    /// It did not.
    Failed {
        /// The HTTP status, if there was an answer.
        response_status: Option<u16>,
        /// What was wrong, for people.
        error: String,
        /// When to try again; not any more if absent.
        next_attempt_at: Option<DateTime<Utc>>,
        /// Why the endpoint is disabled where nothing got through to it since that moment.
        disable: (DateTime<Utc>, String),
    },
}

impl Store {
    /// Records what came of an attempt, unless a later one has begun; whether the endpoint was
    /// disabled by it. The log of the event's day then tells so.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn record_attempt(
        &self,
        delivery: &ClaimedDelivery,
        end: &AttemptEnd,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        // The endpoint before its deliveries, as all do who write both.
        let disabled = match end {
            AttemptEnd::Delivered { .. } => {
                let sql = "UPDATE webhooks SET failing_since = NULL
                           WHERE id = $1 AND failing_since IS NOT NULL";
                execute!(tx, sql, delivery.webhook.0)?;
                false
            }
            AttemptEnd::Failed { disable, .. } => {
                tx.note_failure(delivery.webhook, disable, now).await?
            }
        };
        if tx.end_attempt(delivery, end).await? == 0 {
            return Ok(false);
        }
        if let AttemptEnd::Failed { disable: (_, reason), .. } = end
            && disabled
        {
            tx.give_up_waiting(delivery.webhook, reason).await?;
            tx.tell_of_disabling(delivery, reason, now).await?;
        }
        tx.commit().await?;
        Ok(disabled)
    }
}

impl Tx {
    /// Notes that an endpoint fails, and disables it where it has failed since `disable.0`.
    async fn note_failure(
        &mut self,
        webhook: WebhookId,
        disable: &(DateTime<Utc>, String),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE webhooks SET failing_since = $2 WHERE id = $1 AND failing_since IS NULL";
        execute!(*self, sql, webhook.0, kept(now))?;
        let sql = "UPDATE webhooks SET disabled_at = $2, disabled_reason = $3
                   WHERE id = $1 AND disabled_at IS NULL AND failing_since <= $4";
        let (since, reason) = (kept(disable.0), disable.1.as_str());
        Ok(execute!(*self, sql, webhook.0, kept(now), reason, since)? > 0)
    }

    async fn end_attempt(
        &mut self,
        delivery: &ClaimedDelivery,
        end: &AttemptEnd,
    ) -> Result<u64, sqlx::Error> {
        let (status, response, error, next) = match end {
            AttemptEnd::Delivered { response_status } => {
                ("delivered", Some(*response_status), None, None)
            }
            AttemptEnd::Failed { response_status, error, next_attempt_at, .. } => {
                let status = if next_attempt_at.is_some() { "pending" } else { "failed" };
                (status, *response_status, Some(error.as_str()), *next_attempt_at)
            }
        };
        execute!(
            *self,
            "UPDATE webhook_deliveries
             SET status = $3, response_status = $4, error = $5, next_attempt_at = $6
             WHERE id = $1 AND attempts = $2 AND status = 'pending'",
            delivery.id.0,
            delivery.attempt,
            status,
            response.map(i64::from),
            error,
            next.map(kept),
        )
    }

    /// Ends the deliveries of an endpoint that is disabled.
    pub(super) async fn give_up_waiting(
        &mut self,
        webhook: WebhookId,
        reason: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE webhook_deliveries
                   SET status = 'failed', next_attempt_at = NULL, error = COALESCE(error, $2)
                   WHERE webhook = $1 AND status = 'pending'";
        execute!(*self, sql, webhook.0, format!("not sent any more: {reason}"))?;
        Ok(())
    }

    /// Appends `webhook.disabled` to the log of the day whose event could not be delivered.
    async fn tell_of_disabling(
        &mut self,
        delivery: &ClaimedDelivery,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Some(event) = &delivery.event else { return Ok(()) };
        let told = NewEvent {
            actor: "system".to_owned(),
            kind: "webhook.disabled".to_owned(),
            subject: delivery.webhook.to_string(),
            body: json!({ "reason": reason }),
            at: now,
        };
        let commit = DayCommit::new(event.region.clone(), event.date);
        self.write_day(&DayCommit { events: vec![told], ..commit }).await?;
        Ok(())
    }
}
