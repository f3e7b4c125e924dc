//! Zones as `GeoJSON`, for the dispatcher's map.

use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonObject, Position};
use h3o::geom::SolventBuilder;

use super::Zone;
use crate::geo::{CellIndex, Resolution, boundary};

/// One feature per zone: the outline of its cells as a `MultiPolygon` (WGS-84), with the properties
/// `zone` (its id), `work_s`, `bookings` (how many), `cells` (their H3 indices) and
/// `share_of_target` (its work as a part of `target_work_s`).
///
/// The outlines are those of the cells' descendants at the finest resolution among all zones, so
/// that zones neither overlap nor leave gaps between coarse cells and fine ones.
#[must_use]
pub fn feature_collection(zones: &[Zone], target_work_s: i64) -> FeatureCollection {
    let cells = zones.iter().flat_map(|zone| &zone.cells);
    let finest = cells.map(|cell| cell.resolution()).max().unwrap_or(Resolution::Zero);
    zones.iter().map(|zone| feature(zone, finest, target_work_s)).collect()
}

fn feature(zone: &Zone, finest: Resolution, target_work_s: i64) -> Feature {
    Feature {
        bbox: None,
        geometry: Some(Geometry::new(outline(&zone.cells, finest))),
        id: Some(geojson::feature::Id::Number(zone.id.into())),
        properties: Some(properties(zone, target_work_s)),
        foreign_members: None,
    }
}

fn properties(zone: &Zone, target_work_s: i64) -> JsonObject {
    let cells: Vec<String> = zone.cells.iter().map(ToString::to_string).collect();
    JsonObject::from_iter([
        ("zone".to_owned(), zone.id.into()),
        ("work_s".to_owned(), zone.work_s.into()),
        ("bookings".to_owned(), zone.members.len().into()),
        ("cells".to_owned(), cells.into()),
        ("share_of_target".to_owned(), share(zone.work_s, target_work_s).into()),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for display; days of seconds are exact")]
fn share(work_s: i64, target_work_s: i64) -> f64 {
    work_s as f64 / target_work_s.max(1) as f64
}

/// The outline of some cells. Cells that overlap, which no zone of [`grow`](super::grow) has,
/// cannot be dissolved and are drawn one by one.
fn outline(cells: &[CellIndex], finest: Resolution) -> GeometryValue {
    let solvent = SolventBuilder::new().enable_heterogeneous_support(finest).build();
    match solvent.dissolve(cells.iter().copied()) {
        Ok(outline) => GeometryValue::from(&outline),
        Err(_) => GeometryValue::MultiPolygon {
            coordinates: cells.iter().map(|&cell| vec![closed_ring(cell)]).collect(),
        },
    }
}

/// A cell's boundary with its first corner repeated, as `GeoJSON` wants rings.
fn closed_ring(cell: CellIndex) -> Vec<Position> {
    let corners = boundary(cell);
    let first = corners.first().copied();
    corners.into_iter().chain(first).map(|at| Position::from([at.lon(), at.lat()])).collect()
}
