//! A city as the files that [`intake`](crate::intake) reads.

use super::City;
use crate::geo::{Datum, Place, Point};
use crate::intake::BookingRow;
use crate::model::{BreakRule, Courier, Device, Hub, Load, Region, RosterEntry};
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;

/// The files of a city: names and contents.
///
/// Columns are those of the intake's tables; a `datum` column is written where the degrees are not
/// WGS-84.
#[must_use]
pub fn files(city: &City) -> [(&'static str, String); 5] {
    let City { region, hubs, couriers, roster, bookings } = city;
    [
        ("regions.json", regions_json(std::slice::from_ref(region))),
        ("hubs.csv", hubs_csv(hubs, region.datum)),
        ("couriers.csv", couriers_csv(couriers)),
        ("shifts.csv", shifts_csv(roster)),
        ("bookings.csv", bookings_csv(bookings, region.time_zone)),
    ]
}

/// Regions as a JSON array.
///
/// # Panics
/// Never: a region's settings are all of types that JSON has.
#[must_use]
pub fn regions_json(regions: &[Region]) -> String {
    let json = serde_json::to_string_pretty(regions).expect("settings are plain JSON values");
    json + "\n"
}

/// Hubs, their places in the numbers of `datum`.
#[must_use]
pub fn hubs_csv(hubs: &[Hub], datum: Datum) -> String {
    let mut header = vec!["id", "region", "name", "lon", "lat", "opens", "closes"];
    let named = datum != Datum::Wgs84;
    header.extend(named.then_some("datum"));
    let rows = hubs.iter().map(|hub| {
        let [lon, lat] = degrees(hub.place, datum);
        let mut row = vec![hub.id.to_string(), hub.region.to_string(), hub.name.clone(), lon, lat];
        row.extend([hub.opens.to_string(), hub.closes.to_string()]);
        row.extend(named.then(|| datum.to_string()));
        row
    });
    csv_text(&header, rows)
}

/// Couriers. A capacity without limit is empty.
#[must_use]
pub fn couriers_csv(couriers: &[Courier]) -> String {
    let header = [
        "id",
        "region",
        "name",
        "vehicle",
        "hub",
        "max_parcels",
        "max_weight_g",
        "max_volume_ml",
        "max_value",
        "skills",
        "max_stops",
    ];
    let most = Load::UNLIMITED;
    let limit = |given: i64, unlimited: i64| {
        if given == unlimited { String::new() } else { given.to_string() }
    };
    let rows = couriers.iter().map(|courier| {
        let capacity = courier.capacity;
        let skills: Vec<&str> = courier.skills.iter().map(String::as_str).collect();
        vec![
            courier.id.to_string(),
            courier.region.to_string(),
            courier.name.clone(),
            courier.vehicle.to_string(),
            courier.hub.to_string(),
            limit(capacity.parcels, most.parcels),
            limit(capacity.weight_g, most.weight_g),
            limit(capacity.volume_ml, most.volume_ml),
            limit(capacity.value, most.value),
            skills.join(";"),
            courier.max_stops.map(|stops| stops.to_string()).unwrap_or_default(),
        ]
    });
    csv_text(&header, rows)
}

/// The roster.
#[must_use]
pub fn shifts_csv(roster: &[RosterEntry]) -> String {
    let header = ["courier", "date", "starts", "ends", "break_earliest", "break_latest", "break_s"];
    let rows = roster.iter().map(|entry| {
        let rest = entry.rest.map(|BreakRule { earliest, latest, duration_s }| {
            [earliest.to_string(), latest.to_string(), duration_s.get().to_string()]
        });
        let day = [entry.courier.to_string(), entry.date.to_string()];
        let hours = [entry.starts.to_string(), entry.ends.to_string()];
        [&day[..], &hours, &rest.unwrap_or_default()].concat()
    });
    csv_text(&header, rows)
}

/// Bookings, their moments by the clock of `zone`.
#[must_use]
pub fn bookings_csv(bookings: &[BookingRow], zone: Tz) -> String {
    let mut header = vec![
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
        "skills",
        "brands",
    ];
    let named = bookings.iter().any(|row| row.datum.is_some());
    header.extend(named.then_some("datum"));
    let rows = bookings.iter().map(|row| {
        let moment =
            |at: DateTime<Utc>| at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false);
        let skills: Vec<&str> = row.skills.iter().map(String::as_str).collect();
        let contact = row.contact.as_ref();
        let contact = contact.map(|c| [c.name.clone(), c.phone.clone(), c.address.clone()]);
        let mut cells = vec![
            row.external_id.clone(),
            row.region.to_string(),
            row.kind.as_str().to_owned(),
            format!("{:.6}", row.lon),
            format!("{:.6}", row.lat),
            moment(row.window.start),
            moment(row.window.end),
            devices(&row.devices),
            row.declared_value.map(|value| value.to_string()).unwrap_or_default(),
            row.requested_at.map(moment).unwrap_or_default(),
        ];
        cells.extend(contact.unwrap_or_default());
        cells.extend([skills.join(";"), brands(&row.devices)]);
        cells.extend(named.then(|| row.datum.map(|d| d.to_string()).unwrap_or_default()));
        cells
    });
    csv_text(&header, rows)
}

/// `phone:2;laptop:1`: runs of one category.
fn devices(devices: &[Device]) -> String {
    let runs = devices.chunk_by(|a, b| a.category == b.category);
    let pairs: Vec<String> = runs.map(|run| format!("{}:{}", run[0].category, run.len())).collect();
    pairs.join(";")
}

/// The brands in the order of the devices; nothing when none is known.
fn brands(devices: &[Device]) -> String {
    let names = devices.iter().map(|device| device.brand.as_ref().map_or("", |b| b.as_str()));
    let text = names.collect::<Vec<_>>().join(";");
    text.trim_end_matches(';').to_owned()
}

/// Longitude and latitude to six decimals, about 0.1 m.
fn degrees(point: Point, datum: Datum) -> [String; 2] {
    let place = Place::from_wgs84(point, datum);
    [format!("{:.6}", place.lon), format!("{:.6}", place.lat)]
}

fn csv_text(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let in_memory = "writing rows of one width to memory cannot fail";
    writer.write_record(header).expect(in_memory);
    for row in rows {
        writer.write_record(row).expect(in_memory);
    }
    let bytes = writer.into_inner().expect(in_memory);
    String::from_utf8(bytes).expect("texts in, text out")
}
