//! What endpoints were sent: the log, tests, replays.

use super::App;
use super::auth::Admin;
use super::body::Json;
use super::moment;
use super::params::{Asked, Named};
use super::problem::Problem;
use crate::model::{DeliveryId, WebhookId};
use crate::store::DeliveryRow;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The most lines of the log in one answer.
const LINES_MAX: u16 = 200;
/// As many where nothing is said.
const LINES: u16 = 50;

/// Which part of the log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LogQuery {
    /// What the answer before gave as `next_cursor`; from the latest on where absent.
    #[param(value_type = Option<String>)]
    cursor: Option<DeliveryId>,
    /// How many lines: 1 to 200; 50 where absent.
    limit: Option<u16>,
}

/// What is to be sent again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayBody {
    /// From this moment on; at most 30 days ago.
    #[serde(deserialize_with = "moment::given")]
    since: DateTime<Utc>,
    /// Up to before this one; up to now where absent.
    #[serde(default, deserialize_with = "moment::given_or_none")]
    until: Option<DateTime<Utc>>,
}

/// How much was queued.
#[derive(Serialize, ToSchema)]
pub(super) struct ReplayView {
    /// How many messages.
    queued: usize,
}

/// What was queued.
#[derive(Serialize, ToSchema)]
pub(super) struct QueuedView {
    /// Its line in the log.
    #[schema(example = "dlv_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    delivery_id: String,
}

/// A part of the log, the latest first.
#[derive(Serialize, ToSchema)]
pub(super) struct LogView {
    /// Its lines.
    deliveries: Vec<DeliveryView>,
    /// Where the next part begins; `null` at the end.
    next_cursor: Option<String>,
}

/// One event for one endpoint.
#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryView {
    /// The delivery's id.
    id: String,
    /// The header `webhook-id`, the same in every attempt and replay.
    webhook_id: String,
    /// What happened.
    #[schema(example = "booking.confirmed")]
    event: String,
    /// Region of the event's day; `null` in a test.
    region: Option<String>,
    /// Date of the event's day.
    date: Option<NaiveDate>,
    /// The event's number in the log of its day.
    seq: Option<i64>,
    /// Where it stands.
    #[schema(schema_with = super::schema::delivery_status)]
    status: &'static str,
    /// How many attempts have begun.
    attempts: i64,
    /// When it was queued, in UTC.
    created_at: DateTime<Utc>,
    /// When the last attempt began, in UTC.
    last_attempt_at: Option<DateTime<Utc>>,
    /// When the next one is due, in UTC; during an attempt, when it counts as lost.
    next_attempt_at: Option<DateTime<Utc>>,
    /// The HTTP status of the last answer.
    response_status: Option<i64>,
    /// What was wrong with the last attempt.
    error: Option<String>,
}

/// Sends a message of kind `webhook.test` by the ordinary way.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/test", tag = "admin",
    params(("id" = String, Path, description = "The endpoint's id")),
    responses((status = 202, description = "It is queued", body = QueuedView)),
    security(("admin" = [])),
    extensions(("x-problems" = json!(["state_conflict"])))
)]
pub(super) async fn test_webhook(
    State(app): State<App>,
    _: Admin,
    Named(id): Named<WebhookId>,
) -> Result<(StatusCode, axum::Json<QueuedView>), Problem> {
    let delivery_id = app.webhooks.test(id).await?.to_string();
    Ok((StatusCode::ACCEPTED, axum::Json(QueuedView { delivery_id })))
}

/// Reads what an endpoint was sent, the latest first. Kept for 30 days.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/deliveries", tag = "admin",
    params(("id" = String, Path, description = "The endpoint's id"), LogQuery),
    responses((status = 200, description = "A part of the log", body = LogView)),
    security(("admin" = []))
)]
pub(super) async fn list_deliveries(
    State(app): State<App>,
    _: Admin,
    Named(id): Named<WebhookId>,
    Asked(query): Asked<LogQuery>,
) -> Result<axum::Json<LogView>, Problem> {
    let limit = query.limit.unwrap_or(LINES).clamp(1, LINES_MAX);
    // One more than is shown tells whether there is more.
    let mut rows = app.webhooks.deliveries(id, query.cursor, limit + 1).await?;
    let has_more = rows.len() > limit.into();
    rows.truncate(limit.into());
    let next_cursor = rows.last().filter(|_| has_more).map(|row| row.id.to_string());
    let deliveries = rows.into_iter().map(DeliveryView::from).collect();
    Ok(axum::Json(LogView { deliveries, next_cursor }))
}

/// Sends the events of some time again, under the same `webhook-id`s. At most 10,000 events are
/// looked at: more are refused, and nothing is sent then.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/replay", tag = "admin", request_body = ReplayBody,
    params(("id" = String, Path, description = "The endpoint's id")),
    responses((status = 202, description = "They are queued", body = ReplayView)),
    security(("admin" = [])),
    extensions(("x-problems" = json!(["state_conflict"])))
)]
pub(super) async fn replay_webhook(
    State(app): State<App>,
    _: Admin,
    Named(id): Named<WebhookId>,
    Json(body): Json<ReplayBody>,
) -> Result<(StatusCode, axum::Json<ReplayView>), Problem> {
    let queued = app.webhooks.replay(id, body.since, body.until).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(ReplayView { queued })))
}

/// Sends a delivery that has ended once more, with a whole schedule of attempts.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/deliveries/{delivery}/retry", tag = "admin",
    params(
        ("id" = String, Path, description = "The endpoint's id"),
        ("delivery" = String, Path, description = "The delivery's id")
    ),
    responses((status = 202, description = "It is queued", body = QueuedView)),
    security(("admin" = [])),
    extensions(("x-problems" = json!(["state_conflict"])))
)]
pub(super) async fn retry_delivery(
    State(app): State<App>,
    _: Admin,
    Named((id, delivery)): Named<(WebhookId, DeliveryId)>,
) -> Result<(StatusCode, axum::Json<QueuedView>), Problem> {
    app.webhooks.retry(id, delivery).await?;
    let delivery_id = delivery.to_string();
    Ok((StatusCode::ACCEPTED, axum::Json(QueuedView { delivery_id })))
}

impl From<DeliveryRow> for DeliveryView {
    fn from(row: DeliveryRow) -> Self {
        let (region, date, seq) = match row.event {
            Some((region, date, seq)) => (Some(region.into()), Some(date), Some(seq)),
            None => (None, None, None),
        };
        Self {
            id: row.id.to_string(),
            webhook_id: row.message.to_string(),
            event: row.kind,
            region,
            date,
            seq,
            status: row.status.as_str(),
            attempts: row.attempts,
            created_at: row.created_at,
            last_attempt_at: row.last_attempt_at,
            next_attempt_at: row.next_attempt_at,
            response_status: row.response_status,
            error: row.error,
        }
    }
}
