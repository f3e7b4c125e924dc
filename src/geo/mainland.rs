//! Mainland China: where GCJ-02 and BD-09 shift, and where they do not.
//!
//! The usual test, a box from 72 to 138 °E and 0.8 to 56 °N, shifts Seoul, Hanoi and Ulaanbaatar
//! too. Here a box only turns away the rest of the world, and a polygon decides: the mainland's
//! [border], minus the outlines of what lies before its coast and is not shifted.
//!
//! Accuracy: better than about 1 km at Shenzhen, Zhuhai and the towns on border rivers, a few
//! kilometres in the wilderness. At sea the line is drawn generously, except towards Hong Kong,
//! Macau and Taiwan's islands. The reefs of the South China Sea are left out. The lines are those
//! of present administration, as the datum follows them, and imply no view on any claim.

mod border;

use super::Point;

/// West, south, east and north end of the border, degrees.
const BOX: [f64; 4] = [73.0, 17.0, 136.0, 54.0];

/// Outlines inside the border's line that are not shifted, corners as in [`border`].
const NOT_SHIFTED: [&[f64]; 5] = [HONG_KONG, MACAU, KINMEN, MATSU, WUQIU];

/// Hong Kong: the Shenzhen River, Sha Tau Kok, Mirs Bay, the open sea, Deep Bay.
const HONG_KONG: &[f64] = &[
    113.9951, 22.5101, 114.012, 22.506, 114.0306, 22.5015, 114.0422, 22.5035, 114.058, 22.5065,
    114.0658, 22.5159, 114.0735, 22.5182, 114.0853, 22.5229, 114.0835, 22.5285, 114.0915, 22.5335,
    114.104, 22.534, 114.114, 22.5305, 114.1171, 22.531, 114.1289, 22.5375, 114.1382, 22.5393,
    114.1487, 22.5425, 114.1539, 22.5519, 114.162, 22.5605, 114.1732, 22.5625, 114.183, 22.5562,
    114.2, 22.5562, 114.2145, 22.5545, 114.2215, 22.551, 114.2255, 22.548, 114.2285, 22.5465,
    114.236, 22.5525, 114.25, 22.5555, 114.28, 22.558, 114.33, 22.566, 114.43, 22.566, 114.452,
    22.556, 114.458, 22.525, 114.4623, 22.4687, 114.5025, 22.365, 114.5025, 22.1485, 113.819,
    22.1485, 113.819, 22.217, 113.8264, 22.2393, 113.8474, 22.2731, 113.8691, 22.3333, 113.8691,
    22.4288, 113.9478, 22.4724,
];

/// Macau with its waters, and the university campus on Hengqin.
const MACAU: &[f64] = &[
    113.5325, 22.2125, 113.5415, 22.2128, 113.5465, 22.2148, 113.5495, 22.216, 113.5535, 22.2145,
    113.565, 22.2105, 113.585, 22.2095, 113.605, 22.205, 113.635, 22.185, 113.635, 22.078, 113.549,
    22.078, 113.543, 22.105, 113.549, 22.119, 113.5425, 22.12, 113.5425, 22.137, 113.5485, 22.1385,
    113.5475, 22.152, 113.5365, 22.163, 113.531, 22.175, 113.532, 22.195, 113.5335, 22.206,
];

/// Kinmen, Lieyu and Dadan, opposite Xiamen.
const KINMEN: &[f64] = &[
    118.14, 24.375, 118.175, 24.405, 118.197, 24.44, 118.208, 24.465, 118.24, 24.49, 118.29,
    24.525, 118.37, 24.542, 118.44, 24.545, 118.49, 24.52, 118.53, 24.44, 118.5, 24.34, 118.2,
    24.335,
];

/// The Matsu islands, from Juguang to Dongyin.
const MATSU: &[f64] = &[
    119.86, 26.1, 119.87, 26.24, 119.935, 26.275, 119.96, 26.31, 120.02, 26.315, 120.45, 26.43,
    120.6, 26.42, 120.6, 26.3, 120.1, 26.08, 120.05, 25.9, 119.87, 25.9,
];

/// Wuqiu.
const WUQIU: &[f64] = &[119.41, 24.95, 119.41, 25.02, 119.5, 25.02, 119.5, 24.95];

/// Whether a point lies in mainland China (with Hainan, without Hong Kong, Macau and Taiwan).
///
/// About a nanosecond for most of the world; a couple of microseconds near and in China.
#[must_use]
pub fn is_mainland(point: Point) -> bool {
    let [west, south, east, north] = BOX;
    (west..=east).contains(&point.lon())
        && (south..=north).contains(&point.lat())
        && surrounds(&border::STRETCHES, point)
        && !NOT_SHIFTED.iter().any(|outline| surrounds(&[outline], point))
}

/// Whether a closed line, in stretches, surrounds a point: true where a ray eastwards crosses it
/// an odd number of times.
fn surrounds(stretches: &[&[f64]], point: Point) -> bool {
    let corners = || stretches.iter().flat_map(|stretch| stretch.as_chunks::<2>().0);
    let Some(mut from) = corners().next_back() else { return false };
    let mut inside = false;
    for to in corners() {
        inside ^= crosses(*from, *to, point);
        from = to;
    }
    inside
}

/// Whether the ray from `point` eastwards crosses the edge between two corners. The edge holds
/// its lower end and not its upper, so that a ray through a corner counts once.
fn crosses([x1, y1]: [f64; 2], [x2, y2]: [f64; 2], point: Point) -> bool {
    (y1 > point.lat()) != (y2 > point.lat())
        && point.lon() < x1 + (point.lat() - y1) / (y2 - y1) * (x2 - x1)
}

#[cfg(test)]
mod tests;
