//! What couriers tell from the road: events and positions, in batches, hours late if need be.
//!
//! Each item is judged by itself, so that one that cannot be read keeps none of the others back.

use super::App;
use super::auth::CourierCaller;
use super::body::{self, Json};
use super::device::MoneyBody;
use super::evidence::{self, EvidenceBody};
use super::moment;
use super::place::PlaceBody;
use super::problem::{FieldError, Problem};
use crate::desk::{Actor, ReportVerdict};
use crate::model::{BookingId, FailReason, Happening, Imei, Inspection, Money, Position, Report};
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The most events in one request.
const EVENTS_MAX: usize = 500;
/// The most positions in one request.
const POSITIONS_MAX: usize = 1_000;
/// A phone's clock that is off by more than this is corrected, where it says what it shows.
const SKEW_MIN: TimeDelta = TimeDelta::minutes(2);

/// Events of a courier's day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportsBody {
    /// What the phone's clock shows as it sends. Where that is off by more than two minutes, all moments
    /// of the request are moved by the difference.
    #[serde(default, deserialize_with = "moment::given_or_none")]
    sent_at: Option<DateTime<Utc>>,
    /// Up to 500, in any order.
    #[schema(value_type = Vec<ReportBody>)]
    events: Vec<Box<RawValue>>,
}

/// Something that happened.
#[derive(Deserialize, ToSchema)]
pub(super) struct ReportBody {
    /// The phone's own name for it, such as a UUID; 1 to 64 visible ASCII characters. What is sent again
    /// under the same name is a duplicate.
    #[schema(min_length = 1, max_length = 64)]
    id: String,
    /// When, by the phone.
    #[serde(deserialize_with = "moment::given")]
    at: DateTime<Utc>,
    /// What.
    #[serde(flatten)]
    what: HappeningBody,
}

/// What happened.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum HappeningBody {
    /// Set off to a door.
    Departed {
        /// Whose.
        #[schema(value_type = String)]
        booking_id: BookingId,
    },
    /// At a door.
    Arrived {
        /// Whose.
        #[schema(value_type = String)]
        booking_id: BookingId,
    },
    /// Looked at the old devices.
    Inspected {
        /// Whose.
        #[schema(value_type = String)]
        booking_id: BookingId,
        /// What was found.
        devices: Vec<InspectionBody>,
    },
    /// Took the old devices along: those accepted, or all as booked where none is named. For an exchange
    /// it also says that the new ones were handed over.
    Collected {
        /// Whose.
        #[schema(value_type = String)]
        booking_id: BookingId,
        /// What was found.
        #[serde(default)]
        devices: Vec<InspectionBody>,
        /// `false` where an exchange's new devices go back.
        #[serde(default = "yes")]
        handed_over: bool,
        /// What shows it.
        #[serde(default)]
        evidence: EvidenceBody,
    },
    /// Handed the new devices over.
    Delivered {
        /// Whose.
        #[schema(value_type = String)]
        booking_id: BookingId,
        /// What shows it.
        #[serde(default)]
        evidence: EvidenceBody,
    },
    /// It came to nothing: what was brought goes back.
    Failed {
        /// Whose.
        #[schema(value_type = String)]
        booking_id: BookingId,
        /// Why.
        #[schema(schema_with = super::schema::fail_reason)]
        reason: FailReason,
        /// What shows the attempt.
        #[serde(default)]
        evidence: EvidenceBody,
    },
    /// At the hub, with what was collected unloaded.
    AtHub,
    /// The break began.
    BreakStarted,
    /// The break is over.
    BreakEnded,
}

fn yes() -> bool {
    true
}

/// A device as it was found.
#[derive(Deserialize, ToSchema)]
pub(super) struct InspectionBody {
    /// Which device of the booking's list, from 0.
    device: usize,
    /// Its IMEI: 15 digits, the last of which checks the others.
    #[schema(value_type = Option<String>, example = "490154203237518")]
    imei: Option<Imei>,
    /// Whether it is taken.
    accepted: bool,
    /// What it is worth after the inspection; as declared where absent.
    quote: Option<MoneyBody>,
}

