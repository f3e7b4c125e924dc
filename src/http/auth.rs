//! Who calls: bearer keys, and one extractor for each role.
//!
//! An administrator may do everything a dispatcher may. What belongs to another programme does
//! not exist for a caller (404); what belongs to another region is known to exist, and is refused
//! (403).

use super::App;
use super::problem::{Problem, ProblemCode};
use crate::desk::{Actor, Caller, Holder};
use crate::model::{CourierId, ProgrammeId, RegionId};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

/// A programme's checkout.
pub(super) struct Checkout(pub(super) ProgrammeId);

/// Whoever chooses slots for a programme: its checkout, or the picker in a page of it. What a picker
/// may do, anyone may who reads that page: nothing of a booking is told by it.
pub(super) struct SlotCaller(pub(super) Checkout);

/// A courier.
pub(super) struct CourierCaller(pub(super) CourierId);

/// A dispatcher of one region or of all; or an administrator.
pub(super) struct Dispatcher {
    region: Option<RegionId>,
    actor: Actor,
}

/// An administrator.
pub(super) struct Admin;

/// Whose keys for requests those are of whoever may act in all regions.
pub(super) const EVERYWHERE: &str = "everywhere";

/// Anyone with a key in use.
pub(super) struct KeyHolder(pub(super) Holder);

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
        self.region.as_ref().is_none_or(|own| own == region)
    }

    /// Who causes what this dispatcher does.
    pub(super) fn actor(&self) -> Actor {
        self.actor.clone()
    }

    fn of(holder: &Holder, region: Option<RegionId>) -> Self {
        Self { region, actor: holder.actor() }
    }

    /// Whose keys for requests this dispatcher's are: those of all who may do the same.
    pub(super) fn key_scope(&self) -> String {
        self.region.as_ref().map_or_else(|| EVERYWHERE.to_owned(), |id| format!("region:{id}"))
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

    /// Who causes what this checkout does.
    pub(super) fn actor(&self) -> Actor {
        Actor::programme(&self.0)
    }
}

impl BookingCaller {
    /// Whose keys for requests this caller's are.
    pub(super) fn key_scope(&self) -> String {
        match self {
            Self::Checkout(programme) => Checkout(programme.clone()).key_scope(),
            Self::Dispatcher(dispatcher) => dispatcher.key_scope(),
        }
    }

    /// Who causes what this caller does.
    pub(super) fn actor(&self) -> Actor {
        match self {
            Self::Checkout(programme) => Actor::programme(programme),
            Self::Dispatcher(dispatcher) => dispatcher.actor(),
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

impl FromRequestParts<App> for KeyHolder {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        holder(parts, app).map(Self)
    }
}

impl FromRequestParts<App> for Checkout {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match holder(parts, app)?.caller {
            Caller::Checkout(programme) => Ok(Self(programme)),
            other => Err(forbidden("checkout", &other)),
        }
    }
}

impl FromRequestParts<App> for SlotCaller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match holder(parts, app)?.caller {
            Caller::Checkout(programme) | Caller::Picker(programme) => {
                Ok(Self(Checkout(programme)))
            }
            other => Err(forbidden("checkout or picker", &other)),
        }
    }
}

impl FromRequestParts<App> for CourierCaller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match holder(parts, app)?.caller {
            Caller::Courier(courier) => Ok(Self(courier)),
            other => Err(forbidden("courier", &other)),
        }
    }
}

impl FromRequestParts<App> for Dispatcher {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let holder = holder(parts, app)?;
        match &holder.caller {
            Caller::Dispatcher(region) => Ok(Self::of(&holder, region.clone())),
            Caller::Admin => Ok(Self::of(&holder, None)),
            other => Err(forbidden("dispatcher or admin", other)),
        }
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match holder(parts, app)?.caller {
            Caller::Admin => Ok(Self),
            other => Err(forbidden("admin", &other)),
        }
    }
}

impl FromRequestParts<App> for BookingCaller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let holder = holder(parts, app)?;
        match &holder.caller {
            Caller::Checkout(programme) => Ok(Self::Checkout(programme.clone())),
            Caller::Dispatcher(region) => {
                Ok(Self::Dispatcher(Dispatcher::of(&holder, region.clone())))
            }
            Caller::Admin => Ok(Self::Dispatcher(Dispatcher::of(&holder, None))),
            other @ (Caller::Courier(_) | Caller::Picker(_)) => {
                Err(forbidden("checkout, dispatcher or admin", other))
            }
        }
    }
}

fn holder(parts: &Parts, app: &App) -> Result<Holder, Problem> {
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
        Caller::Picker(_) => "picker",
        Caller::Courier(_) => "courier",
        Caller::Dispatcher(_) => "dispatcher",
        Caller::Admin => "admin",
    };
    let detail = format!("this needs a key with the role {needed}; the one given is for {role}");
    Problem::new(ProblemCode::Forbidden, detail)
}
