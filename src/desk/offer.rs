//! Offers: signed statements of what a slot search found, which a hold redeems.
//!
//! An offer carries everything a hold needs, so that any replica can take it and no state is
//! kept for searches that lead nowhere. It is `ofr_`, the payload in base64url, a dot, and the
//! first 16 bytes of its HMAC-SHA-256 under a secret that the replicas share. The payload is a short
//! JSON array, with moments in microseconds: a search signs one for each open slot, and a phone has to
//! load them all.

use super::DeskError;
use crate::model::{
    Booking, BookingId, Flexible, ProgrammeId, RegionId, Slot, TimeWindow, VisitRequest,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, NaiveDate, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::Sha256;
use std::borrow::Cow;

const PREFIX: &str = "ofr_";
const TAG_BYTES: usize = 16;

/// What a slot search found for one slot.
#[derive(Clone, Debug, PartialEq)]
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
    pub flexible: Option<Flexible>,
    /// For what.
    pub request: VisitRequest,
    /// The moment by which places were judged: the search's own last one.
    pub judged_at: DateTime<Utc>,
    /// Whether it rests on others making way.
    pub squeezed: bool,
    /// It cannot be held from here on.
    pub expires_at: DateTime<Utc>,
    /// The booking that came to nothing, and that this is offered for instead.
    pub replaces: Option<BookingId>,
}

/// What all offers of a search have in common.
pub(super) struct OfferTerms<'a> {
    programme: &'a ProgrammeId,
    region: &'a RegionId,
    request: Box<RawValue>,
    replaces: Option<BookingId>,
    judged_at: DateTime<Utc>,
}

impl<'a> OfferTerms<'a> {
    /// For what a booking asks, judged as of a moment, which is the last at which an offer can be held.
    pub(super) fn of(wanted: &'a Booking, judged_at: DateTime<Utc>) -> Self {
        Self {
            programme: &wanted.programme,
            region: &wanted.region,
            request: serde_json::value::to_raw_value(&wanted.request).expect("plain data"),
            replaces: wanted.replaces,
            judged_at,
        }
    }

    /// An offer's content.
    fn payload<'b>(&'b self, of: Offered<'b>) -> Payload<'b, &'b RawValue> {
        let Offered { date, slot, flexible, squeezed } = of;
        let expires_at = self.judged_at.min(slot.cutoff_at);
        Payload(
            Cow::Borrowed(self.programme),
            Cow::Borrowed(self.region),
            date,
            [slot.window.start, slot.window.end, slot.cutoff_at].map(micros),
            flexible.map(Cow::Borrowed),
            &self.request,
            micros(self.judged_at),
            squeezed,
            micros(expires_at),
            self.replaces,
        )
    }
}

/// What an offer has for itself.
#[derive(Clone, Copy)]
pub(super) struct Offered<'a> {
    /// Service date.
    pub(super) date: NaiveDate,
    /// Which slot.
    pub(super) slot: Slot,
    /// The windows of a flexible promise.
    pub(super) flexible: Option<&'a Flexible>,
    /// Whether it rests on others making way.
    pub(super) squeezed: bool,
}

/// An offer as it is written: programme, region, date, the slot's start, end and cut-off, the windows
/// of a flexible promise, the request, when it was judged, whether others make way, when it expires, the
/// booking it is for instead.
#[derive(Serialize, Deserialize)]
struct Payload<'a, R>(
    Cow<'a, ProgrammeId>,
    Cow<'a, RegionId>,
    NaiveDate,
    [i64; 3],
    Option<Cow<'a, Flexible>>,
    R,
    i64,
    bool,
    i64,
    Option<BookingId>,
);

impl TryFrom<Payload<'_, VisitRequest>> for Offer {
    type Error = DeskError;

    fn try_from(payload: Payload<'_, VisitRequest>) -> Result<Self, DeskError> {
        let Payload(
            programme,
            region,
            date,
            slot,
            flexible,
            request,
            judged,
            squeezed,
            expires,
            replaces,
        ) = payload;
        let [start, end, cutoff] = slot;
        let window = TimeWindow { start: moment(start)?, end: moment(end)? };
        Ok(Self {
            programme: programme.into_owned(),
            region: region.into_owned(),
            date,
            slot: Slot { window, cutoff_at: moment(cutoff)? },
            flexible: flexible.map(Cow::into_owned),
            request,
            judged_at: moment(judged)?,
            squeezed,
            expires_at: moment(expires)?,
            replaces,
        })
    }
}

