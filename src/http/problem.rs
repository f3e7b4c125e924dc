//! Errors as RFC 9457 problems, each with a stable code.
//!
//! [`ProblemCode`] is the table: a code, its status and its title. Handlers name the codes they may
//! answer in the API document (`x-problems`), and [`super::document`] lists them by status.

use super::moves::MoveReportView;
use super::slot::{ReasonView, SlotView};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::fmt::Display;
use utoipa::ToSchema;

/// What a problem is about. The text of a code never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ProblemCode {
    MalformedJson,
    MalformedQuery,
    BadIdempotencyKey,
    BadEventId,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    SlotTaken,
    StateConflict,
    UnderWay,
    ExternalIdTaken,
    AlreadyRunning,
    MovesRefused,
    UndoImpossible,
    OfferExpired,
    HoldExpired,
    ProposalExpired,
    PlanChanged,
    TooLarge,
    UnsupportedMediaType,
    Invalid,
    NoSuchDay,
    BadOffer,
    IdempotencyKeyReused,
    PreconditionRequired,
    Internal,
    Overloaded,
    Unavailable,
}

impl ProblemCode {
    /// All codes, in the order of their statuses.
    pub(super) const ALL: [Self; 29] = [
        Self::MalformedJson,
        Self::MalformedQuery,
        Self::BadIdempotencyKey,
        Self::BadEventId,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::SlotTaken,
        Self::StateConflict,
        Self::UnderWay,
        Self::ExternalIdTaken,
        Self::AlreadyRunning,
        Self::MovesRefused,
        Self::UndoImpossible,
        Self::OfferExpired,
        Self::HoldExpired,
        Self::ProposalExpired,
        Self::PlanChanged,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::NoSuchDay,
        Self::BadOffer,
        Self::IdempotencyKeyReused,
        Self::PreconditionRequired,
        Self::Internal,
        Self::Overloaded,
        Self::Unavailable,
    ];

    /// The code's text, its status and its title.
    pub(super) fn entry(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedJson => ("malformed_json", S::BAD_REQUEST, "The body is not JSON"),
            Self::MalformedQuery => {
                ("malformed_query", S::BAD_REQUEST, "The query string cannot be read")
            }
            Self::BadIdempotencyKey => {
                ("bad_idempotency_key", S::BAD_REQUEST, "The Idempotency-Key cannot be read")
            }
            Self::BadEventId => ("bad_event_id", S::BAD_REQUEST, "The Last-Event-ID is not known"),
            Self::Unauthorized => ("unauthorized", S::UNAUTHORIZED, "A valid key is needed"),
            Self::Forbidden => ("forbidden", S::FORBIDDEN, "The key does not allow this"),
            Self::NotFound => ("not_found", S::NOT_FOUND, "There is no such thing"),
            Self::MethodNotAllowed => {
                ("method_not_allowed", S::METHOD_NOT_ALLOWED, "The path does not take this method")
            }
            Self::SlotTaken => ("slot_taken", S::CONFLICT, "The slot is no longer available"),
            Self::StateConflict => {
                ("state_conflict", S::CONFLICT, "The present state does not allow this")
            }
            Self::UnderWay => ("under_way", S::CONFLICT, "The courier is under way"),
            Self::ExternalIdTaken => {
                ("external_id_taken", S::CONFLICT, "The external_id belongs to another booking")
            }
            Self::AlreadyRunning => ("already_running", S::CONFLICT, "The same work is under way"),
            Self::MovesRefused => ("moves_refused", S::CONFLICT, "A rule is against the change"),
            Self::UndoImpossible => {
                ("undo_impossible", S::CONFLICT, "The change cannot be undone any more")
            }
            Self::OfferExpired => ("offer_expired", S::GONE, "The offer has expired"),
            Self::HoldExpired => ("hold_expired", S::GONE, "The hold has expired"),
            Self::ProposalExpired => ("proposal_expired", S::GONE, "The proposal has expired"),
            Self::PlanChanged => (
                "plan_changed",
                S::PRECONDITION_FAILED,
                "The plan is no longer what the change was worked out on",
            ),
            Self::TooLarge => ("too_large", S::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                S::UNSUPPORTED_MEDIA_TYPE,
                "The body's content type is not taken here",
            ),
            Self::Invalid => ("invalid", S::UNPROCESSABLE_ENTITY, "The request cannot be used"),
            Self::NoSuchDay => {
                ("no_such_day", S::UNPROCESSABLE_ENTITY, "The date cannot be planned or read")
            }
            Self::BadOffer => ("bad_offer", S::UNPROCESSABLE_ENTITY, "The offer is not valid"),
            Self::IdempotencyKeyReused => (
                "idempotency_key_reused",
                S::UNPROCESSABLE_ENTITY,
                "The Idempotency-Key belongs to another request",
            ),
            Self::PreconditionRequired => {
                ("precondition_required", S::PRECONDITION_REQUIRED, "If-Match is needed")
            }
            Self::Internal => ("internal", S::INTERNAL_SERVER_ERROR, "Something went wrong here"),
            Self::Overloaded => {
                ("overloaded", S::SERVICE_UNAVAILABLE, "Too much is waiting: try again")
            }
            Self::Unavailable => {
                ("unavailable", S::SERVICE_UNAVAILABLE, "The service cannot do it now: try again")
            }
        }
    }

    /// The code's text.
    pub(super) fn as_str(self) -> &'static str {
        self.entry().0
    }

    /// The HTTP status.
    pub(super) fn status(self) -> StatusCode {
        self.entry().1
    }
}

