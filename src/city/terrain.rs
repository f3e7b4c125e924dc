//! Where people live: a dense centre, sub-centres around it, and the outskirts.

use super::dice::{Dice, Part};
use super::ground::moved;
use crate::geo::Point;
use crate::model::Area;

/// How many sub-centres a city has.
const SUB_CENTRES: usize = 6;
/// How many compounds are tried before one is put at the city's centre: areas may be small.
const TRIES_MAX: usize = 100;

/// A part of the city: compounds lie around its middle as under a bell curve.
struct District {
    middle: Point,
    deviation_m: f64,
    weight: u32,
}

/// `count` residential compounds inside `area`: about two fifths of them in the centre, as many in
/// the sub-centres 5 to 15 km away, the rest far out.
pub(super) fn compounds(seed: u64, centre: Point, area: &Area, count: usize) -> Vec<Point> {
    let mut dice = Dice::new(seed, Part::Terrain);
    let districts = districts(&mut dice, centre);
    let weights: Vec<u32> = districts.iter().map(|district| district.weight).collect();
    (0..count)
        .map(|_| {
            let district = &districts[dice.weighted(&weights)];
            let mut tries = std::iter::repeat_with(|| {
                let (east, north) = (dice.bell(), dice.bell());
                let spread = district.deviation_m;
                moved(district.middle, east * spread, north * spread)
            });
            tries.by_ref().take(TRIES_MAX).find(|&point| area.contains(point)).unwrap_or(centre)
        })
        .collect()
}

fn districts(dice: &mut Dice, centre: Point) -> Vec<District> {
    let mut districts = vec![
        District { middle: centre, deviation_m: 2_500.0, weight: 40 },
        District { middle: centre, deviation_m: 8_000.0, weight: 14 },
    ];
    let near_m = 5_000.0;
    let far_m = 15_000.0;
    while districts.len() < 2 + SUB_CENTRES {
        let east = (dice.unit() * 2.0 - 1.0) * far_m;
        let north = (dice.unit() * 2.0 - 1.0) * far_m;
        let square = east * east + north * north;
        if (near_m * near_m..far_m * far_m).contains(&square) {
            let middle = moved(centre, east, north);
            let weight = 5 + 2 * u32::try_from(districts.len() % 3).unwrap_or(0);
            districts.push(District { middle, deviation_m: 1_400.0, weight });
        }
    }
    districts
}
