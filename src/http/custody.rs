//! Who had a booking's devices, and when.

use super::App;
use super::auth::BookingCaller;
use super::device::DeviceBody;
use super::evidence::ProofView;
use super::moment::{Moment, local};
use super::params::Named;
use super::problem::Problem;
use crate::desk::Registry;
use crate::model::{
    Booking, BookingId, BookingKind, CustodyLink, Device, Goods, Holder, Imei, Region, ToldReport,
};
use axum::extract::State;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use utoipa::ToSchema;

/// Who had a booking's devices, and when: links in their order, those of the old devices first.
#[derive(Serialize, ToSchema)]
pub(super) struct CustodyView {
    /// The booking.
    booking_id: String,
    /// The region's IANA time zone.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    /// Each a time in which somebody had some of the devices.
    links: Vec<CustodyLinkView>,
}

/// A time in which somebody had some of a booking's devices.
#[derive(Serialize, ToSchema)]
pub(super) struct CustodyLinkView {
    /// `old`: to be collected; `new`: to be handed over.
    #[schema(example = "old")]
    goods: &'static str,
    /// Which of them. Of new devices that the booking does not name there is only the number.
    devices: Vec<HeldDeviceView>,
    /// Who had them.
    holder: HolderView,
    /// From when on; absent where it was so before anybody told anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Moment>,
    /// Until when; absent while it lasts, as far as anybody told.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Moment>,
    /// What it rests on: the courier's event with which it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<CustodyEventView>,
    /// What shows that devices changed hands at the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<ProofView>,
    /// SHA-256 over this link and the digest before it, as `docs/live-day.md` says: as long as nothing new
    /// is told of it, it stays.
    digest: String,
}

/// A device in somebody's hands.
#[derive(Serialize, ToSchema)]
pub(super) struct HeldDeviceView {
    /// Its place among the booking's `devices` or `handover`, from 0.
    device: usize,
    /// As it was booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    booked: Option<DeviceBody>,
    /// The IMEI that the courier found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    found_imei: Option<Imei>,
}

/// Who has devices.
#[derive(Serialize, ToSchema)]
pub(super) struct HolderView {
    /// `customer`, `courier` or `hub`.
    #[schema(example = "courier")]
    kind: &'static str,
    /// The courier's or hub's id; absent for a customer, and for a hub that is not decided yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// As people know them.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// What a courier told.
#[derive(Serialize, ToSchema)]
pub(super) struct CustodyEventView {
    /// Who told it.
    courier: String,
    /// Its id: the courier's own.
    id: String,
    /// What happened, such as `collected` or `at_hub`.
    #[serde(rename = "type")]
    #[schema(example = "collected")]
    what: &'static str,
    /// When it happened, by the courier's device.
    at: Moment,
    /// When the service was told.
    received_at: Moment,
}

/// Tells who had a booking's devices, and when: what couriers told, not what was planned.
///
/// Old devices are the customer's until the courier takes them, the courier's until they are at a hub, and
/// the hub's from then on; new ones go the other way. A courier who is out has what they had on board until
/// they are at a hub or another one comes to the door with it. A later word of the courier changes the chain.
#[utoipa::path(
    get, path = "/v1/bookings/{id}/custody", tag = "checkout",
    params(("id" = String, Path, description = "The booking's id")),
    responses((status = 200, description = "The chain", body = CustodyView)),
    security(("checkout" = []), ("dispatcher" = []), ("admin" = [])),
    extensions(("x-problems" = json!(["no_such_day"])))
)]
pub(super) async fn get_custody(
    State(app): State<App>,
    caller: BookingCaller,
    Named(id): Named<BookingId>,
) -> Result<axum::Json<CustodyView>, Problem> {
    let (booking, _) = app.desk.booking(caller.programme(), id).await?;
    caller.enter(&booking.region)?;
    let region = app.desk.region(&booking.region)?;
    let links = app.desk.custody(&booking).await?;
    let registry = app.desk.registry();
    let mut last = String::new();
    let views = links.iter().map(|link| {
        last = digest(&last, &booking, link);
        let proof = ProofView::of(&booking, app.desk.tracking());
        CustodyLinkView {
            goods: name(link.goods),
            devices: link
                .devices
                .iter()
                .map(|at| HeldDeviceView::new(&booking, link, *at))
                .collect(),
            holder: HolderView::new(&registry, &link.holder),
            from: link.began.as_ref().map(|told| local(region.time_zone, told.report.at)),
            until: link.until.map(|until| local(region.time_zone, until)),
            event: link.began.as_ref().map(|told| CustodyEventView::new(&region, told)),
            proof: proof.filter(|_| link.is_from_the_door()),
            digest: last.clone(),
        }
    });
    Ok(axum::Json(CustodyView {
        booking_id: booking.id.to_string(),
        time_zone: region.time_zone.to_string(),
        links: views.collect(),
    }))
}

