//! Regions: a city's operating area and its settings.

use super::App;
use super::auth::{Admin, Dispatcher};
use super::imports::{ImportedView, take_in};
use super::keyed::{KeyHeader, KeyedSheet};
use super::problem::Problem;
use crate::geo::Datum;
use crate::intake;
use crate::model::{
    Area, BoxedDevice, Category, LiveRules, Region, ServiceTimes, SlotTemplate, TravelProfile,
};
use crate::store::RegistryChange;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveTime;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A region's settings. All but `id`, `name`, `time_zone` and `area` may be left out.
#[derive(Serialize, ToSchema)]
pub(super) struct RegionView {
    /// Unique; letters, digits and `-_.:`.
    #[schema(example = "shanghai")]
    id: String,
    /// As people know it.
    name: String,
    /// IANA time zone: a service date is a date of this zone.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    /// Datum of coordinates in files that do not name one.
    #[schema(schema_with = super::schema::datum)]
    datum: Datum,
    /// What declared values are counted in.
    #[schema(example = "CNY")]
    currency: String,
    /// Where it operates, in WGS-84.
    area: AreaView,
    /// The bookable windows.
    slots: SlotTemplateView,
    /// How long a hold keeps its place, in seconds.
    hold_s: i64,
    /// Travel between doors, as long as only coordinates are known.
    travel: TravelProfileView,
    /// Time at the door.
    service: ServiceTimesView,
    /// The day while it runs.
    live: LiveRulesView,
    /// Weight and volume of a boxed device by category, where they differ from the defaults.
    boxes: BTreeMap<String, BoxedDeviceView>,
    /// Skills that a category of device needs.
    device_skills: BTreeMap<String, Vec<String>>,
    /// The most devices in one visit.
    max_devices: u32,
    /// The most that one device may be declared at, in minor units.
    max_device_value: i64,
    /// A slot is marked green when it adds at most this much travel, in seconds.
    green_travel_s: i64,
    /// New customers are offered slots that add at most this percentage of the travel that is usual for the
    /// day: what 95 of 100 of the last 60 requests for it would have needed at their best slot. From 50 to 1,000.
    /// Green slots are always offered; without this, all that have a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 130)]
    most_travel_pct: Option<u32>,
}

/// One of the two.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AreaView {
    /// `[west, south, east, north]` in degrees.
    Bbox([f64; 4]),
    /// Corners `[lon, lat]` in order.
    Polygon(Vec<[f64; 2]>),
}

/// When people are told during the day, and how long couriers wait.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names say the unit")]
struct LiveRulesView {
    /// A promise that is not known to be kept so many seconds before its window ends is told to be
    /// at risk.
    risk_told_before_s: i64,
    /// A courier waits so many seconds for a customer who is not there.
    wait_s: i64,
    /// An arrival that moves by more than so many seconds is told.
    eta_told_from_s: i64,
    /// A call at the hub takes a courier so many seconds on the way.
    hub_call_s: i64,
}

/// How the day is cut into slots, by the wall clock.
#[derive(Serialize, ToSchema)]
pub(super) struct SlotTemplateView {
    /// Start of the first slot.
    #[schema(value_type = String, example = "09:00:00")]
    first: NaiveTime,
    /// No slot ends later.
    #[schema(value_type = String, example = "21:00:00")]
    last_end: NaiveTime,
    /// How long a slot is, in seconds.
    length_s: i64,
    /// From the start of one slot to the start of the next, in seconds.
    step_s: i64,
    /// A slot closes for booking this long before its end, in seconds.
    cutoff_before_end_s: i64,
    /// A flexible promise is fixed, and told, so many seconds before the first of its windows begins.
    flexible_told_before_s: i64,
    /// How many days ahead can be booked, today included.
    horizon_days: u32,
    /// How long an offer can be held, in seconds.
    offer_ttl_s: i64,
}

/// Straight-line travel: distance times a factor over a speed, plus a fixed time for each leg.
#[derive(Serialize, ToSchema)]
pub(super) struct TravelProfileView {
    /// Road metres for each straight metre.
    detour: f64,
    /// The same for legs shorter than `short_below_m`.
    short_detour: f64,
    /// Straight legs below this many metres count as short.
    short_below_m: f64,
    /// Added to every leg, in seconds.
    leg_overhead_s: i64,
    /// Speed of an e-bike in km/h.
    ebike_kmh: f64,
    /// Speed of a cargo tricycle in km/h.
    tricycle_kmh: f64,
    /// Speed of a van in km/h.
    van_kmh: f64,
}

/// Seconds at the door. The device that takes longest counts in full, each further one by
/// `further_device_pct`.
#[derive(Serialize, ToSchema)]
pub(super) struct ServiceTimesView {
    /// Handing over a sealed parcel.
    sealed_parcel_s: i64,
    /// Collecting a phone, inspection included.
    phone_s: i64,
    /// Collecting a tablet.
    tablet_s: i64,
    /// Collecting a watch.
    watch_s: i64,
    /// Collecting a laptop.
    laptop_s: i64,
    /// Collecting a desktop computer.
    desktop_s: i64,
    /// Collecting anything else.
    other_s: i64,
    /// An exchange takes this much longer.
    exchange_extra_s: i64,
    /// Each further device takes this share of its own time, in percent.
    further_device_pct: i64,
    /// Once per door.
    setup_s: i64,
}

