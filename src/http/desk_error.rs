//! The desk's errors as problems.

use super::problem::{FieldError, Problem, ProblemCode};
use super::slot::ReasonView;
use crate::desk::DeskError;
use crate::store::StoreError;

impl From<DeskError> for Problem {
    /// The cause of a database error goes to the log, not to the caller.
    fn from(error: DeskError) -> Self {
        let detail = error.to_string();
        let problem = |code| Self::new(code, &detail);
        match error {
            DeskError::NotFound { .. } => problem(ProblemCode::NotFound),
            DeskError::Invalid { pointer, message } => {
                Self::invalid(vec![FieldError::at(pointer, message)])
            }
            DeskError::NoSuchDay { .. } => problem(ProblemCode::NoSuchDay),
            DeskError::BadMove(fault) => fault.into(),
            DeskError::PlanChanged => problem(ProblemCode::PlanChanged),
            DeskError::UndoImpossible(_) => problem(ProblemCode::UndoImpossible),
            DeskError::ProposalExpired => problem(ProblemCode::ProposalExpired),
            DeskError::MovesRefused(_) => problem(ProblemCode::MovesRefused),
            DeskError::BadOffer => problem(ProblemCode::BadOffer),
            DeskError::OfferExpired => problem(ProblemCode::OfferExpired),
            DeskError::SlotTaken { reason } => {
                Self::slot_taken(ReasonView::for_checkout(&reason), Vec::new())
            }
            DeskError::HoldExpired => problem(ProblemCode::HoldExpired),
            DeskError::State { .. } | DeskError::AlreadyOut { .. } => {
                problem(ProblemCode::StateConflict)
            }
            DeskError::UnderWay => problem(ProblemCode::UnderWay),
            DeskError::ExternalIdTaken { booking, .. } => Self::external_id_taken(detail, booking),
            DeskError::KeyReused => problem(ProblemCode::IdempotencyKeyReused),
            DeskError::AlreadyRunning { .. } => problem(ProblemCode::AlreadyRunning),
            DeskError::Overloaded | DeskError::DoneBefore => problem(ProblemCode::Overloaded),
            DeskError::Stopping => problem(ProblemCode::Unavailable),
            DeskError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownReference { .. } => {
                Self::invalid(vec![FieldError::at("", error.to_string())])
            }
            StoreError::Unstorable(_) => {
                let message = "a text holds a NUL character or is too long: correct it";
                Self::invalid(vec![FieldError::at("", message)])
            }
            _ => {
                tracing::error!(error = %error, "the database did not do what was asked");
                let detail = match error {
                    StoreError::Unconfirmed(_) => {
                        "whether it was done is not known: look it up before you try again"
                    }
                    _ => "the database cannot do it now: try again in a moment",
                };
                Self::new(ProblemCode::Unavailable, detail)
            }
        }
    }
}
