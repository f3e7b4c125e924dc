//! `bookings.csv`: rows as they stand in the file, and the bookings they become.

use super::cell::{moment, position, skills, to_wgs84, whole, words};
use super::device::{brands, devices};
use super::fault::{FaultLog, Faults};
use super::sheet::{Columns, Reported, Row, RowReader, Unique, column_name, rows, unknown};
use crate::geo::{Datum, Point};
use crate::model::{
    Booking, BookingId, BookingKind, BookingState, Contact, DemandError, Device, Money,
    ProgrammeId, Region, RegionId, Skill, TimeWindow, VisitRequest,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

const COLUMNS: Columns = Columns {
    required: &[
        "external_id",
        "region",
        "kind",
        "lon",
        "lat",
        "window_start",
        "window_end",
        "devices",
        "declared_value",
        "requested_at",
        "name",
        "phone",
        "address",
    ],
    optional: &["datum", "skills", "brands"],
};

/// The longest window a booking may have: it belongs to one service date.
const WINDOW_MAX: TimeDelta = TimeDelta::hours(24);
/// The most a booking's devices may be declared at, in minor units.
const VALUE_MAX: i64 = 1_000_000_000_000;

/// One row of a bookings file: everything a booking has but what the region's settings decide.
#[derive(Clone, Debug, PartialEq)]
pub struct BookingRow {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Its index, where the file is a JSON array.
    pub item: Option<usize>,
    /// The shop's own order number.
    pub external_id: String,
    /// Where it is to be served.
    pub region: RegionId,
    /// What happens at the door.
    pub kind: BookingKind,
    /// Degrees east, in `datum`.
    pub lon: f64,
    /// Degrees north, in `datum`.
    pub lat: f64,
    /// The datum of the degrees, where it is not the region's.
    pub datum: Option<Datum>,
    /// What is promised.
    pub window: TimeWindow,
    /// The devices; they carry no values yet.
    pub devices: Vec<Device>,
    /// What all devices together are declared at, in minor units of the region's currency.
    pub declared_value: Option<i64>,
    /// When it was asked for.
    pub requested_at: Option<DateTime<Utc>>,
    /// Skills beyond those that the devices need.
    pub skills: BTreeSet<Skill>,
    /// Who to ask for.
    pub contact: Option<Contact>,
}

/// Why a row is no booking under its region's settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct RowError {
    /// The column at fault.
    pub column: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// What turns rows into bookings.
#[derive(Clone, Copy, Debug)]
pub struct BookingTerms<'a> {
    /// The regions that rows may name.
    pub regions: &'a [Region],
    /// The shop they all come from.
    pub programme: &'a ProgrammeId,
    /// When a booking was asked for that does not say.
    pub requested_at: DateTime<Utc>,
    /// Windows that end before this moment are refused.
    pub earliest: Option<DateTime<Utc>>,
}

/// Reads rows, and checks what can be checked without the region's settings.
///
/// # Errors
/// Every fault of the file.
pub fn booking_rows(bytes: &[u8], file: &str) -> Result<Vec<BookingRow>, Faults> {
    let mut log = FaultLog::new(file);
    let rows = read(bytes, &mut log);
    log.finish(rows)
}

/// Reads bookings: [`booking_rows`] and [`confirm`] with all their faults at once.
///
/// # Errors
/// Every fault of the file.
pub fn bookings(
    bytes: &[u8],
    file: &str,
    terms: &BookingTerms<'_>,
) -> Result<Vec<Booking>, Faults> {
    let mut log = FaultLog::new(file);
    let rows = read(bytes, &mut log);
    let bookings = convert(rows, terms, &mut log);
    log.finish(bookings)
}

/// Makes confirmed bookings of rows, in their order. Their ids are [`BookingRow::id`]s.
///
/// # Errors
/// Every row that is no booking under `terms`.
pub fn confirm(
    rows: Vec<BookingRow>,
    file: &str,
    terms: &BookingTerms<'_>,
) -> Result<Vec<Booking>, Faults> {
    let mut log = FaultLog::new(file);
    let bookings = convert(rows, terms, &mut log);
    log.finish(bookings)
}

