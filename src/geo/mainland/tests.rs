//! Towns on both sides of every border, and the mask's shape.

use super::*;

/// Shifted: towns of the mainland, most of them next to a border.
const INSIDE: &[(&str, f64, f64)] = &[
    ("Huanggang port", 114.07, 22.5235),
    ("Futian", 114.055, 22.53),
    ("Shekou", 113.915, 22.482),
    ("Shenzhen Bay port", 113.948, 22.502),
    ("Shatoujiao SZ", 114.237, 22.561),
    ("Yantian", 114.27, 22.575),
    ("Zhuhai Gongbei", 113.553, 22.221),
    ("Zhuhai Hengqin", 113.53, 22.13),
    ("Wanzai", 113.527, 22.196),
    ("Xiamen", 118.09, 24.48),
    ("Xiangan", 118.25, 24.62),
    ("Huangqi", 119.88, 26.33),
    ("Langqi", 119.6, 26.1),
    ("Dandong", 124.39, 40.125),
    ("Heihe", 127.49, 50.245),
    ("Hunchun", 130.366, 42.863),
    ("Suifenhe", 131.15, 44.4),
    ("Manzhouli", 117.43, 49.6),
    ("Erenhot", 111.977, 43.653),
    ("Khorgos", 80.42, 44.21),
    ("Kashgar", 75.99, 39.47),
    ("Ruili", 97.855, 24.013),
    ("Hekou", 103.96, 22.53),
    ("Dongxing", 107.972, 21.546),
    ("Yadong", 88.907, 27.485),
    ("Zhangmu", 85.983, 27.99),
    ("Pingxiang", 106.755, 22.096),
    ("Sanya", 109.51, 18.25),
    ("Haikou", 110.33, 20.03),
    ("Ji'an", 126.19, 41.125),
    ("Tumen", 129.845, 42.968),
    ("Fuyuan", 134.31, 48.365),
    ("Mohe", 122.54, 52.97),
    ("Beiji near Mohe", 122.36, 53.48),
    ("Yanji", 129.5, 42.9),
    ("Linjiang", 126.92, 41.81),
    ("Changbai", 128.2, 41.42),
    ("Kuandian", 124.78, 40.73),
    ("Suzhou", 120.6, 31.3),
    ("Jinghong", 100.8, 22.0),
    ("Mohan", 101.69, 21.19),
    ("Tengchong", 98.49, 25.02),
    ("Nansan", 98.83, 23.78),
    ("Menglian", 99.59, 22.33),
    ("Burang", 81.18, 30.29),
    ("Gyirong", 85.3, 28.39),
    ("Cona", 91.96, 27.99),
    ("Medog", 95.33, 29.33),
    ("Zayu", 97.47, 28.66),
    ("Tashkurgan", 75.23, 37.77),
    ("Wuqia", 75.25, 39.72),
    ("Irkeshtam", 73.97, 39.69),
    ("Torugart", 75.4, 40.53),
    ("Tacheng", 82.98, 46.75),
    ("Jeminay", 85.87, 47.43),
    ("Alashankou", 82.57, 45.17),
    ("Ceke", 101.2, 42.37),
    ("Luobei", 131.2, 47.7),
    ("Tongjiang", 132.5, 47.65),
    ("Raohe", 134.0, 46.8),
    ("Hulin", 132.97, 45.76),
    ("Mishan", 131.87, 45.53),
    ("Dongning", 131.12, 44.06),
    ("Quanhe", 130.51, 42.62),
    ("Fangchuan", 130.6, 42.43),
    ("Huma", 126.65, 51.73),
    ("Heishantou", 119.53, 50.22),
    ("Arxan", 119.94, 47.17),
    ("Shengsi", 122.45, 30.73),
    ("Pingtan", 119.79, 25.5),
    ("Dongshan", 117.43, 23.7),
    ("Nanao", 117.02, 23.42),
    ("Weizhou", 109.12, 21.04),
    ("Wanshan", 113.73, 21.94),
    ("Dan'gan", 114.27, 22.06),
    ("Jingxi", 106.42, 23.13),
    ("Jinping", 103.23, 22.78),
    ("Malipo", 104.7, 23.13),
    ("Luohu", 114.119, 22.54),
    ("Beijing", 116.4074, 39.9042),
    ("Shanghai", 121.4737, 31.2304),
    ("Guangzhou", 113.2644, 23.1291),
    ("Chengdu", 104.0665, 30.5723),
    ("Urumqi", 87.6168, 43.8256),
    ("Lhasa", 91.1322, 29.6604),
    ("Harbin", 126.6424, 45.7567),
    ("Kunming", 102.8329, 24.8801),
    ("Nanning", 108.3665, 22.817),
    ("Dalian", 121.6147, 38.914),
    ("Qingdao", 120.3826, 36.0671),
];

