//! What an endpoint's answer means for a delivery.

use super::schedule::{FAILING_MAX, asked_for, next_attempt};
use super::transport::Answer;
use crate::store::{AttemptEnd, ClaimedDelivery};
use chrono::{DateTime, Utc};

/// An endpoint that says it is gone.
const GONE: u16 = 410;

/// What an answer means: only 2xx is one that the message was taken.
pub(super) fn end_of(
    delivery: &ClaimedDelivery,
    answer: Result<Answer, String>,
    now: DateTime<Utc>,
) -> AttemptEnd {
    let (response_status, retry_after, error) = match answer {
        Ok(Answer { status, .. }) if (200..300).contains(&status) => {
            return AttemptEnd::Delivered { response_status: status };
        }
        Ok(Answer { status, retry_after }) => (Some(status), retry_after, refusal(status)),
        Err(error) => (None, None, error),
    };
    let asked_for = retry_after.and_then(|header| asked_for(&header, now));
    let is_gone = response_status == Some(GONE);
    let next_attempt_at = next_attempt(delivery.id, delivery.attempt, now, asked_for);
    let disable = if is_gone {
        (now, "the endpoint answered 410 Gone".to_owned())
    } else {
        (now - FAILING_MAX, format!("nothing got through for {} days", FAILING_MAX.num_days()))
    };
    let next_attempt_at = next_attempt_at.filter(|_| !is_gone);
    AttemptEnd::Failed { response_status, error, next_attempt_at, disable }
}

fn refusal(status: u16) -> String {
    match status {
        300..400 => format!("answered {status}: redirects are not followed, change the URL"),
        GONE => "answered 410: the endpoint is disabled".to_owned(),
        _ => format!("answered {status}"),
    }
}