fn convert(rows: Vec<BookingRow>, terms: &BookingTerms<'_>, log: &mut FaultLog) -> Vec<Booking> {
    let regions: HashMap<&RegionId, &Region> =
        terms.regions.iter().map(|region| (&region.id, region)).collect();
    let mut bookings = Vec::with_capacity(rows.len());
    for row in rows {
        let (line, item) = (row.line, row.item);
        let column = |name| Some(column_name(item, name));
        if terms.earliest.is_some_and(|earliest| row.window.end < earliest) {
            log.push(line, column("window_end"), &"the window is over already");
        }
        let Some(region) = regions.get(&row.region) else {
            let names = regions.keys().map(|id| id.as_str());
            log.push(line, column("region"), &unknown("region", row.region.as_str(), names));
            continue;
        };
        let (id, place) = (row.id(terms.programme), row.point(region));
        match row.into_booking(region, terms.programme, id, terms.requested_at) {
            Ok(booking) => bookings.push(booking),
            Err(RowError { column: "lon/lat", message }) => {
                let message = place.map_or(message, |place| outside(region, place, terms.regions));
                log.push(line, column("lon/lat"), &message);
            }
            Err(error) => log.push(line, column(error.column), &error.message),
        }
    }
    bookings
}

impl BookingRow {
    /// The id of this order of `programme`: reading a file again names the same bookings (UUID
    /// version 5).
    #[must_use]
    pub fn id(&self, programme: &ProgrammeId) -> BookingId {
        let name = format!("{programme}/{}", self.external_id);
        BookingId(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()))
    }

    /// The door in WGS-84; nothing where the degrees are no position.
    #[must_use]
    pub fn point(&self, region: &Region) -> Option<Point> {
        to_wgs84(self.lon, self.lat, self.datum.unwrap_or(region.datum)).ok()
    }

    /// The devices with their shares of the declared value, in the region's currency: equal shares,
    /// of which the first ones take the odd units, so that the sum is the total.
    #[must_use]
    pub fn valued_devices(&self, region: &Region) -> Vec<Device> {
        let mut devices = self.devices.clone();
        let count = i64::try_from(devices.len()).ok();
        let Some((total, count)) = self.declared_value.zip(count) else { return devices };
        for (device, index) in devices.iter_mut().zip(0..) {
            let odd = i64::from(index < total % count);
            let amount = total / count + odd;
            device.declared_value = Some(Money { amount, currency: region.currency });
        }
        devices
    }

    /// The confirmed booking under the region's settings. `requested_at` is for rows that do not
    /// say when they were asked for.
    ///
    /// # Errors
    /// [`RowError`] names the first column that the region's settings do not allow.
    pub fn into_booking(
        self,
        region: &Region,
        programme: &ProgrammeId,
        id: BookingId,
        requested_at: DateTime<Utc>,
    ) -> Result<Booking, RowError> {
        let place = to_wgs84(self.lon, self.lat, self.datum.unwrap_or(region.datum))
            .map_err(|error| RowError { column: "lon/lat", message: error.to_string() })?;
        let request = VisitRequest {
            place,
            kind: self.kind,
            devices: self.valued_devices(region),
            handover: Vec::new(),
            skills: self.skills,
        };
        let demand = request
            .demand(region)
            .map_err(|error| RowError { column: column_of(&error), message: error.to_string() })?;
        Ok(Booking {
            id,
            region: region.id.clone(),
            date: region.date_of(self.window.start),
            programme: programme.clone(),
            external_id: Some(self.external_id),
            state: BookingState::Confirmed,
            request,
            demand,
            window: self.window,
            flexible: None,
            outcome: None,
            replaces: None,
            hold_expires_at: None,
            requested_at: self.requested_at.unwrap_or(requested_at),
            contact: self.contact,
        })
    }
}

fn column_of(error: &DemandError) -> &'static str {
    match error {
        DemandError::OutsideRegion { .. } => "lon/lat",
        DemandError::DeviceCount { .. } => "devices",
        DemandError::Device { .. } => "declared_value",
        DemandError::HandoverWithoutExchange | DemandError::Shipment => "kind",
    }
}

