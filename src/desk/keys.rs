//! Who may call: bearer keys with roles. Only the hash of a token is kept.
//!
//! A token is 32 random bytes, so that a fast hash (SHA-256) is enough: there is no password to
//! guess, and every request can be checked from memory.

use super::{Actor, Desk, DeskError};
use crate::model::{CourierId, KeyId, ProgrammeId, RegionId};
use crate::store::{KeyRow, Receipt};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

const PREFIX: &str = "dsk_";

/// A role text that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a role: use checkout, courier, dispatcher or admin")]
pub struct UnknownRole(pub String);

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A programme's checkout: searches, holds, books.
    Checkout,
    /// The slot picker in a programme's page, where everybody can read the key: searches and holds.
    Picker,
    /// A courier: reads their own route.
    Courier,
    /// A dispatcher: sees and changes a region's days.
    Dispatcher,
    /// Imports, and makes keys.
    Admin,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] =
        [Self::Checkout, Self::Picker, Self::Courier, Self::Dispatcher, Self::Admin];

    /// The name used in JSON, on the command line and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Checkout => "checkout",
            Self::Picker => "picker",
            Self::Courier => "courier",
            Self::Dispatcher => "dispatcher",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.chars().take(40).collect()))
    }
}

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What it is for.
    pub role: Role,
    /// Whose bookings it is about; needed for a checkout and its picker.
    pub programme: Option<ProgrammeId>,
    /// Where a dispatcher works; everywhere if absent.
    pub region: Option<RegionId>,
    /// Which courier; needed for a courier.
    pub courier: Option<CourierId>,
}

/// Who calls, as their key says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A programme's checkout.
    Checkout(ProgrammeId),
    /// The slot picker in a programme's page.
    Picker(ProgrammeId),
    /// A courier.
    Courier(CourierId),
    /// A dispatcher of one region, or of all.
    Dispatcher(Option<RegionId>),
    /// An administrator.
    Admin,
}

/// A key in use, and who has it. Not the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The key.
    pub key: KeyId,
    /// Who has it.
    pub caller: Caller,
    hash: [u8; 32],
}

impl Holder {
    /// Who causes what this caller asks for.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.caller {
            Caller::Checkout(programme) | Caller::Picker(programme) => Actor::programme(programme),
            Caller::Courier(courier) => Actor::courier(courier),
            Caller::Dispatcher(_) => Actor::dispatcher(self.key),
            Caller::Admin => Actor::admin(self.key),
        }
    }
}

impl Desk {
    /// Makes a key and returns its token, which is not kept.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] when something the role needs is missing or unknown.
    pub async fn create_key(&self, new: NewKey) -> Result<(KeyId, String), DeskError> {
        self.create_key_once(new, |_, _| None).await
    }

    /// The same, for a request of which `keyed` makes the receipt out of the key's id and its token: where
    /// it does, the token is kept for as long as the receipt is.
    ///
    /// # Errors
    /// As [`Self::create_key`], and [`DeskError::Store`] where there is such a receipt already.
    pub async fn create_key_once(
        &self,
        new: NewKey,
        keyed: impl FnOnce(KeyId, &str) -> Option<Receipt>,
    ) -> Result<(KeyId, String), DeskError> {
        self.validate_key(&new)?;
        let secret: [u8; 32] = rand::rng().random();
        let token = format!("{PREFIX}{}", BASE64.encode(secret));
        let row = KeyRow {
            id: KeyId(self.new_id()),
            role: new.role.to_string(),
            programme: new.programme,
            region: new.region,
            courier: new.courier,
            hash: hash(&token),
            label: token[token.len() - 4..].to_owned(),
            created_at: self.clock().now(),
            revoked_at: None,
        };
        let receipt = keyed(row.id, &token);
        self.store().insert_key(&row, receipt.as_slice()).await?;
        self.refresh().await?;
        Ok((row.id, token))
    }

    /// Takes a key out of use. Revoking again answers the same.
    ///
    /// # Errors
    /// [`DeskError::NotFound`].
    pub async fn revoke_key(&self, id: KeyId) -> Result<(), DeskError> {
        let revoked = self.store().revoke_key(id, self.clock().now()).await?;
        if !revoked && !self.store().keys().await?.iter().any(|key| key.id == id) {
            return Err(DeskError::NotFound { what: "key", id: id.to_string() });
        }
        self.refresh().await
    }

    /// Who holds a token. From memory.
    #[must_use]
    pub fn caller(&self, token: &str) -> Option<Holder> {
        let registry = self.registry();
        let key = registry.keys.get(&hash(token))?;
        let caller = match key.role.parse().ok()? {
            Role::Checkout => Caller::Checkout(key.programme.clone()?),
            Role::Picker => Caller::Picker(key.programme.clone()?),
            Role::Courier => Caller::Courier(key.courier.clone()?),
            Role::Dispatcher => Caller::Dispatcher(key.region.clone()),
            Role::Admin => Caller::Admin,
        };
        Some(Holder { key: key.id, caller, hash: key.hash })
    }

    /// Whether a key has not been revoked, as far as this process has heard. From memory.
    #[must_use]
    pub fn is_in_use(&self, holder: &Holder) -> bool {
        self.registry().keys.contains_key(&holder.hash)
    }

    fn validate_key(&self, new: &NewKey) -> Result<(), DeskError> {
        let invalid = |pointer: &'static str, message: String| {
            Err(DeskError::Invalid { pointer: pointer.into(), message })
        };
        let registry = self.registry();
        match (new.role, &new.programme, &new.courier) {
            (Role::Checkout | Role::Picker, None, _) => {
                return invalid("/programme", format!("a {} key needs a programme", new.role));
            }
            (Role::Courier, _, None) => {
                return invalid("/courier", "a courier key needs a courier".to_owned());
            }
            _ => {}
        }
        if let Some(courier) = new.courier.as_ref().filter(|c| !registry.couriers.contains_key(*c))
        {
            return invalid(
                "/courier",
                format!("there is no courier '{courier}': import it first"),
            );
        }
        if let Some(region) = new.region.as_ref().filter(|r| !registry.regions.contains_key(*r)) {
            return invalid("/region", format!("there is no region '{region}': import it first"));
        }
        Ok(())
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
