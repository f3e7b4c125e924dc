//! Offers: signed statements of what a slot search found, which a hold redeems.
//!
//! An offer carries everything a hold needs, so that any replica can take it and no state is
//! kept for searches that lead nowhere. It is `ofr_`, the payload in base64url, a dot, and the
//! first 16 bytes of its HMAC-SHA-256 under a secret that the replicas share.

use super::DeskError;
use crate::model::{BookingId, Flexible, ProgrammeId, RegionId, Slot, VisitRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, NaiveDate, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

const PREFIX: &str = "ofr_";
const TAG_BYTES: usize = 16;

/// What a slot search found for one slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Who asked; nobody else can hold it.
    pub programme: ProgrammeId,
    /// Where.
    pub region: RegionId,
    /// Service date.
    pub date: NaiveDate,
    /// Which slot.
    pub slot: Slot,
    /// The windows of a flexible promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flexible: Option<Flexible>,
    /// For what.
    pub request: VisitRequest,
    /// The moment by which places were judged: the search's own last one.
    pub judged_at: DateTime<Utc>,
    /// Whether it rests on others making way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub squeezed: bool,
    /// It cannot be held from here on.
    pub expires_at: DateTime<Utc>,
    /// The booking that came to nothing, and that this is offered for instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<BookingId>,
}

/// Signs and reads offers.
#[derive(Clone)]
pub struct OfferSigner(Hmac<Sha256>);

impl OfferSigner {
    /// A signer for a secret of any length.
    ///
    /// # Panics
    /// Never: HMAC takes keys of any length.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes keys of any length"))
    }

    /// The token of an offer.
    ///
    /// # Panics
    /// Never: an offer is plain data, which JSON can always hold.
    #[must_use]
    pub fn sign(&self, offer: &Offer) -> String {
        let json = serde_json::to_vec(offer).expect("an offer is plain data");
        let payload = BASE64.encode(json);
        let tag = BASE64.encode(&self.mac(&payload).finalize().into_bytes()[..TAG_BYTES]);
        format!("{PREFIX}{payload}.{tag}")
    }

    /// The offer of a token.
    ///
    /// # Errors
    /// [`DeskError::BadOffer`] unless this signer's secret made it.
    pub fn read(&self, token: &str) -> Result<Offer, DeskError> {
        let body = token.strip_prefix(PREFIX).ok_or(DeskError::BadOffer)?;
        let (payload, tag) = body.split_once('.').ok_or(DeskError::BadOffer)?;
        let tag = BASE64.decode(tag).map_err(|_| DeskError::BadOffer)?;
        if tag.len() != TAG_BYTES {
            return Err(DeskError::BadOffer);
        }
        self.mac(payload).verify_truncated_left(&tag).map_err(|_| DeskError::BadOffer)?;
        let json = BASE64.decode(payload).map_err(|_| DeskError::BadOffer)?;
        serde_json::from_slice(&json).map_err(|_| DeskError::BadOffer)
    }

    fn mac(&self, payload: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(payload.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Point;
    use crate::model::{BookingKind, Category, Device, TimeWindow};

    fn offer() -> Offer {
        let start: DateTime<Utc> = "2026-03-02T06:00:00Z".parse().unwrap();
        let end: DateTime<Utc> = "2026-03-02T08:00:00Z".parse().unwrap();
        Offer {
            programme: ProgrammeId::new("shop").unwrap(),
            region: RegionId::new("shanghai").unwrap(),
            date: "2026-03-02".parse().unwrap(),
            slot: Slot { window: TimeWindow { start, end }, cutoff_at: start },
            flexible: None,
            request: VisitRequest {
                place: Point::new(121.47, 31.23).unwrap(),
                kind: BookingKind::Pickup,
                devices: vec![Device::of(Category::Phone)],
                handover: Vec::new(),
                skills: std::collections::BTreeSet::new(),
            },
            judged_at: start,
            squeezed: false,
            expires_at: start,
            replaces: None,
        }
    }

    #[test]
    fn an_offer_reads_back_under_its_own_secret_only() {
        let signer = OfferSigner::new(b"secret");
        let token = signer.sign(&offer());
        assert_eq!(signer.read(&token).unwrap(), offer());
        assert!(OfferSigner::new(b"other").read(&token).is_err());
    }

    #[test]
    fn a_changed_or_cut_token_is_refused() {
        let signer = OfferSigner::new(b"secret");
        let token = signer.sign(&offer());
        for at in (0..token.len()).step_by(7) {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(signer.read(&changed).is_err(), "at {at}");
            assert!(signer.read(&token[..at]).is_err(), "cut at {at}");
        }
    }
}
