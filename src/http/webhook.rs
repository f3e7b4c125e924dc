//! Webhooks: endpoints that are told of events. A secret is shown once, when it is made.

use super::App;
use super::auth::{Admin, EVERYWHERE};
use super::body::Json;
use super::keyed::{KeyHeader, Keyed, KeyedCall, kept, once};
use super::params::Named;
use super::problem::{FieldError, Problem, ProblemCode};
use crate::events::{NewWebhook, WebhookChange, WebhookError};
use crate::model::{EventFilter, ProgrammeId, RegionId, WebhookId};
use crate::store::{KeptAnswer, WebhookRow};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An endpoint to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookBody {
    /// Where messages are sent, by https, to a host with public addresses.
    #[schema(example = "https://shop.example/doorstep")]
    url: String,
    /// Whose bookings alone it is told of; of everyone's, and of routes, where absent.
    #[schema(value_type = Option<String>)]
    programme: Option<ProgrammeId>,
    /// The region whose events alone it is told of.
    #[schema(value_type = Option<String>)]
    region: Option<RegionId>,
    /// Kinds of events, such as `booking.confirmed`, `booking.*` or `*`; all where absent.
    #[schema(value_type = Option<Vec<String>>)]
    events: Option<EventFilter>,
    /// What people recognise it by; up to 100 characters.
    #[serde(default, deserialize_with = "super::text::optional")]
    description: Option<String>,
}

/// What is to be another about an endpoint; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookChangeBody {
    /// Where messages are sent.
    url: Option<String>,
    /// Kinds of events.
    #[schema(value_type = Option<Vec<String>>)]
    events: Option<EventFilter>,
    /// What people recognise it by; up to 100 characters.
    #[serde(default, deserialize_with = "super::text::optional")]
    description: Option<String>,
    /// `false`: it is told of nothing, and what waits for it is given up. `true`: it is told of
    /// what happens from now on.
    enabled: Option<bool>,
}

/// An endpoint, without its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookView {
    /// Its id.
    #[schema(example = "whk_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    id: String,
    /// Where messages are sent.
    url: String,
    /// Whose bookings alone it is told of.
    programme: Option<String>,
    /// The region whose events alone it is told of.
    region: Option<String>,
    /// Kinds of events.
    events: Vec<String>,
    /// What people recognise it by.
    description: String,
    /// Whether it is told of events.
    enabled: bool,
    /// Since when it is not, in UTC.
    disabled_at: Option<DateTime<Utc>>,
    /// Why it is not.
    disabled_reason: Option<String>,
    /// Since when no message got through, in UTC; `null` where the last one did.
    failing_since: Option<DateTime<Utc>>,
    /// Until when its former secret signs beside the present one, in UTC.
    old_secret_until: Option<DateTime<Utc>>,
    /// When it was made, in UTC.
    created_at: DateTime<Utc>,
}

/// An endpoint with a new secret.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookSecretView {
    #[serde(flatten)]
    webhook: WebhookView,
    /// What its messages are signed with, shown this once.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// Makes an endpoint, which is told of what happens from now on. Its secret is shown this once.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "admin", params(KeyHeader), request_body = WebhookBody,
    responses((
        status = 201, description = "The endpoint with its secret", body = WebhookSecretView,
        headers(("Location" = String, description = "Path of the endpoint"))
    )),
    security(("admin" = []))
)]
pub(super) async fn create_webhook(
    State(app): State<App>,
    _: Admin,
    Keyed { body, key }: Keyed<WebhookBody>,
) -> Result<Response, Problem> {
    once(&app, key, EVERYWHERE.to_owned(), async |slip| {
        check_scope(&app, &body).await?;
        let new = NewWebhook {
            url: body.url,
            programme: body.programme,
            region: body.region,
            events: body.events.unwrap_or_else(EventFilter::all),
            description: body.description.unwrap_or_default(),
        };
        let now = app.desk.clock().now();
        let keyed = |row: &WebhookRow, secret: &str| {
            let answer = WebhookSecretView::new(row.clone(), secret).kept();
            slip.map(|slip| slip.receipt(answer, now))
        };
        let (row, secret) = app.webhooks.create(new, keyed).await?;
        let view = WebhookSecretView::new(row, &secret);
        Ok((StatusCode::CREATED, [(LOCATION, view.path())], axum::Json(view)).into_response())
    })
    .await
}

impl WebhookSecretView {
    fn new(row: WebhookRow, secret: &str) -> Self {
        Self { webhook: row.into(), secret: secret.to_owned() }
    }

    fn path(&self) -> String {
        format!("/v1/webhooks/{}", self.webhook.id)
    }

    fn kept(&self) -> KeptAnswer {
        kept(StatusCode::CREATED, Some(self.path()), self)
    }
}

