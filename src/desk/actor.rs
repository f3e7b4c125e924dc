//! Who causes a change: written with each event, for the audit.

use super::Desk;
use crate::model::{BookingId, CourierId, KeyId, ProgrammeId};
use std::fmt;
use std::sync::Arc;

/// Who causes a change, as `role:name`. Never a token. Clones share the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(Arc<str>);

impl Actor {
    /// What happens by itself: holds run out, promises are fixed, routes are improved.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::from("system"))
    }

    /// Whoever works on the command line.
    #[must_use]
    pub fn command_line() -> Self {
        Self(Arc::from("command_line"))
    }

    /// A programme's checkout, with whichever of its keys.
    #[must_use]
    pub fn programme(id: &ProgrammeId) -> Self {
        Self(format!("programme:{id}").into())
    }

    /// A courier.
    #[must_use]
    pub fn courier(id: &CourierId) -> Self {
        Self(format!("courier:{id}").into())
    }

    /// Whoever has a dispatcher's key.
    #[must_use]
    pub fn dispatcher(key: KeyId) -> Self {
        Self(format!("dispatcher:{key}").into())
    }

    /// Whoever has an administrator's key.
    #[must_use]
    pub fn admin(key: KeyId) -> Self {
        Self(format!("admin:{key}").into())
    }

    /// The customer of a booking, by its tracking link.
    #[must_use]
    pub fn customer(booking: BookingId) -> Self {
        Self(format!("customer:{booking}").into())
    }

    /// The text that is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Desk {
    /// The same desk for changes that somebody causes. Without it they are the system's own.
    #[must_use]
    pub fn acting(&self, actor: Actor) -> Self {
        Self(Arc::clone(&self.0), actor)
    }
}
