//! What must hold for every clustering, over random cities; and how even a dense city's zones are.

use std::collections::BTreeMap;

use geo::{Contains, MultiPolygon};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::geo::{cell_at, ring};

/// Seven hours.
const SHIFT_S: i64 = 25_200;

/// Demand in normal-like clusters `(lon, lat, spread in degrees)`, `count` in all.
fn city(seed: u64, clusters: &[(f64, f64, f64)], count: usize) -> Vec<Demand> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .map(|_| {
            let (lon, lat, spread) = clusters[rng.random_range(0..clusters.len())];
            let mut off = || (0..4).map(|_| rng.random_range(-0.5..0.5)).sum::<f64>() * spread;
            let point = Point::new(lon + off(), lat + off()).unwrap();
            Demand { point, work_s: rng.random_range(300..1_800) }
        })
        .collect()
}

/// A whole, dense city of about 30 by 30 km around Beijing's middle.
fn dense(count: usize) -> Vec<Demand> {
    city(7, &[(116.40, 39.91, 0.12), (116.46, 39.93, 0.05), (116.31, 39.98, 0.06)], count)
}

/// Whether two cells that do not overlap touch: a descendant of one neighbours the other.
fn touch(a: CellIndex, b: CellIndex) -> bool {
    let (coarse, fine) = if a.resolution() < b.resolution() { (a, b) } else { (b, a) };
    ring(fine, 1).iter().any(|next| next.parent(coarse.resolution()) == Some(coarse))
}

fn is_connected(cells: &[CellIndex]) -> bool {
    let mut left: BTreeSet<CellIndex> = cells.iter().copied().collect();
    let mut open: Vec<CellIndex> = left.pop_first().into_iter().collect();
    while let Some(at) = open.pop() {
        let reached: Vec<CellIndex> =
            left.iter().copied().filter(|&cell| touch(at, cell)).collect();
        for cell in reached {
            left.remove(&cell);
            open.push(cell);
        }
    }
    left.is_empty()
}

/// Asserts every invariant of the module's page, without using its code.
fn verify(demands: &[Demand], zones: &[Zone]) {
    let mut seen = vec![0; demands.len()];
    let mut owner: BTreeMap<CellIndex, u32> = BTreeMap::new();
    for (zone, id) in zones.iter().zip(0..) {
        assert_eq!(zone.id, id);
        assert!(!zone.members.is_empty(), "zone {id} is empty");
        assert!(zone.cells.is_sorted() && zone.members.is_sorted());
        assert!(is_connected(&zone.cells), "zone {id} is in pieces");
        for &cell in &zone.cells {
            assert_eq!(owner.insert(cell, id), None, "{cell} twice");
        }
        let mut work_s = 0;
        for &member in &zone.members {
            let demand = demands[member as usize];
            seen[member as usize] += 1;
            work_s += demand.work_s;
            let holds = |cell: &&CellIndex| cell_at(demand.point, cell.resolution()) == **cell;
            assert!(zone.cells.iter().any(|cell| holds(&cell)), "{demand:?} is outside zone {id}");
        }
        assert_eq!(work_s, zone.work_s);
    }
    assert!(seen.iter().all(|&times| times == 1), "a demand in no zone, or in two");
    for &cell in owner.keys() {
        let ancestors = Resolution::range(Resolution::Zero, cell.resolution()).rev().skip(1);
        for ancestor in ancestors.filter_map(|resolution| cell.parent(resolution)) {
            assert!(!owner.contains_key(&ancestor), "{cell} lies in {ancestor}");
        }
    }
}

/// A zone without its member indices, which depend on the order of the demand.
fn shape(zones: &[Zone]) -> Vec<(Vec<CellIndex>, i64)> {
    zones.iter().map(|zone| (zone.cells.clone(), zone.work_s)).collect()
}