/// What became of the events.
#[derive(Serialize, ToSchema)]
pub(super) struct ReportedView {
    /// One for each event, in their order.
    results: Vec<ReportResultView>,
}

/// What became of an event.
#[derive(Serialize, ToSchema)]
pub(super) struct ReportResultView {
    /// The event's name; absent where it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// `recorded`, `duplicate` (it had been told before: a success), `noted` (recorded, but look at the
    /// code) or `rejected` (it would be refused again).
    status: &'static str,
    /// Why, for `noted` and `rejected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Where a courier was.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PositionsBody {
    /// Up to 1,000, in any order.
    positions: Vec<PositionBody>,
}

/// Where and when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PositionBody {
    /// When.
    #[serde(deserialize_with = "moment::given")]
    at: DateTime<Utc>,
    /// Where.
    place: PlaceBody,
    /// Within so many metres.
    accuracy_m: Option<u32>,
}

/// How many positions were new.
#[derive(Serialize, ToSchema)]
pub(super) struct PositionsView {
    /// Those that were not known and not out of time.
    taken: u64,
}

/// Takes in what happened on the calling courier's route.
///
/// Events may come in any order, again, and hours late: what follows from them is the same. Each has a
/// result of its own. An event that is `rejected` would be refused again; it changes nothing.
#[utoipa::path(
    post, path = "/v1/couriers/me/events", tag = "courier", request_body = ReportsBody,
    responses((status = 200, description = "What became of each", body = ReportedView)),
    security(("courier" = []))
)]
pub(super) async fn report_events(
    State(app): State<App>,
    CourierCaller(courier): CourierCaller,
    Json(body): Json<ReportsBody>,
) -> Result<axum::Json<ReportedView>, Problem> {
    at_most("/events", body.events.len(), EVENTS_MAX)?;
    let skew = body.sent_at.map_or(TimeDelta::zero(), |sent_at| app.desk.clock().now() - sent_at);
    let skew = if skew.abs() > SKEW_MIN { skew } else { TimeDelta::zero() };
    let read: Vec<Result<Report, ReportResultView>> =
        body.events.iter().map(|raw| read(raw, skew)).collect();
    let reports = read.iter().filter_map(|report| report.as_ref().ok()).cloned().collect();
    let mut verdicts =
        app.desk.acting(Actor::courier(&courier)).report(&courier, reports).await?.into_iter();
    let results = read.into_iter().filter_map(|report| match report {
        Ok(report) => verdicts.next().map(|verdict| {
            let verdict = evidence::with_code_checked(&app, &report, verdict);
            ReportResultView::new(report.id, verdict)
        }),
        Err(unread) => Some(unread),
    });
    Ok(axum::Json(ReportedView { results: results.collect() }))
}

/// Takes in where the calling courier was. The last place moves the arrivals ahead.
#[utoipa::path(
    post, path = "/v1/couriers/me/positions", tag = "courier", request_body = PositionsBody,
    responses((status = 200, description = "How many were new", body = PositionsView)),
    security(("courier" = []))
)]
pub(super) async fn report_positions(
    State(app): State<App>,
    CourierCaller(courier): CourierCaller,
    Json(body): Json<PositionsBody>,
) -> Result<axum::Json<PositionsView>, Problem> {
    at_most("/positions", body.positions.len(), POSITIONS_MAX)?;
    let positions = body.positions.into_iter().map(|PositionBody { at, place, accuracy_m }| {
        Ok(Position { at, place: place.to_wgs84()?, accuracy_m })
    });
    let positions = positions.collect::<Result<Vec<_>, Problem>>()?;
    Ok(axum::Json(PositionsView {
        taken: app.desk.acting(Actor::courier(&courier)).locate(&courier, positions).await?,
    }))
}

