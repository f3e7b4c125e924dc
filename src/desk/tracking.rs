//! Links by which customers follow their booking: the booking's id, signed.
//!
//! A token is base64url of the 16 bytes of the id and the first 16 bytes of their HMAC-SHA-256, under a
//! secret that the replicas share and that signs nothing else. It names one booking for as long as the
//! link is good, and nobody can make one for another.

use super::{Desk, DeskError};
use crate::model::{Booking, BookingId};
use crate::planning::{Committed, DayPlan, RoutePlan};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;
use uuid::Uuid;

const ID_BYTES: usize = 16;
const TAG_BYTES: usize = 16;
/// What tells door codes from tokens, which are made of 16 bytes.
const DOOR: &[u8] = b"door code of ";
/// How long after the visit's window a link is good.
const GOOD_AFTER: TimeDelta = TimeDelta::days(30);

/// Signs and reads tracking tokens.
#[derive(Clone)]
pub struct TrackingSigner(Hmac<Sha256>);

impl TrackingSigner {
    /// A signer for a secret of any length.
    ///
    /// # Panics
    /// Never: HMAC takes keys of any length.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes keys of any length"))
    }

    /// The token of a booking: 43 characters that need no escaping in a path.
    #[must_use]
    pub fn sign(&self, id: BookingId) -> String {
        let tag = self.mac(id.0.as_bytes()).finalize().into_bytes();
        BASE64.encode([&id.0.as_bytes()[..], &tag[..TAG_BYTES]].concat())
    }

    /// The booking of a token, if this signer's secret made it.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<BookingId> {
        let bytes = BASE64.decode(token).ok()?;
        let (id, tag) = bytes.split_at_checked(ID_BYTES)?;
        if tag.len() != TAG_BYTES {
            return None;
        }
        self.mac(id).verify_truncated_left(tag).ok()?;
        Some(BookingId(Uuid::from_slice(id).ok()?))
    }

    /// What the customer of a booking reads out at the door, so that the courier knows whom they are
    /// dealing with: 4 digits.
    #[must_use]
    pub fn door_code(&self, id: BookingId) -> String {
        let tag = self.mac(DOOR).chain_update(id.0.as_bytes()).finalize().into_bytes();
        let number = u32::from_be_bytes([tag[0], tag[1], tag[2], tag[3]]);
        format!("{:04}", number % 10_000)
    }

    fn mac(&self, id: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(id)
    }
}

/// A booking that its customer follows, and the day it is on.
pub struct Tracked {
    /// The booking as last committed.
    pub booking: Booking,
    /// Its day.
    pub day: Arc<DayPlan>,
    /// Where it is in the day; nothing once it has no place.
    pub at: Option<Committed>,
}

impl Tracked {
    /// The route it is on, and which visit of it.
    #[must_use]
    pub fn visit(&self) -> Option<(&RoutePlan, usize)> {
        match self.at {
            Some(Committed::OnRoute { route, ordinal }) => Some((&self.day.routes[route], ordinal)),
            Some(Committed::Unassigned(_)) | None => None,
        }
    }
}

impl Desk {
    /// What signs and reads the links of customers.
    #[must_use]
    pub fn tracking(&self) -> &TrackingSigner {
        &self.0.tracking
    }

    /// A booking as its customer may see it.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] where there is none, it is only held, or its visit is more than 30
    /// days ago.
    pub async fn tracked(&self, id: BookingId) -> Result<Tracked, DeskError> {
        let gone = || DeskError::NotFound { what: "booking", id: id.to_string() };
        let booking = self.store().booking(id).await?.ok_or_else(gone)?.booking;
        let is_booked = booking.contact.is_some();
        if !is_booked || booking.window.end + GOOD_AFTER < self.clock().now() {
            return Err(gone());
        }
        let day = self.day(&booking.region, booking.date).await?;
        let at = day.find(id);
        let booking = at.map_or(booking, |at| day.entry(at).booking.clone());
        Ok(Tracked { booking, day, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_under_its_own_secret_only() {
        let (signer, id) = (TrackingSigner::new(b"secret"), BookingId(Uuid::from_u128(7)));
        let token = signer.sign(id);
        assert_eq!((signer.read(&token), token.len()), (Some(id), 43));
        assert_eq!(TrackingSigner::new(b"other").read(&token), None);
    }

    #[test]
    fn a_changed_or_cut_token_names_nothing() {
        let signer = TrackingSigner::new(b"secret");
        let token = signer.sign(BookingId(Uuid::from_u128(7)));
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'Q' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(changed == token || signer.read(&changed).is_none(), "at {at}");
            assert_eq!(signer.read(&token[..at]), None, "cut at {at}");
        }
    }
}