/// Weight and volume of one boxed device.
#[derive(Serialize, ToSchema)]
pub(super) struct BoxedDeviceView {
    /// Grams.
    weight_g: i64,
    /// Millilitres.
    volume_ml: i64,
}

/// Takes regions in: a JSON array of them, or one. Those with a known id are replaced.
///
/// All faults are reported at once, and then nothing is taken in.
#[utoipa::path(
    post, path = "/v1/regions", tag = "admin", params(KeyHeader),
    request_body(content = Vec<RegionView>, content_type = "application/json"),
    responses((status = 200, description = "What was taken in", body = ImportedView)),
    security(("admin" = []))
)]
pub(super) async fn import_regions(
    State(app): State<App>,
    _: Admin,
    KeyedSheet { bytes, key }: KeyedSheet,
) -> Result<Response, Problem> {
    take_in(&app, key, || {
        let regions = intake::regions(&bytes, "the body")?;
        Ok(RegistryChange { regions, ..RegistryChange::default() })
    })
    .await
}

/// Lists the regions that the caller may see, by id.
#[utoipa::path(
    get, path = "/v1/regions", tag = "admin",
    responses((status = 200, description = "The regions", body = Vec<RegionView>)),
    security(("dispatcher" = []), ("admin" = []))
)]
pub(super) async fn list_regions(
    State(app): State<App>,
    dispatcher: Dispatcher,
) -> axum::Json<Vec<RegionView>> {
    let registry = app.desk.registry();
    let seen = registry.regions.values().filter(|region| dispatcher.sees(&region.id));
    axum::Json(seen.map(|region| RegionView::from(&**region)).collect())
}

impl From<&Region> for RegionView {
    fn from(region: &Region) -> Self {
        let of_category = |category: &Category| category.to_string();
        let boxes = region.boxes.iter();
        let skills = region.device_skills.iter();
        Self {
            id: region.id.to_string(),
            name: region.name.clone(),
            time_zone: region.time_zone.to_string(),
            datum: region.datum,
            currency: region.currency.to_string(),
            area: (&region.area).into(),
            slots: (&region.slots).into(),
            hold_s: region.hold_s.get(),
            travel: (&region.travel).into(),
            service: (&region.service).into(),
            live: region.live.into(),
            boxes: boxes.map(|(of, boxed)| (of_category(of), (*boxed).into())).collect(),
            device_skills: skills
                .map(|(of, skills)| (of_category(of), skills.iter().cloned().collect()))
                .collect(),
            max_devices: region.max_devices,
            max_device_value: region.max_device_value,
            green_travel_s: region.green_travel_s.get(),
            most_travel_pct: region.most_travel_pct,
        }
    }
}

impl From<LiveRules> for LiveRulesView {
    fn from(rules: LiveRules) -> Self {
        Self {
            risk_told_before_s: rules.risk_told_before_s.get(),
            wait_s: rules.wait_s.get(),
            eta_told_from_s: rules.eta_told_from_s.get(),
            hub_call_s: rules.hub_call_s.get(),
        }
    }
}

impl From<&Area> for AreaView {
    fn from(area: &Area) -> Self {
        match area {
            Area::Bbox(sides) => Self::Bbox(*sides),
            Area::Polygon(corners) => Self::Polygon(corners.clone()),
        }
    }
}

impl From<&SlotTemplate> for SlotTemplateView {
    fn from(slots: &SlotTemplate) -> Self {
        Self {
            first: slots.first,
            last_end: slots.last_end,
            length_s: slots.length_s.get(),
            step_s: slots.step_s.get(),
            cutoff_before_end_s: slots.cutoff_before_end_s.get(),
            flexible_told_before_s: slots.flexible_told_before_s.get(),
            horizon_days: slots.horizon_days,
            offer_ttl_s: slots.offer_ttl_s.get(),
        }
    }
}

impl From<&TravelProfile> for TravelProfileView {
    fn from(travel: &TravelProfile) -> Self {
        Self {
            detour: travel.detour,
            short_detour: travel.short_detour,
            short_below_m: travel.short_below_m,
            leg_overhead_s: travel.leg_overhead_s,
            ebike_kmh: travel.ebike_kmh,
            tricycle_kmh: travel.tricycle_kmh,
            van_kmh: travel.van_kmh,
        }
    }
}

impl From<&ServiceTimes> for ServiceTimesView {
    fn from(service: &ServiceTimes) -> Self {
        Self {
            sealed_parcel_s: service.sealed_parcel_s,
            phone_s: service.phone_s,
            tablet_s: service.tablet_s,
            watch_s: service.watch_s,
            laptop_s: service.laptop_s,
            desktop_s: service.desktop_s,
            other_s: service.other_s,
            exchange_extra_s: service.exchange_extra_s,
            further_device_pct: service.further_device_pct,
            setup_s: service.setup_s,
        }
    }
}

impl From<BoxedDevice> for BoxedDeviceView {
    fn from(BoxedDevice { weight_g, volume_ml }: BoxedDevice) -> Self {
        Self { weight_g, volume_ml }
    }
}
