//! H3 cells: the hexagons that the globe is divided into.
//!
//! A resolution-8 cell is about 0.7 km² (531 m edges), resolution 9 a seventh of that, and so on.
//! See <https://h3geo.org/docs/core-library/restable>.

pub use h3o::{CellIndex, Resolution};

use super::Point;

/// The cell that holds a point.
///
/// # Panics
///
/// Never: H3 refuses only coordinates that are not finite, and a [`Point`] is finite.
#[must_use]
pub fn cell_at(point: Point, resolution: Resolution) -> CellIndex {
    h3o::LatLng::new(point.lat(), point.lon())
        .expect("a point's coordinates are finite")
        .to_cell(resolution)
}

/// The cells at most `k` steps from `cell`, itself included: `3k(k+1) + 1` of them, sorted (fewer
/// next to one of the twelve pentagons).
#[must_use]
pub fn ring(cell: CellIndex, k: u32) -> Vec<CellIndex> {
    let mut cells: Vec<CellIndex> = cell.grid_disk(k);
    cells.sort_unstable();
    cells
}

/// The middle of a cell.
#[must_use]
pub fn centre(cell: CellIndex) -> Point {
    point_of(h3o::LatLng::from(cell))
}

/// The corners of a cell, counter-clockwise, the first not repeated: six, or a few more where the
/// cell crosses an edge of the icosahedron underneath.
#[must_use]
pub fn boundary(cell: CellIndex) -> Vec<Point> {
    cell.boundary().iter().map(|&corner| point_of(corner)).collect()
}

/// H3's coordinates as a point. Rounding may leave the range by one bit, hence the clamp.
fn point_of(at: h3o::LatLng) -> Point {
    Point::new(at.lng().clamp(-180.0, 180.0), at.lat().clamp(-90.0, 90.0))
        .expect("H3's coordinates are finite, and clamped")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::haversine_m;

    fn tiananmen() -> Point {
        Point::new(116.3975, 39.9087).unwrap()
    }

    #[test]
    fn a_cell_holds_its_centre_and_the_point_is_near() {
        let cell = cell_at(tiananmen(), Resolution::Eight);
        assert_eq!(cell.resolution(), Resolution::Eight);
        assert_eq!(cell_at(centre(cell), Resolution::Eight), cell);
        assert!(haversine_m(centre(cell), tiananmen()) < 700.0);
    }

    #[test]
    fn rings_count_hexagons() {
        let cell = cell_at(tiananmen(), Resolution::Nine);
        assert_eq!(ring(cell, 0), vec![cell]);
        for k in 1..5 {
            let disk = ring(cell, k);
            assert_eq!(u32::try_from(disk.len()), Ok(3 * k * (k + 1) + 1));
            assert!(disk.binary_search(&cell).is_ok());
        }
    }

    #[test]
    fn the_boundary_surrounds_the_centre() {
        let cell = cell_at(tiananmen(), Resolution::Eight);
        let corners = boundary(cell);
        assert_eq!(corners.len(), 6);
        for corner in corners {
            let metres = haversine_m(corner, centre(cell));
            assert!((350.0..800.0).contains(&metres), "{metres}");
        }
    }

    #[test]
    fn poles_and_date_line_have_cells() {
        for (lon, lat) in [(0.0, 90.0), (0.0, -90.0), (180.0, 0.0), (-180.0, 0.0)] {
            let cell = cell_at(Point::new(lon, lat).unwrap(), Resolution::Eight);
            assert!(boundary(cell).len() >= 5);
            assert!(centre(cell).lat().abs() <= 90.0);
        }
    }
}