fn at_most(pointer: &str, given: usize, most: usize) -> Result<(), Problem> {
    if given <= most {
        return Ok(());
    }
    let message = format!("{given} at once: send at most {most}, the oldest first");
    Err(Problem::invalid(vec![FieldError::at(pointer, message)]))
}

/// One event out of its JSON.
fn read(raw: &RawValue, skew: TimeDelta) -> Result<Report, ReportResultView> {
    let rejected = |id: Option<String>, code, detail: String| ReportResultView {
        id,
        status: "rejected",
        code: Some(code),
        detail: Some(detail),
    };
    let body: ReportBody = body::parse(raw.get().as_bytes()).map_err(|problem| {
        let named: Option<Named> = serde_json::from_str(raw.get()).ok();
        rejected(named.map(|named| named.id), "unreadable", problem.in_words())
    })?;
    let is_name =
        (1..=64).contains(&body.id.len()) && body.id.bytes().all(|b| b.is_ascii_graphic());
    if !is_name {
        let detail = "give the event an id of 1 to 64 visible ASCII characters".to_owned();
        return Err(rejected(None, "unreadable", detail));
    }
    match happening(body.what) {
        Ok(what) => Ok(Report { id: body.id, at: body.at + skew, what }),
        Err(detail) => Err(rejected(Some(body.id), "unreadable", detail)),
    }
}

/// The name of an event of which the rest cannot be read.
#[derive(Deserialize)]
struct Named {
    id: String,
}

fn happening(body: HappeningBody) -> Result<Happening, String> {
    use HappeningBody as B;
    Ok(match body {
        B::Departed { booking_id: booking } => Happening::Departed { booking },
        B::Arrived { booking_id: booking } => Happening::Arrived { booking },
        B::Inspected { booking_id: booking, devices } => {
            Happening::Inspected { booking, devices: inspections(devices)? }
        }
        B::Collected { booking_id: booking, devices, handed_over, evidence } => {
            let (devices, evidence) = (inspections(devices)?, evidence.try_into()?);
            Happening::Collected { booking, devices, handed_over, evidence }
        }
        B::Delivered { booking_id: booking, evidence } => {
            Happening::Delivered { booking, evidence: evidence.try_into()? }
        }
        B::Failed { booking_id: booking, reason, evidence } => {
            Happening::Failed { booking, reason, evidence: evidence.try_into()? }
        }
        B::AtHub => Happening::AtHub,
        B::BreakStarted => Happening::BreakStarted,
        B::BreakEnded => Happening::BreakEnded,
    })
}

fn inspections(bodies: Vec<InspectionBody>) -> Result<Vec<Inspection>, String> {
    if bodies.len() > 200 {
        return Err(format!("{} findings at one door: give at most 200", bodies.len()));
    }
    let money = |MoneyBody { amount, currency }| Money { amount, currency };
    let inspection = |InspectionBody { device, imei, accepted, quote }| match quote {
        Some(quote) if !(0..=1_000_000_000_000).contains(&quote.amount) => {
            Err(format!("the quote of device {device} is {}: give 0 or more", quote.amount))
        }
        quote => Ok(Inspection { device, imei, accepted, quote: quote.map(money) }),
    };
    bodies.into_iter().map(inspection).collect()
}

impl ReportResultView {
    fn new(id: String, verdict: ReportVerdict) -> Self {
        let (status, reason) = match verdict {
            ReportVerdict::Recorded => ("recorded", None),
            ReportVerdict::Duplicate => ("duplicate", None),
            ReportVerdict::Noted { code, detail } => ("noted", Some((code, detail))),
            ReportVerdict::Rejected { code, detail } => ("rejected", Some((code, detail))),
        };
        let (code, detail) = reason.unzip();
        Self { id: Some(id), status, code, detail }
    }
}