fn micros(moment: DateTime<Utc>) -> i64 {
    moment.timestamp_micros()
}

fn moment(micros: i64) -> Result<DateTime<Utc>, DeskError> {
    DateTime::from_timestamp_micros(micros).ok_or(DeskError::BadOffer)
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
    pub(super) fn sign(&self, terms: &OfferTerms<'_>, of: Offered<'_>) -> String {
        let json = serde_json::to_vec(&terms.payload(of)).expect("an offer is plain data");
        let mut token = String::with_capacity(PREFIX.len() + 2 * json.len());
        token.push_str(PREFIX);
        BASE64.encode_string(json, &mut token);
        let tag = self.mac(&token[PREFIX.len()..]).finalize().into_bytes();
        token.push('.');
        BASE64.encode_string(&tag[..TAG_BYTES], &mut token);
        token
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
        let payload: Payload<'_, VisitRequest> =
            serde_json::from_slice(&json).map_err(|_| DeskError::BadOffer)?;
        payload.try_into()
    }

    fn mac(&self, payload: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(payload.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Point;
    use crate::model::{BookingKind, Category, Device};

    fn window(start: &str, end: &str) -> TimeWindow {
        TimeWindow { start: start.parse().unwrap(), end: end.parse().unwrap() }
    }

    fn slot() -> Slot {
        let window = window("2026-03-02T06:00:00Z", "2026-03-02T08:00:00Z");
        Slot { window, cutoff_at: window.start }
    }

    fn request() -> VisitRequest {
        VisitRequest {
            place: Point::new(121.47, 31.23).unwrap(),
            kind: BookingKind::Pickup,
            devices: vec![Device::of(Category::Phone)],
            handover: Vec::new(),
            skills: std::collections::BTreeSet::new(),
        }
    }

    /// A token, and what it has to say.
    fn token(signer: &OfferSigner, flexible: Option<Flexible>) -> (String, Offer) {
        let judged_at = "2026-03-02T05:00:00.123456Z".parse().unwrap();
        let offer = Offer {
            programme: ProgrammeId::new("shop").unwrap(),
            region: RegionId::new("shanghai").unwrap(),
            date: "2026-03-02".parse().unwrap(),
            slot: slot(),
            flexible,
            request: request(),
            judged_at,
            squeezed: true,
            expires_at: judged_at,
            replaces: Some(BookingId(uuid::Uuid::from_u128(7))),
        };
        let terms = OfferTerms {
            programme: &offer.programme,
            region: &offer.region,
            request: serde_json::value::to_raw_value(&offer.request).unwrap(),
            replaces: offer.replaces,
            judged_at,
        };
        let (date, flexible) = (offer.date, offer.flexible.as_ref());
        let token = signer.sign(&terms, Offered { date, slot: slot(), flexible, squeezed: true });
        (token, offer)
    }

    #[test]
    fn an_offer_reads_back_under_its_own_secret_only() {
        let signer = OfferSigner::new(b"secret");
        let windows = vec![slot().window, window("2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z")];
        let flexible = Flexible { windows, fixed_at: slot().cutoff_at };
        let (token, offer) = token(&signer, Some(flexible));
        assert_eq!(signer.read(&token).unwrap(), offer);
        assert!(OfferSigner::new(b"other").read(&token).is_err());
    }

    #[test]
    fn a_changed_or_cut_token_is_refused() {
        let signer = OfferSigner::new(b"secret");
        let (token, _) = token(&signer, None);
        for at in (0..token.len()).step_by(7) {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(signer.read(&changed).is_err(), "at {at}");
            assert!(signer.read(&token[..at]).is_err(), "cut at {at}");
        }
    }
}
