//! Slot searches: what can be promised at a door.

use super::App;
use super::auth::{Checkout, SlotCaller};
use super::body::Json;
use super::device::{self, DeviceBody};
use super::moment::{Moment, WindowView, local};
use super::place::PlaceBody;
use super::problem::{FieldError, Problem};
use crate::desk::{FlexibleOffer, NearHub, OfferedSlot, SlotSearch, SlotSearchAnswer};
use crate::geo::Point;
use crate::model::{
    Amount, BookingKind, Flexible, Leg, ProgrammeId, Reason, ReasonCode, Region, RegionId,
    RelaxedSide, VisitRequest,
};
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A question for slots.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SlotSearchBody {
    /// The region; may be left out where the place decides it.
    #[schema(value_type = Option<String>, example = "beijing")]
    region: Option<RegionId>,
    /// The door.
    place: PlaceBody,
    /// What happens at the door. `shipment` (door to door) cannot be booked yet: 422.
    #[schema(schema_with = super::schema::booking_kind)]
    kind: BookingKind,
    /// What is collected, or for a `delivery` what is handed over: 1 to the region's `max_devices`.
    devices: Vec<DeviceBody>,
    /// For an `exchange`, what is handed over; where empty, as many and as heavy as `devices`.
    #[serde(default)]
    handover: Vec<DeviceBody>,
    /// Skills that the courier needs beyond those that the devices ask for, such as `inspection`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    skills: BTreeSet<String>,
    /// First service date, in the region's time zone; today where absent.
    from: Option<NaiveDate>,
    /// How many dates; up to the region's horizon, which is taken where absent.
    #[schema(minimum = 1)]
    days: Option<u32>,
    /// Whether the customer would take any of several slots of a date, and hear later which it is.
    #[serde(default)]
    flexible: bool,
}

/// The slots of the asked dates.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SlotSearchView {
    /// For the logs of both sides.
    #[schema(example = "ssr_0195577b8f2c7d4e9a31c6a0f3d85b12")]
    search_id: String,
    /// The region that the place lies in.
    region: String,
    /// IANA time zone of the region: all moments below are by its clocks.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    /// No offer can be held after this.
    expires_at: Moment,
    /// In the order of time.
    slots: Vec<SlotView>,
    /// Where asked for: one offer for each date with more than one slot to choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flexible: Vec<FlexibleOfferView>,
    /// Where the customer can go instead, nearest first: up to 3.
    hubs: Vec<NearHubView>,
}

/// One slot: available with an offer, or closed with a reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SlotView {
    /// The courier begins at the door from here on.
    start: Moment,
    /// The courier begins at the door by then.
    end: Moment,
    /// Whether it can be held.
    status: SlotStatus,
    /// The token to hold it with, while it is available.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ofr_eyJwcm9n….c2lnbmF0dXJl")]
    offer: Option<String>,
    /// From this moment on it cannot be booked.
    cutoff_at: Moment,
    /// Whether a courier is near anyway: it adds little travel.
    green: bool,
    /// What the visit would add to the cheapest route.
    #[serde(skip_serializing_if = "Option::is_none")]
    marginal: Option<LegView>,
    /// Why it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ReasonView>,
    /// The smallest change of the slot that would open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    relaxation: Option<RelaxationView>,
}

/// A promise of one of several slots, which a hold takes like any other.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct FlexibleOfferView {
    /// Service date in the region's time zone.
    date: NaiveDate,
    /// The token to hold it with.
    #[schema(example = "ofr_eyJwcm9n….c2lnbmF0dXJl")]
    offer: String,
    #[serde(flatten)]
    of: FlexibleView,
    /// The least that the visit would add to a route.
    marginal: LegView,
}

/// One of several windows, and when it is fixed which.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct FlexibleView {
    /// The courier begins inside one of these.
    any_of: Vec<WindowView>,
    /// The moment at which it is fixed, and told, which.
    fixed_at: Moment,
}

/// Whether a slot can be held.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SlotStatus {
    /// It has a place on a route.
    Available,
    /// It has none.
    Closed,
}

/// Travel time and distance.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct LegView {
    /// Seconds.
    travel_s: i64,
    /// Metres.
    distance_m: i64,
}

/// Why not, for the courier who came closest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ReasonView {
    /// The stable code.
    #[schema(schema_with = super::schema::reason_code)]
    code: ReasonCode,
    /// By how much the limit was missed: `by_s`, `by_parcels`, `by_g`, `by_ml`, `by_value` (minor
    /// units) or `by_stops`.
    #[serde(flatten)]
    #[schema(value_type = std::collections::BTreeMap<String, i64>)]
    by: Option<Amount>,
    /// The skill that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    skill: Option<String>,
    /// The courier whose route came closest; shown to dispatchers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    courier: Option<String>,
    /// The smallest change of the window that would help this courier; a slot has it beside its
    /// reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    relaxation: Option<RelaxationView>,
}

/// A change of the window.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct RelaxationView {
    /// `start`: earlier; `end`: later.
    #[schema(value_type = String, example = "end")]
    change: RelaxedSide,
    /// By how many seconds.
    by_s: i64,
}

/// A hub near the door.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct NearHubView {
    /// The hub.
    id: String,
    /// As people know it.
    name: String,
    /// Where it is.
    place: PlaceBody,
    /// Straight distance in metres.
    distance_m: i64,
    /// When it opens on the first asked date.
    opens: Moment,
    /// When it closes.
    closes: Moment,
}

