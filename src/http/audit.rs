//! What happened on a day, and who caused it: the audit log.

use super::App;
use super::auth::Dispatcher;
use super::day::DayPath;
use super::moment::{Moment, local};
use super::params::{Asked, Named};
use super::problem::Problem;
use crate::store::EventRow;
use axum::extract::State;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Events in an answer where the caller does not say.
const LIMIT_USUAL: u16 = 100;
/// The most events in an answer.
const LIMIT_MAX: u16 = 1_000;

/// Which part of the log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
    /// Number of the last event that the caller has; from the first on where absent.
    #[serde(default)]
    after: u32,
    /// The most events to answer, 1 to 1,000; 100 where absent.
    limit: Option<u16>,
}

/// Events of a day, in order.
#[derive(Serialize, ToSchema)]
pub(super) struct EventListView {
    /// The events.
    events: Vec<EventView>,
    /// The `after` of what comes next; absent where this is all so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_after: Option<i64>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(super) struct EventView {
    /// Counts the events of the day from 1, without gaps.
    seq: i64,
    /// What happened, such as `booking.confirmed`.
    kind: String,
    /// To what: an id.
    subject: String,
    /// When.
    at: Moment,
    /// Who caused it: `programme:…`, `courier:…`, `customer:…` with the id of a booking,
    /// `dispatcher:…` and `admin:…` with the id of a key, `command_line`, or `system` for what
    /// happens by itself.
    #[schema(example = "programme:shop")]
    actor: String,
    /// The details.
    #[schema(value_type = Object)]
    body: serde_json::Value,
}

/// Lists what happened on a day and who caused it, in order.
#[utoipa::path(
    get, path = "/v1/regions/{region}/days/{date}/events", tag = "dispatcher",
    params(DayPath, EventsQuery),
    responses((status = 200, description = "The events", body = EventListView)),
    security(("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn list_events(
    State(app): State<App>,
    dispatcher: Dispatcher,
    Named(path): Named<DayPath>,
    Asked(query): Asked<EventsQuery>,
) -> Result<axum::Json<EventListView>, Problem> {
    let day = path.plan(&app, &dispatcher).await?;
    let most = query.limit.unwrap_or(LIMIT_USUAL).clamp(1, LIMIT_MAX);
    // One more than asked for tells whether there are more.
    let (after, limit) = (i64::from(query.after), i64::from(most) + 1);
    let mut rows = app.desk.store().events_after(&path.region, day.date, after, limit).await?;
    let has_more = rows.len() > usize::from(most);
    rows.truncate(usize::from(most));
    let next_after = rows.last().filter(|_| has_more).map(|row| row.seq);
    let zone = day.region.time_zone;
    let events = rows.into_iter().map(|row| EventView::new(zone, row)).collect();
    Ok(axum::Json(EventListView { events, next_after }))
}

impl EventView {
    /// An event by the clocks of its region.
    pub(super) fn new(zone: Tz, row: EventRow) -> Self {
        let EventRow { seq, kind, subject, actor, body, at } = row;
        Self { seq, kind, subject, at: local(zone, at), actor, body }
    }
}
