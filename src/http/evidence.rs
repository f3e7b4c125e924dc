//! What shows that a courier was at a door, and what was agreed there.

use super::App;
use super::place::PlaceBody;
use super::problem::Problem;
use crate::desk::{ReportVerdict, TrackingSigner};
use crate::model::{Booking, BookingState, Evidence, FailReason, Report};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const PHOTOS_MAX: usize = 10;
const NOTE_CHARS_MAX: usize = 500;
const CODE_DIGITS_MAX: usize = 12;

/// What shows a visit, or that one was tried. Pictures stay on the courier's phone: here they are named
/// by their SHA-256, 64 hexadecimal digits each.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct EvidenceBody {
    /// Photos; up to 10.
    #[serde(default)]
    photos: Vec<String>,
    /// How often the customer was called.
    #[serde(default)]
    calls: u32,
    /// Where the courier was.
    place: Option<PlaceBody>,
    /// In the courier's words; up to 500 characters.
    note: Option<String>,
    /// The customer's signature as a picture.
    signature: Option<String>,
    /// The code that the customer read out: the one of the booking's link, or the event is `noted` with
    /// `wrong_code`. Up to 12 digits.
    code: Option<String>,
}

/// Why a visit came to nothing.
#[derive(Serialize, ToSchema)]
pub(super) struct FailureView {
    /// Why.
    #[schema(schema_with = super::schema::fail_reason)]
    reason: FailReason,
    /// How often the customer was called.
    calls: u32,
    /// SHA-256 of the photos that the courier took.
    photos: Vec<String>,
    /// In the courier's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// What shows that a visit was made.
#[derive(Serialize, ToSchema)]
pub(super) struct ProofView {
    /// SHA-256 of the photos that the courier took.
    photos: Vec<String>,
    /// SHA-256 of the customer's signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    /// Whether the code that the courier was told is the one of the booking's link; absent where none
    /// was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    code_matches: Option<bool>,
    /// In the courier's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl TryFrom<EvidenceBody> for Evidence {
    type Error = String;

    fn try_from(body: EvidenceBody) -> Result<Self, String> {
        let EvidenceBody { photos, calls, place, note, signature, code } = body;
        if photos.len() > PHOTOS_MAX || !photos.iter().chain(&signature).all(|text| is_digest(text))
        {
            return Err(format!(
                "photos and signatures are named by their SHA-256, 64 hexadecimal digits each, \
                 and there are up to {PHOTOS_MAX} photos"
            ));
        }
        if !note.as_deref().is_none_or(is_note) {
            return Err(format!(
                "a note has up to {NOTE_CHARS_MAX} characters, and no control characters but \
                 line ends"
            ));
        }
        if !code.as_deref().is_none_or(is_code) {
            return Err(format!("a code has 1 to {CODE_DIGITS_MAX} digits"));
        }
        let place = place.map(|place| place.to_wgs84().map_err(Problem::in_words));
        Ok(Self { photos, calls, place: place.transpose()?, note, signature, code })
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_note(text: &str) -> bool {
    text.chars().count() <= NOTE_CHARS_MAX && !text.chars().any(|c| c.is_control() && c != '\n')
}

fn is_code(text: &str) -> bool {
    (1..=CODE_DIGITS_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// What is said of a report: of one that was taken in, also whether its code is the customer's.
pub(super) fn with_code_checked(
    app: &App,
    report: &Report,
    verdict: ReportVerdict,
) -> ReportVerdict {
    let told = report.what.evidence().and_then(|evidence| evidence.code.as_ref());
    let is_wrong = told
        .zip(report.what.booking())
        .is_some_and(|(told, booking)| *told != app.desk.tracking().door_code(booking));
    if !is_wrong || verdict != ReportVerdict::Recorded {
        return verdict;
    }
    let detail = "it is recorded, but the code is not the one of the customer's link: make sure \
                  whom you are dealing with"
        .to_owned();
    ReportVerdict::Noted { code: "wrong_code", detail }
}

impl FailureView {
    /// Nothing for what did not fail.
    pub(super) fn of(booking: &Booking) -> Option<Self> {
        let outcome = booking.outcome.as_ref()?;
        let Evidence { calls, photos, note, .. } = outcome.evidence.clone().unwrap_or_default();
        Some(Self { reason: outcome.failed?, calls, photos, note })
    }
}

impl ProofView {
    /// Nothing for what was not done, or where nothing shows it.
    pub(super) fn of(booking: &Booking, links: &TrackingSigner) -> Option<Self> {
        let outcome = booking.outcome.as_ref();
        let outcome = outcome.filter(|_| booking.state == BookingState::Completed)?;
        let Evidence { photos, signature, note, code, .. } = outcome.evidence.clone()?;
        let code_matches = code.map(|told| told == links.door_code(booking.id));
        Some(Self { photos, signature, code_matches, note })
    }
}
