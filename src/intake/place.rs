//! Places alone: where a city's demand is.

use super::cell::{degrees, to_wgs84};
use super::fault::{FaultLog, Faults};
use super::sheet::{Columns, Reported, RowReader, rows};
use crate::geo::{Datum, Point};

const PLAIN: Columns = Columns { required: &["lon", "lat"], optional: &["datum"] };
const GCJ02: Columns = Columns { required: &["lon_gcj02", "lat_gcj02"], optional: &[] };
const BD09: Columns = Columns { required: &["lon_bd09", "lat_bd09"], optional: &[] };

/// Reads places as WGS-84 points, in the file's order. `datum` is that of the numbers; columns
/// `lon_gcj02, lat_gcj02` (or `_bd09`) are taken where it is GCJ-02 (BD-09) and the header has
/// them.
///
/// # Errors
/// Every fault of the file.
pub fn places(bytes: &[u8], file: &str, datum: Datum) -> Result<Vec<Point>, Faults> {
    let mut log = FaultLog::new(file);
    let columns = match datum {
        Datum::Gcj02 if mentions(bytes, b"lon_gcj02") => &GCJ02,
        Datum::Bd09 if mentions(bytes, b"lon_bd09") => &BD09,
        Datum::Wgs84 | Datum::Gcj02 | Datum::Bd09 => &PLAIN,
    };
    let rows = rows(bytes, columns, &mut log);
    let mut points = Vec::with_capacity(rows.len());
    for row in &rows {
        points.extend(place(RowReader { columns, row, log: &mut log }, datum));
    }
    log.finish(points)
}

/// Whether the first line has a name.
fn mentions(bytes: &[u8], name: &[u8]) -> bool {
    let header = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    header.windows(name.len()).any(|part| part.eq_ignore_ascii_case(name))
}

fn place(mut reader: RowReader<'_>, datum: Datum) -> Result<Point, Reported> {
    let (lon_column, lat_column) = (reader.columns.required[0], reader.columns.required[1]);
    let lon = reader.parsed(lon_column, degrees);
    let lat = reader.parsed(lat_column, degrees);
    let named = reader.optional("datum", |text| text.to_ascii_lowercase().parse());
    let datum = if reader.columns.optional.is_empty() { datum } else { named?.unwrap_or(datum) };
    match to_wgs84(lon?, lat?, datum) {
        Ok(point) => Ok(point),
        Err(error) => reader.fault(lat_column, &error),
    }
}
