//! Who calls: bearer keys, and one extractor for each role.
//!
//! An administrator may do everything a dispatcher may. What belongs to another programme does
//! not exist for a caller (404); what belongs to another region is known to exist, and is refused
//! (403).

use super::App;
use super::problem::{Problem, ProblemCode};
use crate::desk::Caller;
use crate::model::{CourierId, ProgrammeId, RegionId};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

/// A programme's checkout.
pub(super) struct Checkout(pub(super) ProgrammeId);

/// A courier.
pub(super) struct CourierCaller(pub(super) CourierId);

/// A dispatcher of one region or of all; or an administrator.
pub(super) struct Dispatcher(Option<RegionId>);

/// An administrator.
pub(super) struct Admin;

/// Who may read and cancel bookings.
pub(super) enum BookingCaller {
    /// Its own programme.
    Checkout(ProgrammeId),
    /// Dispatchers, of their regions.
    Dispatcher(Dispatcher),
}

impl Dispatcher {
    /// Whether this dispatcher sees a region.
    pub(super) fn sees(&self, region: &RegionId) -> bool {
        self.0.as_ref().is_none_or(|own| own == region)
    }

    /// Refuses what is of another region.
    pub(super) fn enter(&self, region: &RegionId) -> Result<(), Problem> {
        if self.sees(region) {
            return Ok(());
        }
        let detail = format!("this key is for another region than {region}: use a key for it");
        Err(Problem::new(ProblemCode::Forbidden, detail))
    }
}

impl Checkout {
    /// Whose keys for requests a checkout's are: its programme's, whichever token it uses.
    pub(super) fn key_scope(&self) -> String {
        format!("programme:{}", self.0)
    }
}

impl BookingCaller {
    /// Whose keys for requests this caller's are.
    pub(super) fn key_scope(&self) -> String {
        match self {
            Self::Checkout(programme) => Checkout(programme.clone()).key_scope(),
            Self::Dispatcher(Dispatcher(Some(region))) => format!("region:{region}"),
            Self::Dispatcher(Dispatcher(None)) => "everywhere".to_owned(),
        }
    }

    /// Whose bookings this caller has to keep to.
    pub(super) fn programme(&self) -> Option<&ProgrammeId> {
        match self {
            Self::Checkout(programme) => Some(programme),
            Self::Dispatcher(_) => None,
        }
    }

    /// Refuses a booking of another region.
    pub(super) fn enter(&self, region: &RegionId) -> Result<(), Problem> {
        match self {
            Self::Checkout(_) => Ok(()),
            Self::Dispatcher(dispatcher) => dispatcher.enter(region),
        }
    }
}

impl FromRequestParts<App> for Checkout {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match caller(parts, app)? {
            Caller::Checkout(programme) => Ok(Self(programme)),
            other => Err(forbidden("checkout", &other)),
        }
    }
}

impl FromRequestParts<App> for CourierCaller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match caller(parts, app)? {
            Caller::Courier(courier) => Ok(Self(courier)),
            other => Err(forbidden("courier", &other)),
        }
    }
}

impl FromRequestParts<App> for Dispatcher {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match caller(parts, app)? {
            Caller::Dispatcher(region) => Ok(Self(region)),
            Caller::Admin => Ok(Self(None)),
            other => Err(forbidden("dispatcher or admin", &other)),
        }
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match caller(parts, app)? {
            Caller::Admin => Ok(Self),
            other => Err(forbidden("admin", &other)),
        }
    }
}

impl FromRequestParts<App> for BookingCaller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match caller(parts, app)? {
            Caller::Checkout(programme) => Ok(Self::Checkout(programme)),
            Caller::Dispatcher(region) => Ok(Self::Dispatcher(Dispatcher(region))),
            Caller::Admin => Ok(Self::Dispatcher(Dispatcher(None))),
            other @ Caller::Courier(_) => Err(forbidden("checkout, dispatcher or admin", &other)),
        }
    }
}

fn caller(parts: &Parts, app: &App) -> Result<Caller, Problem> {
    let unauthorized = |detail: &str| Problem::new(ProblemCode::Unauthorized, detail);
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(bearer).ok_or_else(|| {
        unauthorized("no key was given: send it as 'Authorization: Bearer dsk_…'")
    })?;
    app.desk.caller(token).ok_or_else(|| {
        unauthorized("the key is unknown or was revoked: ask an administrator for another one")
    })
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn forbidden(needed: &str, caller: &Caller) -> Problem {
    let role = match caller {
        Caller::Checkout(_) => "checkout",
        Caller::Courier(_) => "courier",
        Caller::Dispatcher(_) => "dispatcher",
        Caller::Admin => "admin",
    };
    let detail = format!("this needs a key with the role {needed}; the one given is for {role}");
    Problem::new(ProblemCode::Forbidden, detail)
}
