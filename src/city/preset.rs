//! Cities whose place on the map is known.

use crate::geo::Point;
use chrono_tz::Tz;

/// A city by name.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// The region's id.
    pub id: &'static str,
    /// As people know it.
    pub name: &'static str,
    /// Its time zone.
    pub zone: Tz,
    lon: f64,
    lat: f64,
}

/// The cities that can be had by name.
pub const PRESETS: [Preset; 5] = [
    china("shanghai", "Shanghai", 121.4737, 31.2304),
    china("beijing", "Beijing", 116.4074, 39.9042),
    china("guangzhou", "Guangzhou", 113.2644, 23.1291),
    china("shenzhen", "Shenzhen", 114.0579, 22.5431),
    china("hangzhou", "Hangzhou", 120.1551, 30.2741),
];

const fn china(id: &'static str, name: &'static str, lon: f64, lat: f64) -> Preset {
    Preset { id, name, zone: chrono_tz::Asia::Shanghai, lon, lat }
}

impl Preset {
    /// The city of that id.
    #[must_use]
    pub fn find(id: &str) -> Option<Self> {
        PRESETS.into_iter().find(|preset| preset.id == id)
    }

    /// Its middle.
    ///
    /// # Panics
    /// Never: the table holds positions.
    #[must_use]
    pub fn centre(self) -> Point {
        Point::new(self.lon, self.lat).expect("the table holds positions")
    }
}
