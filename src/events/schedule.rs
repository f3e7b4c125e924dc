//! When a message that was not taken is sent again.

use crate::model::DeliveryId;
use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Seconds between one attempt and the next: ten attempts in a little more than three days.
const DELAYS_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// How far a delay is drawn out at most, so that what failed together is not sent together again.
const JITTER: f64 = 0.2;
/// The longest wait that a receiver may ask for.
const ASKED_FOR_MAX: TimeDelta = TimeDelta::days(1);

/// How long nothing may get through to an endpoint before it is disabled.
pub(super) const FAILING_MAX: TimeDelta = TimeDelta::days(5);

/// When to send again after an attempt, counted from 1; not any more after the last one.
///
/// The receiver may have asked to wait (`Retry-After`): that makes a delay longer, up to a day,
/// never shorter.
pub(super) fn next_attempt(
    delivery: DeliveryId,
    attempt: i64,
    now: DateTime<Utc>,
    asked_for: Option<TimeDelta>,
) -> Option<DateTime<Utc>> {
    let index = usize::try_from(attempt - 1).ok()?;
    let delay = TimeDelta::seconds(*DELAYS_S.get(index)?);
    let drawn_out = delay.as_seconds_f64() * (1.0 + JITTER * dice(delivery, index).random::<f64>());
    #[expect(clippy::cast_possible_truncation, reason = "a little more than a day at most")]
    let delay = TimeDelta::milliseconds((drawn_out * 1_000.0) as i64);
    let asked_for = asked_for.unwrap_or(TimeDelta::zero()).min(ASKED_FOR_MAX);
    Some(now + delay.max(asked_for))
}

/// The header `Retry-After`: seconds, or a date of HTTP.
pub(super) fn asked_for(header: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    if let Ok(seconds) = header.trim().parse::<u32>() {
        return Some(TimeDelta::seconds(seconds.into()));
    }
    let until = DateTime::parse_from_rfc2822(header.trim()).ok()?;
    Some(until.with_timezone(&Utc) - now)
}

/// The ids of deliveries are random enough to be seeds.
fn dice(delivery: DeliveryId, index: usize) -> ChaCha8Rng {
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(delivery.0.as_bytes());
    seed[16..24].copy_from_slice(&index.to_le_bytes());
    ChaCha8Rng::from_seed(seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn ten_attempts_in_three_to_four_days() {
        let first: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().unwrap();
        for seed in 0..50 {
            let id = DeliveryId(Uuid::from_u128(seed));
            let (mut now, mut attempt) = (first, 1);
            while let Some(next) = next_attempt(id, attempt, now, None) {
                let delay = (next - now).as_seconds_f64();
                let index = usize::try_from(attempt - 1).unwrap();
                let plain = f64::from(i32::try_from(DELAYS_S[index]).unwrap());
                assert!((plain..=plain * (1.0 + JITTER)).contains(&delay), "{attempt}: {delay}");
                (now, attempt) = (next, attempt + 1);
            }
            assert_eq!(attempt, 10);
            assert!((3..4).contains(&(now - first).num_days()));
            assert!(now - first < FAILING_MAX);
        }
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_wait_within_bounds() {
        let now: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().unwrap();
        let wait = |header| {
            let next = next_attempt(DeliveryId(Uuid::nil()), 1, now, asked_for(header, now));
            (next.unwrap() - now).num_seconds()
        };
        assert_eq!(wait("120"), 120);
        assert_eq!(wait("Mon, 02 Mar 2026 00:10:00 GMT"), 600);
        assert_eq!(wait("4000000000"), 86_400);
        assert!(wait("1") >= 5 && wait("soon") >= 5 && wait("Sun, 01 Mar 2026 00:00:00 GMT") >= 5);
    }
}