/// One thing that is wrong with a request, and where.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(super) struct FieldError {
    /// JSON pointer (RFC 6901) into the body; the empty text is the body itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/place/lat")]
    pub(super) pointer: Option<String>,
    /// Line of a CSV body, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    /// Column of a CSV body, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) column: Option<String>,
    /// What is wrong and what to do.
    pub(super) message: String,
}

impl FieldError {
    /// An error at a JSON pointer.
    pub(super) fn at(pointer: impl Into<String>, message: impl Display) -> Self {
        Self { pointer: Some(pointer.into()), message: message.to_string(), ..Self::default() }
    }
}

/// An error, ready to be answered.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    code: ProblemCode,
    pub(super) view: Box<ProblemView>,
}

/// An error, as RFC 9457 has it (`application/problem+json`).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemView {
    /// `urn:doorstep:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:doorstep:problem:slot_taken")]
    kind: String,
    /// What the code means.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What was wrong this time, and what to do.
    detail: String,
    /// Stable, for programs.
    #[schema(schema_with = super::schema::problem_code)]
    code: &'static str,
    /// Every invalid field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// Why the slot has no place any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ReasonView>,
    /// Where a slot was refused: the slots of that date that still have a place, with offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    alternatives: Option<Vec<SlotView>>,
    /// The booking that the `external_id` belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<String>,
    /// Where moves were refused: what they would do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) report: Option<MoveReportView>,
}

impl Problem {
    /// A problem with what was wrong this time.
    pub(super) fn new(code: ProblemCode, detail: impl Display) -> Self {
        let (text, status, title) = code.entry();
        let view = ProblemView {
            kind: format!("urn:doorstep:problem:{text}"),
            title,
            status: status.as_u16(),
            detail: detail.to_string(),
            code: text,
            errors: Vec::new(),
            reason: None,
            alternatives: None,
            booking_id: None,
            report: None,
        };
        Self { code, view: Box::new(view) }
    }

    /// What is wrong and what to do.
    pub(super) fn in_words(self) -> String {
        self.view.detail
    }

    /// Invalid fields of the body. The detail repeats the first.
    pub(super) fn invalid(errors: Vec<FieldError>) -> Self {
        let first = errors.first().map(|error| error.message.clone()).unwrap_or_default();
        let mut problem = Self::new(ProblemCode::Invalid, first);
        problem.view.errors = errors;
        problem
    }

    /// Nothing by that id, or nothing that the caller may see.
    pub(super) fn not_found(what: &str, id: impl Display) -> Self {
        Self::new(ProblemCode::NotFound, format!("there is no {what} '{id}'"))
    }

    /// A slot that was refused, with what is left of its day.
    pub(super) fn slot_taken(reason: ReasonView, alternatives: Vec<SlotView>) -> Self {
        let detail = match alternatives.len() {
            0 => {
                "the slot is no longer available, nor is another one of that date: search for \
                  slots on other dates"
            }
            _ => "the slot is no longer available: hold one of the alternatives",
        };
        let mut problem = Self::new(ProblemCode::SlotTaken, detail);
        problem.view.reason = Some(reason);
        problem.view.alternatives = Some(alternatives);
        problem
    }

    /// An order number that another booking has.
    pub(super) fn external_id_taken(detail: impl Display, booking: impl Display) -> Self {
        let mut problem = Self::new(ProblemCode::ExternalIdTaken, detail);
        problem.view.booking_id = Some(booking.to_string());
        problem
    }

    /// Something went wrong that the caller cannot change; the cause is in the log only.
    pub(super) fn internal() -> Self {
        let detail = "the request could not be answered; the cause is in the service's log";
        Self::new(ProblemCode::Internal, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { code, view } = self;
        let body = serde_json::to_vec(&view).unwrap_or_default();
        let mut response = (code.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match code {
            ProblemCode::Unauthorized => {
                let scheme = HeaderValue::from_static("Bearer realm=\"doorstep\"");
                headers.insert(WWW_AUTHENTICATE, scheme);
            }
            ProblemCode::Overloaded | ProblemCode::Unavailable => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}