/// Not shifted: towns across each border, and around.
const OUTSIDE: &[(&str, f64, f64)] = &[
    ("Lo Wu", 114.113, 22.528),
    ("Sheung Shui", 114.128, 22.501),
    ("Lok Ma Chau", 114.065, 22.513),
    ("Yuen Long", 114.03, 22.445),
    ("Tin Shui Wai", 114.003, 22.46),
    ("Tuen Mun", 113.975, 22.39),
    ("Sha Tau Kok HK", 114.222, 22.546),
    ("HKG airport", 113.915, 22.31),
    ("Tai O", 113.862, 22.254),
    ("Central", 114.158, 22.282),
    ("Sai Kung", 114.27, 22.38),
    ("Tung Ping Chau", 114.433, 22.543),
    ("Po Toi", 114.265, 22.165),
    ("Macau", 113.543, 22.198),
    ("Macau N", 113.552, 22.211),
    ("Taipa", 113.558, 22.156),
    ("Coloane", 113.557, 22.12),
    ("Cotai", 113.56, 22.14),
    ("Taipei", 121.56, 25.03),
    ("Kinmen", 118.32, 24.435),
    ("Lieyu", 118.235, 24.43),
    ("Matsu Nangan", 119.93, 26.155),
    ("Beigan", 119.995, 26.22),
    ("Dongyin", 120.49, 26.365),
    ("Juguang", 119.94, 25.96),
    ("Wuqiu", 119.455, 24.99),
    ("Penghu", 119.57, 23.57),
    ("Sinuiju", 124.4, 40.095),
    ("Blagoveshchensk", 127.53, 50.27),
    ("LaoCai", 103.972, 22.49),
    ("MongCai", 107.967, 21.525),
    ("Khasan", 130.64, 42.43),
    ("Pogranichny", 131.38, 44.41),
    ("Zabaikalsk", 117.33, 49.64),
    ("Zamyn-Uud", 111.9, 43.72),
    ("Khorgos KZ", 80.36, 44.21),
    ("Zharkent", 80.0, 44.17),
    ("Osh", 72.8, 40.53),
    ("Muse", 97.9, 23.985),
    ("DongDang", 106.7, 21.945),
    ("LangSon", 106.76, 21.85),
    ("Manpo", 126.28, 41.15),
    ("Namyang", 129.865, 42.95),
    ("Khabarovsk", 135.07, 48.48),
    ("Thimphu", 89.64, 27.47),
    ("Gangtok", 88.61, 27.33),
    ("Nathula IN", 88.8, 27.38),
    ("Kodari", 85.95, 27.95),
    ("Kathmandu", 85.32, 27.71),
    ("Hyesan", 128.18, 41.4),
    ("Hoeryong", 129.75, 42.44),
    ("Tawang", 91.87, 27.59),
    ("Leh", 77.58, 34.16),
    ("Gilgit", 74.31, 35.92),
    ("Sost", 74.82, 36.69),
    ("Murghab", 73.97, 38.17),
    ("Sary-Tash", 73.25, 39.73),
    ("Naryn", 76.0, 41.43),
    ("Almaty", 76.9, 43.25),
    ("Dostyk", 82.48, 45.25),
    ("Zaysan", 84.87, 47.47),
    ("Olgii", 89.97, 48.97),
    ("Leninskoye", 132.6, 47.93),
    ("Nizhneleninskoye", 132.62, 47.94),
    ("Pashkovo", 130.65, 48.9),
    ("Dalnerechensk", 133.73, 45.93),
    ("Sukhbaatar", 106.2, 50.24),
    ("Ulaanbaatar", 106.9, 47.9),
    ("Mongla", 100.03, 21.66),
    ("Laukkai", 98.76, 23.69),
    ("HaGiang", 104.98, 22.82),
    ("CaoBang", 106.26, 22.66),
    ("PhongSaly", 102.1, 21.68),
    ("DienBien", 103.02, 21.39),
    ("Hanoi", 105.85, 21.03),
    ("Jeju", 126.53, 33.5),
    ("Seoul", 126.98, 37.57),
    ("Baengnyeong", 124.7, 37.95),
    ("Fukuoka", 130.4, 33.6),
    ("Okinawa", 127.68, 26.2),
    ("Ishigaki", 124.16, 24.34),
    ("Yonaguni", 123.0, 24.46),
    ("Tsushima", 129.3, 34.4),
    ("Manila", 121.0, 14.6),
    ("Sinpyong", 124.9, 40.4),
    ("Kraskino", 130.78, 42.71),
    ("Rason", 130.3, 42.25),
    ("Islamabad", 73.05, 33.7),
    ("Kunduz", 68.9, 36.7),
    ("Wakhan Sarhad", 73.4, 37.0),
    ("Itanagar", 93.6, 27.1),
    ("Walong", 97.02, 28.13),
    ("BachLongVi", 107.73, 20.13),
];