/// Searches the slots that can be promised at a door.
///
/// Every slot of the asked dates is listed, available or closed. An available one has a real place
/// on a courier's route; its `offer` can be held until `expires_at`. Nothing is reserved yet.
#[utoipa::path(
    post, path = "/v1/slot-searches", tag = "checkout", request_body = SlotSearchBody,
    responses((status = 200, description = "The slots", body = SlotSearchView)),
    security(("checkout" = []), ("picker" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn search_slots(
    State(app): State<App>,
    SlotCaller(Checkout(programme)): SlotCaller,
    Json(body): Json<SlotSearchBody>,
) -> Result<axum::Json<SlotSearchView>, Problem> {
    let search = body.into_search(&app, programme)?;
    let answer = app.desk.search_slots(search).await?;
    Ok(axum::Json(SlotSearchView::new(answer)))
}

impl SlotSearchBody {
    fn into_search(self, app: &App, programme: ProgrammeId) -> Result<SlotSearch, Problem> {
        let place = self.place.to_wgs84()?;
        let region = region_of(app, self.region, place)?;
        let skills = self.skills.into_iter().map(|skill| checked_skill(&skill));
        let request = VisitRequest {
            place,
            kind: self.kind,
            devices: device::devices(self.devices),
            handover: device::devices(self.handover),
            skills: skills.collect::<Result<_, _>>()?,
        };
        let Self { from, days, flexible, .. } = self;
        Ok(SlotSearch { programme, region, request, from, days, flexible, is_new: true })
    }
}

fn region_of(app: &App, asked: Option<RegionId>, place: Point) -> Result<RegionId, Problem> {
    let Some(id) = asked else { return Ok(app.desk.region_at(place)?.id.clone()) };
    match app.desk.region(&id) {
        Ok(_) => Ok(id),
        Err(error) => Err(Problem::invalid(vec![FieldError::at("/region", error)])),
    }
}

/// Skills are written as in the couriers file: lower case, up to 40 letters, digits, `-_.`.
fn checked_skill(text: &str) -> Result<String, Problem> {
    let usable = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if (1..=40).contains(&text.len()) && text.bytes().all(usable) {
        return Ok(text.to_ascii_lowercase());
    }
    let message = "a skill has 1 to 40 letters, digits, '-', '_' or '.'";
    Err(Problem::invalid(vec![FieldError::at("/skills", message)]))
}

impl SlotSearchView {
    pub(super) fn new(answer: SlotSearchAnswer) -> Self {
        let region = &answer.region;
        let slots = answer.slots.into_iter();
        Self {
            search_id: answer.id.to_string(),
            region: region.id.to_string(),
            time_zone: region.time_zone.to_string(),
            expires_at: local(region.time_zone, answer.expires_at),
            slots: slots.map(|slot| SlotView::new(region, slot)).collect(),
            flexible: answer.flexible.iter().map(|of| FlexibleOfferView::new(region, of)).collect(),
            hubs: answer.hubs.iter().map(|near| NearHubView::new(region, near)).collect(),
        }
    }
}

impl FlexibleOfferView {
    fn new(region: &Region, offer: &FlexibleOffer) -> Self {
        Self {
            date: offer.date,
            offer: offer.token.clone(),
            of: FlexibleView::new(region, &offer.of),
            marginal: offer.marginal.into(),
        }
    }
}

impl FlexibleView {
    pub(super) fn new(region: &Region, of: &Flexible) -> Self {
        Self {
            any_of: of.windows.iter().map(|&window| WindowView::new(region, window)).collect(),
            fixed_at: local(region.time_zone, of.fixed_at),
        }
    }
}

impl SlotView {
    pub(super) fn new(region: &Region, offered: OfferedSlot) -> Self {
        let zone = region.time_zone;
        let (start, end) = (offered.slot.window.start, offered.slot.window.end);
        let closed = Self {
            start: local(zone, start),
            end: local(zone, end),
            status: SlotStatus::Closed,
            offer: None,
            cutoff_at: local(zone, offered.slot.cutoff_at),
            green: false,
            marginal: None,
            reason: None,
            relaxation: None,
        };
        match offered.verdict {
            Ok((offer, leg)) => Self {
                status: SlotStatus::Available,
                offer: Some(offer),
                green: leg.travel_s <= region.green_travel_s,
                marginal: Some(leg.into()),
                ..closed
            },
            Err(reason) => {
                let relaxation = reason.relaxation.map(Into::into);
                let reason = Some(ReasonView::for_checkout(&reason));
                Self { reason, relaxation, ..closed }
            }
        }
    }
}

impl ReasonView {
    /// Without the courier, who is nobody's business at a checkout.
    pub(super) fn for_checkout(reason: &Reason) -> Self {
        Self {
            code: reason.code,
            by: reason.by,
            skill: reason.skill.clone(),
            courier: None,
            relaxation: None,
        }
    }

    /// All there is to it.
    pub(super) fn for_dispatcher(reason: &Reason) -> Self {
        Self {
            courier: reason.courier.as_ref().map(ToString::to_string),
            relaxation: reason.relaxation.map(Into::into),
            ..Self::for_checkout(reason)
        }
    }
}

impl NearHubView {
    fn new(region: &Region, near: &NearHub) -> Self {
        Self {
            id: near.hub.id.to_string(),
            name: near.hub.name.clone(),
            place: near.hub.place.into(),
            distance_m: near.distance_m.get(),
            opens: local(region.time_zone, near.hours.start),
            closes: local(region.time_zone, near.hours.end),
        }
    }
}

impl From<Leg> for LegView {
    fn from(leg: Leg) -> Self {
        Self { travel_s: leg.travel_s.get(), distance_m: leg.distance_m.get() }
    }
}

impl From<crate::model::Relaxation> for RelaxationView {
    fn from(relaxation: crate::model::Relaxation) -> Self {
        Self { change: relaxation.change, by_s: relaxation.by.get() }
    }
}