prop_compose! {
    fn clusters()(
        lon in -170.0..170.0,
        lat in -60.0..65.0,
        around in prop::collection::vec((-0.3..0.3, -0.3..0.3, 0.002..0.3), 1..6),
    ) -> Vec<(f64, f64, f64)> {
        around.into_iter().map(|(east, north, spread)| (lon + east, lat + north, spread)).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_city_is_clustered_soundly(
        clusters in clusters(),
        count in 0..500_usize,
        seed in any::<u64>(),
        shift_s in 3_000..60_000_i64,
        finest in 8..=10_u8,
        coarsest in 6..=8_u8,
    ) {
        let demands = city(seed, &clusters, count);
        let settings = ZoneSettings {
            finest: Resolution::try_from(finest).unwrap(),
            coarsest: Resolution::try_from(coarsest).unwrap(),
            ..ZoneSettings::new(shift_s)
        };
        verify(&demands, &grow(&demands, &settings));
    }

    #[test]
    fn the_order_of_the_demand_does_not_matter(clusters in clusters(), seed in any::<u64>()) {
        let mut demands = city(seed, &clusters, 200);
        let settings = ZoneSettings::new(SHIFT_S);
        let zones = grow(&demands, &settings);
        prop_assert_eq!(&zones, &grow(&demands, &settings));
        demands.reverse();
        demands.rotate_left(57);
        prop_assert_eq!(shape(&zones), shape(&grow(&demands, &settings)));
    }

    #[test]
    fn every_point_is_inside_its_outline(clusters in clusters(), seed in any::<u64>()) {
        let demands = city(seed, &clusters, 120);
        let zones = grow(&demands, &ZoneSettings::new(SHIFT_S));
        let features = feature_collection(&zones, SHIFT_S).features;
        for (zone, feature) in zones.iter().zip(features) {
            let outline = MultiPolygon::<f64>::try_from(feature.geometry.unwrap()).unwrap();
            for &member in &zone.members {
                let at = demands[member as usize].point;
                prop_assert!(outline.contains(&geo::Point::new(at.lon(), at.lat())), "{:?}", at);
            }
        }
    }
}

#[test]
fn a_dense_city_has_even_zones() {
    let demands = dense(2_000);
    let zones = grow(&demands, &ZoneSettings::new(SHIFT_S));
    verify(&demands, &zones);
    let percent: Vec<i64> = zones.iter().map(|zone| zone.work_s * 100 / SHIFT_S).collect();
    assert!(percent.iter().all(|share| (75..=125).contains(share)), "{percent:?}");
    let near = percent.iter().filter(|share| (85..=115).contains(*share)).count();
    assert!(near * 10 >= zones.len() * 9, "{percent:?}");
}

#[test]
fn sparse_demand_is_bridged_rather_than_scattered() {
    // 60 bookings over about 80 by 80 km: a bit more than two shifts' work.
    let demands = city(3, &[(104.06, 30.66, 0.4)], 60);
    let zones = grow(&demands, &ZoneSettings::new(SHIFT_S));
    verify(&demands, &zones);
    assert!((2..=4).contains(&zones.len()), "{} zones", zones.len());
    assert!(zones.iter().any(|zone| zone.cells.len() > zone.members.len()), "no bridge");
}

#[test]
fn a_busy_tower_is_one_zone_too_large_and_harms_no_other() {
    let tower = Point::new(116.46, 39.91).unwrap();
    let mut demands = dense(600);
    demands.extend((0..80).map(|_| Demand { point: tower, work_s: 1_000 }));
    let zones = grow(&demands, &ZoneSettings::new(SHIFT_S));
    verify(&demands, &zones);
    let large = zones.iter().filter(|zone| zone.work_s > SHIFT_S * 165 / 100).count();
    assert_eq!(large, 1, "{:?}", zones.iter().map(|zone| zone.work_s).collect::<Vec<_>>());
}

#[test]
fn a_stray_point_is_a_zone_of_its_own() {
    let mut demands = dense(300);
    let before = grow(&demands, &ZoneSettings::new(SHIFT_S)).len();
    demands.push(Demand { point: Point::new(0.0, -89.9).unwrap(), work_s: 600 });
    let zones = grow(&demands, &ZoneSettings::new(SHIFT_S));
    verify(&demands, &zones);
    assert_eq!(zones.len(), before + 1);
}

#[test]
fn odd_input_is_survived() {
    let point = Point::new(116.4, 39.9).unwrap();
    let settings = ZoneSettings::new(SHIFT_S);
    assert!(grow(&[], &settings).is_empty());
    for work_s in [0, -5, i64::MAX, i64::MIN] {
        let zones = grow(&[Demand { point, work_s }; 3], &settings);
        assert_eq!(zones.len(), 1);
        assert_eq!(zones[0].members, [0, 1, 2]);
    }
    for target_work_s in [0, -1, 1, i64::MAX] {
        let settings = ZoneSettings { target_work_s, ..settings };
        verify(&dense(50), &grow(&dense(50), &settings));
    }
    let crossed = ZoneSettings {
        coarsest: Resolution::Ten,
        finest: Resolution::Six,
        ..ZoneSettings::new(SHIFT_S)
    };
    let zones = grow(&dense(50), &crossed);
    verify(&dense(50), &zones);
    assert!(zones.iter().flat_map(|z| &z.cells).all(|c| c.resolution() == Resolution::Eight));
}

#[test]
fn zones_know_whom_they_touch() {
    let mut demands = dense(400);
    demands.push(Demand { point: Point::new(121.47, 31.23).unwrap(), work_s: 600 });
    let zones = grow(&demands, &ZoneSettings::new(SHIFT_S));
    let touching = neighbours(&zones);
    for a in &zones {
        for b in zones.iter().filter(|b| b.id != a.id) {
            let share_a_border = a.cells.iter().any(|&c| b.cells.iter().any(|&d| touch(c, d)));
            assert_eq!(touching[a.id as usize].contains(&b.id), share_a_border);
        }
    }
    let alone = touching.iter().filter(|near| near.is_empty()).count();
    assert_eq!(alone, 1, "the zone in the other city");
}

#[test]
fn features_tell_the_zone() {
    let demands = dense(200);
    let zones = grow(&demands, &ZoneSettings::new(SHIFT_S));
    let features = feature_collection(&zones, SHIFT_S).features;
    assert_eq!(features.len(), zones.len());
    for (zone, feature) in zones.iter().zip(&features) {
        assert_eq!(feature.property("zone"), Some(&zone.id.into()));
        assert_eq!(feature.property("work_s"), Some(&zone.work_s.into()));
        assert_eq!(feature.property("bookings"), Some(&zone.members.len().into()));
        let cells = feature.property("cells").unwrap().as_array().unwrap();
        assert_eq!(cells[0], zone.cells[0].to_string());
        assert_eq!(cells.len(), zone.cells.len());
        let share = feature.property("share_of_target").unwrap().as_f64().unwrap();
        assert!(
            (share * 25_200.0 - feature.property("work_s").unwrap().as_f64().unwrap()).abs() < 1e-6
        );
    }
}

#[test]
fn cells_that_overlap_are_still_drawn() {
    let cell = cell_at(Point::new(116.4, 39.9).unwrap(), Resolution::Eight);
    let zone = Zone { id: 0, cells: vec![cell, cell], members: vec![0], work_s: 1 };
    let feature = feature_collection(&[zone], 0).features.remove(0);
    let outline = MultiPolygon::<f64>::try_from(feature.geometry.unwrap()).unwrap();
    assert!(!outline.0.is_empty());
}
