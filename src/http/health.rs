//! Whether the service is up, and whether it can work.

use super::App;
use super::problem::{Problem, ProblemCode};
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// That it is so.
#[derive(Serialize, ToSchema)]
pub(super) struct HealthView {
    /// Always `ok`; anything else is a problem.
    status: &'static str,
}

const OK: axum::Json<HealthView> = axum::Json(HealthView { status: "ok" });

/// The process answers.
#[utoipa::path(
    get, path = "/healthz", tag = "service",
    responses((status = 200, description = "It does", body = HealthView))
)]
pub(super) async fn healthz() -> axum::Json<HealthView> {
    OK
}

/// The database answers too.
#[utoipa::path(
    get, path = "/readyz", tag = "service",
    responses((status = 200, description = "It does", body = HealthView)),
    extensions(("x-problems" = json!(["unavailable"])))
)]
pub(super) async fn readyz(State(app): State<App>) -> Result<axum::Json<HealthView>, Problem> {
    match app.desk.store().ping().await {
        Ok(()) => Ok(OK),
        Err(error) => {
            tracing::error!(error = %error, "the database does not answer");
            Err(Problem::new(ProblemCode::Unavailable, "the database does not answer"))
        }
    }
}
