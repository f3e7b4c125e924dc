//! Keys: who may call. A token is shown once, when its key is made.

use super::App;
use super::auth::{Admin, EVERYWHERE};
use super::keyed::{KeyHeader, Keyed, kept, once};
use super::params::Named;
use super::problem::Problem;
use crate::desk::{NewKey, Role};
use crate::model::{CourierId, KeyId, ProgrammeId, RegionId};
use crate::store::KeyRow;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyBody {
    /// What it is for.
    #[schema(schema_with = super::schema::role)]
    role: Role,
    /// Whose bookings it is about; needed for a checkout and its picker.
    #[schema(value_type = Option<String>)]
    programme: Option<ProgrammeId>,
    /// Where a dispatcher works; everywhere where absent.
    #[schema(value_type = Option<String>)]
    region: Option<RegionId>,
    /// Which courier; needed for a courier.
    #[schema(value_type = Option<String>)]
    courier: Option<CourierId>,
}

/// A new key.
#[derive(Serialize, ToSchema)]
pub(super) struct NewKeyView {
    /// Its id, to revoke it by.
    #[schema(example = "key_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    id: String,
    /// What it is for.
    #[schema(schema_with = super::schema::role)]
    role: Role,
    /// The secret, shown this once: `Authorization: Bearer dsk_…`.
    token: String,
}

/// A key, without its token.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyView {
    /// Its id.
    id: String,
    /// What it is for.
    #[schema(schema_with = super::schema::role)]
    role: String,
    /// Whose bookings it is about.
    programme: Option<String>,
    /// Where a dispatcher works.
    region: Option<String>,
    /// Which courier.
    courier: Option<String>,
    /// The token's last four characters.
    label: String,
    /// When it was made, in UTC.
    created_at: DateTime<Utc>,
    /// From when on it is refused, in UTC.
    revoked_at: Option<DateTime<Utc>>,
}

/// Makes a key. Its token is shown this once, and only its hash is stored.
///
/// With an `Idempotency-Key`, the answer is kept for 48 hours so that it can be given again, and the token with it.
#[utoipa::path(
    post, path = "/v1/keys", tag = "admin", params(KeyHeader), request_body = KeyBody,
    responses((status = 201, description = "The key with its token", body = NewKeyView)),
    security(("admin" = []))
)]
pub(super) async fn create_key(
    State(app): State<App>,
    _: Admin,
    Keyed { body, key }: Keyed<KeyBody>,
) -> Result<Response, Problem> {
    once(&app, key, EVERYWHERE.to_owned(), async |slip| {
        let KeyBody { role, programme, region, courier } = body;
        let now = app.desk.clock().now();
        let view = |id: KeyId, token: &str| NewKeyView {
            id: id.to_string(),
            role,
            token: token.to_owned(),
        };
        let keyed = |id, token: &str| {
            slip.map(|slip| slip.receipt(kept(StatusCode::CREATED, None, &view(id, token)), now))
        };
        let new = NewKey { role, programme, region, courier };
        let (id, token) = app.desk.create_key_once(new, keyed).await?;
        Ok((StatusCode::CREATED, axum::Json(view(id, &token))).into_response())
    })
    .await
}

/// Lists all keys, the revoked ones too, in the order of their making. Tokens are not kept.
#[utoipa::path(
    get, path = "/v1/keys", tag = "admin",
    responses((status = 200, description = "The keys", body = Vec<KeyView>)),
    security(("admin" = []))
)]
pub(super) async fn list_keys(
    State(app): State<App>,
    _: Admin,
) -> Result<axum::Json<Vec<KeyView>>, Problem> {
    let keys = app.desk.store().keys().await?;
    Ok(axum::Json(keys.into_iter().map(KeyView::from).collect()))
}

/// Takes a key out of use.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", tag = "admin",
    params(("id" = String, Path, description = "The key's id")),
    responses((status = 204, description = "The key is refused from now on")),
    security(("admin" = []))
)]
pub(super) async fn revoke_key(
    State(app): State<App>,
    _: Admin,
    Named(id): Named<KeyId>,
) -> Result<StatusCode, Problem> {
    app.desk.revoke_key(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<KeyRow> for KeyView {
    fn from(key: KeyRow) -> Self {
        Self {
            id: key.id.to_string(),
            role: key.role,
            programme: key.programme.map(String::from),
            region: key.region.map(String::from),
            courier: key.courier.map(String::from),
            label: key.label,
            created_at: key.created_at,
            revoked_at: key.revoked_at,
        }
    }
}