fn shifted(lon: f64, lat: f64) -> bool {
    is_mainland(Point::new(lon, lat).unwrap())
}

#[test]
fn towns_of_the_mainland_are_inside() {
    let missing: Vec<_> = INSIDE.iter().filter(|(_, lon, lat)| !shifted(*lon, *lat)).collect();
    assert!(missing.is_empty(), "taken for abroad: {missing:?}");
}

#[test]
fn towns_elsewhere_are_outside() {
    let wrong: Vec<_> = OUTSIDE.iter().filter(|(_, lon, lat)| shifted(*lon, *lat)).collect();
    assert!(wrong.is_empty(), "taken for the mainland: {wrong:?}");
}

#[test]
fn the_rest_of_the_world_is_outside() {
    for (lon, lat) in [(0.0, 0.0), (-122.4, 37.8), (103.82, 1.35), (180.0, 90.0), (-180.0, -90.0)] {
        assert!(!shifted(lon, lat), "{lon} {lat}");
    }
}

#[test]
fn every_corner_is_in_the_box() {
    let [west, south, east, north] = BOX;
    for stretch in border::STRETCHES.iter().chain(&NOT_SHIFTED) {
        let (corners, odd) = stretch.as_chunks::<2>();
        assert!(odd.is_empty() && corners.len() >= 4);
        for [lon, lat] in corners {
            assert!((west..=east).contains(lon) && (south..=north).contains(lat), "{lon} {lat}");
        }
    }
}

#[test]
fn stretches_meet() {
    let ends = |stretch: &[f64]| {
        (stretch[0], stretch[1], stretch[stretch.len() - 2], stretch[stretch.len() - 1])
    };
    let mut from = ends(border::STRETCHES[border::STRETCHES.len() - 1]);
    for stretch in border::STRETCHES {
        let to = ends(stretch);
        let gap = (to.0 - from.2).hypot(to.1 - from.3);
        assert!(gap < 1.0, "a gap of {gap} degrees before {} {}", to.0, to.1);
        from = to;
    }
}

#[test]
fn a_ray_through_a_corner_counts_once() {
    let diamond: &[f64] = &[0.0, -1.0, 1.0, 0.0, 0.0, 1.0, -1.0, 0.0];
    let inside = |lon, lat| surrounds(&[diamond], Point::new(lon, lat).unwrap());
    assert!(inside(0.0, 0.0));
    assert!(!inside(-2.0, 0.0) && !inside(2.0, 0.0) && !inside(-2.0, 1.0) && !inside(0.0, -1.5));
}