/// Lists all endpoints in the order of their making.
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "admin",
    responses((status = 200, description = "The endpoints", body = Vec<WebhookView>)),
    security(("admin" = []))
)]
pub(super) async fn list_webhooks(
    State(app): State<App>,
    _: Admin,
) -> Result<axum::Json<Vec<WebhookView>>, Problem> {
    let rows = app.webhooks.list().await?;
    Ok(axum::Json(rows.into_iter().map(WebhookView::from).collect()))
}

/// Reads an endpoint.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}", tag = "admin",
    params(("id" = String, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint", body = WebhookView)),
    security(("admin" = []))
)]
pub(super) async fn get_webhook(
    State(app): State<App>,
    _: Admin,
    Named(id): Named<WebhookId>,
) -> Result<axum::Json<WebhookView>, Problem> {
    Ok(axum::Json(app.webhooks.get(id).await?.into()))
}

/// Changes an endpoint, or has it told of events or not.
#[utoipa::path(
    patch, path = "/v1/webhooks/{id}", tag = "admin", request_body = WebhookChangeBody,
    params(("id" = String, Path, description = "The endpoint's id")),
    responses((status = 200, description = "The endpoint", body = WebhookView)),
    security(("admin" = []))
)]
pub(super) async fn change_webhook(
    State(app): State<App>,
    _: Admin,
    Named(id): Named<WebhookId>,
    Json(body): Json<WebhookChangeBody>,
) -> Result<axum::Json<WebhookView>, Problem> {
    let WebhookChangeBody { url, events, description, enabled } = body;
    let change = WebhookChange { url, events, description, enabled };
    Ok(axum::Json(app.webhooks.change(id, change).await?.into()))
}

/// Forgets an endpoint and its delivery log.
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", tag = "admin",
    params(("id" = String, Path, description = "The endpoint's id")),
    responses((status = 204, description = "It is told of nothing more")),
    security(("admin" = []))
)]
pub(super) async fn delete_webhook(
    State(app): State<App>,
    _: Admin,
    Named(id): Named<WebhookId>,
) -> Result<StatusCode, Problem> {
    app.webhooks.delete(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an endpoint a new secret, shown this once. The present one signs beside it for 24 hours.
///
/// Give an `Idempotency-Key`: where the answer is lost and the secret is changed once more, the one that the
/// endpoint knows signs no more.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/rotate-secret", tag = "admin",
    params(("id" = String, Path, description = "The endpoint's id"), KeyHeader),
    responses((status = 200, description = "The new secret", body = WebhookSecretView)),
    security(("admin" = []))
)]
pub(super) async fn rotate_webhook_secret(
    State(app): State<App>,
    _: Admin,
    Named(id): Named<WebhookId>,
    KeyedCall(key): KeyedCall,
) -> Result<Response, Problem> {
    once(&app, key, EVERYWHERE.to_owned(), async |slip| {
        let now = app.desk.clock().now();
        let keyed = |row: &WebhookRow, secret: &str| {
            let answer = kept(StatusCode::OK, None, &WebhookSecretView::new(row.clone(), secret));
            slip.map(|slip| slip.receipt(answer, now))
        };
        let (row, secret) = app.webhooks.rotate_secret(id, keyed).await?;
        Ok(axum::Json(WebhookSecretView::new(row, &secret)).into_response())
    })
    .await
}

/// Refuses a programme or a region that there is not.
async fn check_scope(app: &App, body: &WebhookBody) -> Result<(), Problem> {
    let unknown = |pointer, what: &str, id: &str| {
        let message = format!("there is no {what} '{id}': correct its name, or make it first");
        Err(Problem::invalid(vec![FieldError::at(pointer, message)]))
    };
    let known = app.desk.store().registry().await?;
    match (&body.programme, &body.region) {
        (Some(id), _) if !known.programmes.contains(id) => {
            unknown("/programme", "programme", id.as_str())
        }
        (_, Some(id)) if !known.regions.iter().any(|region| region.id == *id) => {
            unknown("/region", "region", id.as_str())
        }
        _ => Ok(()),
    }
}

impl From<WebhookRow> for WebhookView {
    fn from(row: WebhookRow) -> Self {
        let (disabled_at, disabled_reason) = row.disabled.unzip();
        Self {
            id: row.id.to_string(),
            url: row.url,
            programme: row.programme.map(String::from),
            region: row.region.map(String::from),
            events: row.events.into(),
            description: row.description,
            enabled: disabled_at.is_none(),
            disabled_at,
            disabled_reason,
            failing_since: row.failing_since,
            old_secret_until: row.old_secret.map(|(_, until)| until),
            created_at: row.created_at,
        }
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        let message = error.to_string();
        let at = |pointer: &str| Self::invalid(vec![FieldError::at(pointer, &message)]);
        match error {
            WebhookError::NotFound { what, id } => Self::not_found(what, id),
            WebhookError::Url(_) => at("/url"),
            WebhookError::Time | WebhookError::TooMany => at("/since"),
            WebhookError::Disabled | WebhookError::Waiting => {
                Self::new(ProblemCode::StateConflict, message)
            }
            WebhookError::Store(error) => error.into(),
        }
    }
}
