//! Identifiers: names that people give (`hub-pudong`) and names that Doorstep gives (`bkg_…`).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Why a text is not an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// A given name is empty, too long, or has characters that do not travel well in URLs.
    #[error(
        "'{0}' is not a usable id: give 1 to 64 letters, digits, '-', '_', '.' or ':' (no spaces)"
    )]
    Name(String),
    /// An opaque id with the wrong prefix or a damaged body.
    #[error("'{text}' is not a {what} id: it looks like {prefix}… followed by 32 hex digits")]
    Opaque {
        /// What was given.
        text: String,
        /// The noun it should name.
        what: &'static str,
        /// The prefix such an id has.
        prefix: &'static str,
    },
}

macro_rules! given_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and takes a name.
            ///
            /// # Errors
            /// [`IdError::Name`] unless it is 1 to 64 of the allowed characters.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                if is_name(&text) { Ok(Self(text)) } else { Err(IdError::Name(text)) }
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub Uuid);

        impl $name {
            /// The text before the 32 hex digits.
            pub const PREFIX: &'static str = $prefix;
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix($prefix)
                    .filter(|body| body.len() == 32)
                    .and_then(|body| Uuid::try_parse(body).ok())
                    .map(Self)
                    .ok_or_else(|| IdError::Opaque {
                        text: text.chars().take(80).collect(),
                        what: $what,
                        prefix: $prefix,
                    })
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0.simple())
            }
        }
    };
}

given_id!(
    /// A city's operating area, such as `shanghai`.
    RegionId
);
given_id!(
    /// A service centre.
    HubId
);
given_id!(
    /// A person with a vehicle.
    CourierId
);
given_id!(
    /// A trade-in shop that books.
    ProgrammeId
);
opaque_id!(
    /// One customer's request. While it is only held, the same id is shown as a [`HoldId`].
    BookingId, "bkg_", "booking"
);
opaque_id!(
    /// A booking that holds its place until it expires; confirming it keeps the identity.
    HoldId, "hld_", "hold"
);
opaque_id!(
    /// One shift's route on one date.
    RouteId, "rte_", "route"
);
opaque_id!(
    /// One line of a courier's route list.
    StopId, "stp_", "stop"
);
opaque_id!(
    /// One slot search, for the logs of both sides.
    SearchId, "ssr_", "slot search"
);
opaque_id!(
    /// A piece of long work.
    OperationId, "opr_", "operation"
);
opaque_id!(
    /// A change of a day that is kept until somebody applies it.
    ProposalId, "rbp_", "rebalance proposal"
);
opaque_id!(
    /// An API key (not its secret).
    KeyId, "key_", "key"
);
opaque_id!(
    /// An endpoint that is told of events.
    WebhookId, "whk_", "webhook"
);
opaque_id!(
    /// One event for one endpoint: a line of its delivery log.
    DeliveryId, "dlv_", "delivery"
);
opaque_id!(
    /// An event as endpoints are told of it; the same however often it is sent (`webhook-id`).
    MessageId, "msg_", "message"
);

impl From<BookingId> for HoldId {
    fn from(id: BookingId) -> Self {
        Self(id.0)
    }
}

impl From<HoldId> for BookingId {
    fn from(id: HoldId) -> Self {
        Self(id.0)
    }
}

impl RouteId {
    /// The id of the route of `courier`'s shift that starts at `starts`. Every replica that opens
    /// a day derives the same id, so that a route is created once (UUID version 5).
    #[must_use]
    pub fn of_shift(
        region: &RegionId,
        courier: &CourierId,
        starts: chrono::DateTime<chrono::Utc>,
    ) -> Self {
        let name = format!("{region}/{courier}/{}", starts.timestamp());
        Self(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()))
    }

    /// The id of a stop on this route, stable while the booking stays on it.
    #[must_use]
    pub fn stop(self, what: &str) -> StopId {
        StopId(Uuid::new_v5(&self.0, what.as_bytes()))
    }
}

impl MessageId {
    /// The id of a day's event. The moment tells it from one that a database, since lost, had
    /// under the same number.
    #[must_use]
    pub fn of_event(
        region: &RegionId,
        date: chrono::NaiveDate,
        seq: i64,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Self {
        let name = format!("{region}/{date}/{seq}/{}", at.timestamp_micros());
        Self(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opaque_ids_read_back_what_they_print() {
        let id = BookingId(Uuid::from_u128(42));
        assert_eq!(id.to_string(), "bkg_0000000000000000000000000000002a");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(HoldId::from(id).to_string(), "hld_0000000000000000000000000000002a");
    }

    #[test]
    fn a_wrong_prefix_or_body_is_refused_with_the_expected_shape() {
        for text in ["hld_0000000000000000000000000000002a", "bkg_2a", "", "bkg_zz", "rte_é"] {
            let error = text.parse::<BookingId>().unwrap_err();
            assert!(error.to_string().contains("bkg_"), "{error}");
        }
    }

    #[test]
    fn given_names_travel_in_urls() {
        assert!(HubId::new("hub-pudong.2:east_1").is_ok());
        for text in ["", "two words", "a/b", "é", &"x".repeat(65)] {
            assert!(HubId::new(text).is_err(), "{text}");
        }
    }
}
