//! `hubs.csv`: service centres.

use super::cell::{position, time_of_day, to_wgs84, words};
use super::fault::{FaultLog, Faults};
use super::sheet::{Columns, Reported, Row, RowReader, Unique, rows, unknown};
use crate::geo::Datum;
use crate::model::{Hub, HubId, Region, RegionId};

const COLUMNS: Columns = Columns {
    required: &["id", "region", "name", "lon", "lat", "opens", "closes"],
    optional: &["datum"],
};

/// Reads hubs.
///
/// With `regions`, each hub must name one of them and stand inside it, and coordinates without a
/// `datum` are in that region's. Without, any region is accepted, and the datum is WGS-84.
///
/// # Errors
/// Every fault of the file.
pub fn hubs(bytes: &[u8], file: &str, regions: Option<&[Region]>) -> Result<Vec<Hub>, Faults> {
    let mut log = FaultLog::new(file);
    let rows = rows(bytes, &COLUMNS, &mut log);
    let mut ids = Unique::new();
    let hubs: Vec<Hub> =
        rows.iter().filter_map(|row| hub(row, regions, &mut ids, &mut log).ok()).collect();
    log.finish(hubs)
}

fn hub(
    row: &Row,
    regions: Option<&[Region]>,
    ids: &mut Unique<HubId>,
    log: &mut FaultLog,
) -> Result<Hub, Reported> {
    let mut reader = RowReader { columns: &COLUMNS, row, log };
    let id = reader.parsed("id", str::parse::<HubId>);
    if let Ok(id) = &id {
        ids.check(&mut reader, "id", id);
    }
    let region = reader.parsed("region", str::parse::<RegionId>);
    let name = reader.parsed("name", |text| words(text, 200));
    let position = position(&mut reader);
    let opens = reader.parsed("opens", time_of_day);
    let closes = reader.parsed("closes", time_of_day);
    let region = region?;
    let settings = match regions {
        Some(regions) => Some(known_region(&mut reader, &region, regions)?),
        None => None,
    };
    let (lon, lat, datum) = position?;
    let datum = datum.or(settings.map(|region| region.datum)).unwrap_or(Datum::Wgs84);
    let place = match to_wgs84(lon, lat, datum) {
        Ok(place) => place,
        Err(error) => return reader.fault("lon/lat", &error),
    };
    if let Some(settings) = settings.filter(|settings| !settings.area.contains(place)) {
        let message = super::booking::outside(settings, place, regions.unwrap_or_default());
        return reader.fault("lon/lat", &message);
    }
    Ok(Hub { id: id?, region, name: name?, place, opens: opens?, closes: closes? })
}

/// The region of a row, if there is one of that name.
fn known_region<'a>(
    reader: &mut RowReader<'_>,
    id: &RegionId,
    regions: &'a [Region],
) -> Result<&'a Region, Reported> {
    let Some(known) = regions.iter().find(|region| region.id == *id) else {
        let names = regions.iter().map(|region| region.id.as_str());
        return reader.fault("region", &unknown("region", id.as_str(), names));
    };
    Ok(known)
}
