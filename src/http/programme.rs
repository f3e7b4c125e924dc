//! Programmes: the shops that book.

use super::App;
use super::auth::Dispatcher;
use super::problem::Problem;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// A shop that books. It exists from its first key on.
#[derive(Serialize, ToSchema)]
pub(super) struct ProgrammeView {
    /// Its id.
    #[schema(example = "flagship-store")]
    id: String,
}

/// Lists the programmes that have had a key, by id: those for which bookings can be made and imported.
#[utoipa::path(
    get, path = "/v1/programmes", tag = "dispatcher",
    responses((status = 200, description = "The programmes", body = Vec<ProgrammeView>)),
    security(("dispatcher" = []), ("admin" = []))
)]
pub(super) async fn list_programmes(
    State(app): State<App>,
    _: Dispatcher,
) -> Result<axum::Json<Vec<ProgrammeView>>, Problem> {
    let programmes = app.desk.store().registry().await?.programmes;
    let views = programmes.into_iter().map(|id| ProgrammeView { id: id.into() });
    Ok(axum::Json(views.collect()))
}