/// Says that a place is not in its region, and where it may have been meant to be.
pub(super) fn outside(region: &Region, place: Point, regions: &[Region]) -> String {
    let (lon, lat, id) = (place.lon(), place.lat(), &region.id);
    let exchanged = Point::new(lat, lon).is_ok_and(|point| region.area.contains(point));
    let other = regions.iter().find(|other| other.area.contains(place));
    let hint = match other {
        _ if exchanged => "lon and lat look exchanged: give the longitude in lon".to_owned(),
        Some(other) => format!("it lies in region {}", other.id),
        None => "check the numbers and their datum".to_owned(),
    };
    format!("{lon:.6}, {lat:.6} is outside the operating area of {id}; {hint}")
}

fn read(bytes: &[u8], log: &mut FaultLog) -> Vec<BookingRow> {
    let rows = rows(bytes, &COLUMNS, log);
    let mut ids = Unique::new();
    rows.iter().filter_map(|row| booking_row(row, &mut ids, log).ok()).collect()
}

fn booking_row(
    row: &Row,
    ids: &mut Unique<String>,
    log: &mut FaultLog,
) -> Result<BookingRow, Reported> {
    let mut reader = RowReader { columns: &COLUMNS, row, log };
    let external_id = reader.parsed("external_id", |text| words(text, 128));
    if let Ok(id) = &external_id {
        ids.check(&mut reader, "external_id", id);
    }
    let region = reader.parsed("region", str::parse::<RegionId>);
    let kind = reader.parsed("kind", kind);
    let position = position(&mut reader);
    let window = window(&mut reader);
    let devices = branded_devices(&mut reader);
    let declared_value = reader.optional("declared_value", |text| whole(text, 0..=VALUE_MAX));
    let requested_at = requested_at(&mut reader, window.as_ref().ok());
    let skills = reader.optional("skills", skills);
    let contact = contact(&mut reader);
    let (lon, lat, datum) = position?;
    Ok(BookingRow {
        line: row.line,
        item: row.item,
        external_id: external_id?,
        region: region?,
        kind: kind?,
        lon,
        lat,
        datum,
        window: window?,
        devices: devices?,
        declared_value: declared_value?,
        requested_at: requested_at?,
        skills: skills?.unwrap_or_default(),
        contact: contact?,
    })
}

fn kind(text: &str) -> Result<BookingKind, String> {
    let kind: BookingKind = text.to_ascii_lowercase().parse()?;
    if kind == BookingKind::Shipment { Err(DemandError::Shipment.to_string()) } else { Ok(kind) }
}

fn branded_devices(reader: &mut RowReader<'_>) -> Result<Vec<Device>, Reported> {
    let devices = reader.parsed("devices", devices)?;
    let branded = reader.optional("brands", |text| brands(text, &devices))?;
    Ok(branded.unwrap_or(devices))
}

fn window(reader: &mut RowReader<'_>) -> Result<TimeWindow, Reported> {
    let start = reader.parsed("window_start", moment);
    let end = reader.parsed("window_end", moment);
    let (start, end) = (start?, end?);
    if end < start {
        return reader.fault("window_end", &"the window ends before it starts");
    }
    if end - start > WINDOW_MAX {
        let hours = WINDOW_MAX.num_hours();
        return reader.fault("window_end", &format!("the window is longer than {hours} hours"));
    }
    Ok(TimeWindow { start, end })
}

/// When it was asked for: not after its window was over.
fn requested_at(
    reader: &mut RowReader<'_>,
    window: Option<&TimeWindow>,
) -> Result<Option<DateTime<Utc>>, Reported> {
    let requested_at = reader.optional("requested_at", moment)?;
    if window.zip(requested_at).is_some_and(|(window, at)| at > window.end) {
        return reader.fault("requested_at", &"it was asked for after its window had ended");
    }
    Ok(requested_at)
}

/// The contact; nothing when all three columns are empty.
fn contact(reader: &mut RowReader<'_>) -> Result<Option<Contact>, Reported> {
    let name = reader.optional("name", |text| words(text, 200));
    let phone = reader.optional("phone", |text| words(text, 40));
    let address = reader.optional("address", |text| words(text, 500));
    let parts = (name?, phone?, address?);
    if parts == (None, None, None) {
        return Ok(None);
    }
    let (name, phone, address) = parts;
    Ok(Some(Contact {
        notes: None,
        name: name.unwrap_or_default(),
        phone: phone.unwrap_or_default(),
        address: address.unwrap_or_default(),
    }))
}
