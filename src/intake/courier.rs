//! `couriers.csv`: people with vehicles.

use super::cell::{skills, whole, words};
use super::fault::{FaultLog, Faults};
use super::sheet::{Columns, Reported, Row, RowReader, Unique, rows, unknown};
use crate::model::{Courier, CourierId, Hub, HubId, Load, RegionId};
use std::collections::HashMap;

const COLUMNS: Columns = Columns {
    required: &[
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
    ],
    optional: &["max_stops"],
};

/// The most that a capacity may say; a thousand times what a lorry needs.
const CAPACITY_MAX: i64 = 1_000_000_000_000;

/// Reads couriers. An empty capacity is no limit.
///
/// With `hubs`, each courier must name one of them, of the courier's own region.
///
/// # Errors
/// Every fault of the file.
pub fn couriers(bytes: &[u8], file: &str, hubs: Option<&[Hub]>) -> Result<Vec<Courier>, Faults> {
    let mut log = FaultLog::new(file);
    let rows = rows(bytes, &COLUMNS, &mut log);
    let known: Option<HashMap<&HubId, &RegionId>> =
        hubs.map(|hubs| hubs.iter().map(|hub| (&hub.id, &hub.region)).collect());
    let mut ids = Unique::new();
    let couriers: Vec<Courier> = rows
        .iter()
        .filter_map(|row| courier(row, known.as_ref(), &mut ids, &mut log).ok())
        .collect();
    log.finish(couriers)
}

fn courier(
    row: &Row,
    hubs: Option<&HashMap<&HubId, &RegionId>>,
    ids: &mut Unique<CourierId>,
    log: &mut FaultLog,
) -> Result<Courier, Reported> {
    let mut reader = RowReader { columns: &COLUMNS, row, log };
    let id = reader.parsed("id", str::parse::<CourierId>);
    if let Ok(id) = &id {
        ids.check(&mut reader, "id", id);
    }
    let region = reader.parsed("region", str::parse::<RegionId>);
    let name = reader.parsed("name", |text| words(text, 200));
    let vehicle = reader.parsed("vehicle", str::parse);
    let hub = reader.parsed("hub", str::parse::<HubId>);
    let capacity = capacity(&mut reader);
    let skills = reader.optional("skills", skills);
    let max_stops = reader.optional("max_stops", |text| whole(text, 1..=10_000));
    let (region, hub) = (region?, hub?);
    if let Some(hubs) = hubs {
        match hubs.get(&hub) {
            Some(&at) if *at == region => {}
            Some(at) => {
                return reader.fault("hub", &format!("hub {hub} is in region {at}, not {region}"));
            }
            None => {
                let names = hubs.keys().map(|id| id.as_str());
                return reader.fault("hub", &unknown("hub", hub.as_str(), names));
            }
        }
    }
    Ok(Courier {
        id: id?,
        region,
        name: name?,
        vehicle: vehicle?,
        hub,
        capacity: capacity?,
        skills: skills?.unwrap_or_default(),
        max_stops: max_stops?.and_then(|stops| u32::try_from(stops).ok()),
    })
}

fn capacity(reader: &mut RowReader<'_>) -> Result<Load, Reported> {
    let mut limit = |column, unlimited| {
        let given = reader.optional(column, |text| whole(text, 0..=CAPACITY_MAX))?;
        Ok(given.unwrap_or(unlimited))
    };
    let most = Load::UNLIMITED;
    let parcels = limit("max_parcels", most.parcels);
    let weight_g = limit("max_weight_g", most.weight_g);
    let volume_ml = limit("max_volume_ml", most.volume_ml);
    let value = limit("max_value", most.value);
    Ok(Load { parcels: parcels?, weight_g: weight_g?, volume_ml: volume_ml?, value: value? })
}