fn name(goods: Goods) -> &'static str {
    match goods {
        Goods::Old => "old",
        Goods::New => "new",
    }
}

/// The devices of a booking that a link is about.
fn booked(booking: &Booking, goods: Goods) -> &[Device] {
    match (goods, booking.request.kind) {
        (Goods::New, BookingKind::Exchange) => &booking.request.handover,
        _ => booking.devices(),
    }
}

/// The IMEI of an old device as it was found last.
fn found_imei(booking: &Booking, goods: Goods, device: usize) -> Option<&Imei> {
    let outcome = booking.outcome.as_ref().filter(|_| goods == Goods::Old)?;
    let mut found = outcome.devices.iter().rev().filter(|found| found.device == device);
    found.find_map(|found| found.imei.as_ref())
}

/// The digest of a link: of lines, each with its end, that `docs/live-day.md` lists.
fn digest(before: &str, booking: &Booking, link: &CustodyLink) -> String {
    let (kind, id) = parts(&link.holder);
    let mut lines = vec![before.to_owned(), booking.id.to_string(), name(link.goods).to_owned()];
    for device in &link.devices {
        let of_booking = booked(booking, link.goods).get(*device);
        let imei = found_imei(booking, link.goods, *device)
            .or_else(|| of_booking.and_then(|device| device.imei.as_ref()));
        let imei = imei.cloned().map(String::from).unwrap_or_default();
        lines.push(format!("{device} {imei}"));
    }
    lines.push(format!("{kind} {}", id.unwrap_or_default()));
    if let Some(told) = &link.began {
        let at = told.report.at.format("%Y-%m-%dT%H:%M:%S%.6fZ");
        lines.push(format!("{at} {} {}", told.courier, told.report.id));
    }
    if let Some(evidence) = booking.outcome.as_ref().and_then(|outcome| outcome.evidence.as_ref())
        && link.is_from_the_door()
    {
        lines.extend(evidence.photos.iter().chain(&evidence.signature).cloned());
    }
    let mut text = String::new();
    for byte in Sha256::digest(lines.iter().fold(String::new(), |all, line| all + line + "\n")) {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn parts(holder: &Holder) -> (&'static str, Option<String>) {
    match holder {
        Holder::Customer => ("customer", None),
        Holder::Courier(id) => ("courier", Some(id.to_string())),
        Holder::Hub(id) => ("hub", id.as_ref().map(ToString::to_string)),
    }
}

impl HeldDeviceView {
    fn new(booking: &Booking, link: &CustodyLink, device: usize) -> Self {
        Self {
            device,
            booked: booked(booking, link.goods).get(device).map(DeviceBody::from),
            found_imei: found_imei(booking, link.goods, device).cloned(),
        }
    }
}

impl HolderView {
    fn new(registry: &Registry, holder: &Holder) -> Self {
        let (kind, id) = parts(holder);
        let name = match holder {
            Holder::Customer | Holder::Hub(None) => None,
            Holder::Courier(id) => registry.couriers.get(id).map(|courier| courier.name.clone()),
            Holder::Hub(Some(id)) => registry.hubs.get(id).map(|hub| hub.name.clone()),
        };
        Self { kind, id, name }
    }
}

impl CustodyEventView {
    fn new(region: &Region, told: &ToldReport) -> Self {
        Self {
            courier: told.courier.to_string(),
            id: told.report.id.clone(),
            what: told.report.what.name(),
            at: local(region.time_zone, told.report.at),
            received_at: local(region.time_zone, told.received_at),
        }
    }
}
