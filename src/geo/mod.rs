//! Where things are: points, the datums callers speak, distances, and H3 cells.
//!
//! # Points and datums
//!
//! Inside Doorstep every coordinate is a [`Point`]: WGS-84 degrees, finite and in range by
//! construction. Callers may speak otherwise. Chinese maps publish positions in **GCJ-02**, which
//! moves every point of mainland China by a few hundred metres, or in Baidu's **BD-09**, which
//! moves them once more. A coordinate as it was given is a [`Place`] (numbers and a [`Datum`]);
//! [`Place::to_wgs84`] turns it into a point at the edge and [`Place::from_wgs84`] turns a point
//! back for the answer. Only what lies in [mainland China](is_mainland) is shifted.
//!
//! # Distances
//!
//! [`haversine_m`] is the reference: metres along the great circle. Where millions of distances
//! between near points are needed, [`LocalProjection`] lays the city out flat once and then
//! answers in about two nanoseconds, with a stated error.
//!
//! # Cells
//!
//! [H3](https://h3geo.org) divides the globe into hexagons in sixteen resolutions, each about
//! seven times finer than the one before. [`cell_at`] names the cell that holds a point,
//! [`ring`] the cells around one. Rings answer "what is near?", cells are the tiles from which
//! [`zones`](crate::zones) are grown, and pairs of cells are the keys of travel-time caches.

mod cell;
mod datum;
mod distance;
mod mainland;
mod place;
mod point;
mod projection;

pub use cell::{CellIndex, Resolution, boundary, cell_at, centre, ring};
pub use datum::{Datum, UnknownDatum};
pub use distance::{EARTH_RADIUS_M, haversine_m};
pub use mainland::is_mainland;
pub use place::Place;
pub use point::{Point, PointError};
pub use projection::{FlatPoint, LocalProjection};
