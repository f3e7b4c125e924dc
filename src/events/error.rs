//! What can go wrong with endpoints, whatever the transport.

use super::guard::GuardError;
use crate::store::StoreError;

/// How far back events are sent again.
pub(super) const REPLAY_DAYS_MAX: i64 = 30;
/// The most events that one replay looks at.
pub(super) const REPLAY_EVENTS_MAX: u32 = 10_000;

/// Why something was not done about an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// Nothing by that id.
    #[error("there is no {what} '{id}'")]
    NotFound {
        /// The noun.
        what: &'static str,
        /// The id given.
        id: String,
    },
    /// Messages are not sent to that address.
    #[error(transparent)]
    Url(#[from] GuardError),
    /// Nothing is sent to an endpoint that is disabled.
    #[error("the webhook is disabled: enable it first")]
    Disabled,
    /// The delivery is being sent already.
    #[error("the delivery is waiting to be sent already")]
    Waiting,
    /// The time to replay is none, or too long ago.
    #[error("give a time that begins before it ends, in the last {REPLAY_DAYS_MAX} days")]
    Time,
    /// There are too many events in it.
    #[error("there are more than {REPLAY_EVENTS_MAX} events in that time: replay it in parts")]
    TooMany,
    /// The database did not do it.
    #[error("the database did not take the change: {0}")]
    Store(#[from] StoreError),
}
