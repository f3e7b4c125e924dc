//! What VROOM's keys become.

use super::reading::{answer, vroom};
use doorstep::solver::{Break, Costs, Task, Window};
use serde_json::{Value, json};

const FAR: i32 = 1 << 30;

/// A vehicle at place 0 and a job at place 1, with more keys.
fn two_places(vehicle: &Value, job: &Value) -> Value {
    let mut all = json!({
        "vehicles": [{"id": 1, "start_index": 0, "end_index": 0}],
        "jobs": [{"id": 7, "location_index": 1}],
        "matrices": {"car": {"durations": [[0, 100], [120, 0]]}}
    });
    merge(&mut all["vehicles"][0], vehicle);
    merge(&mut all["jobs"][0], job);
    all
}

fn merge(into: &mut Value, from: &Value) {
    for (key, value) in from.as_object().unwrap() {
        into[key] = value.clone();
    }
}

#[test]
fn defaults_are_vrooms() {
    let problem = vroom(&two_places(&json!({}), &json!({}))).problem;
    let (vehicle, visit) = (&problem.vehicles[0], &problem.visits[0]);
    assert_eq!(vehicle.costs, Costs { fixed: 0, per_second: 1, per_metre: 0 });
    assert_eq!((vehicle.earliest, vehicle.latest), (0, FAR));
    assert_eq!((vehicle.start, vehicle.end), (Some(0), Some(0)));
    assert_eq!(visit.windows, [Window { opens: 0, closes: FAR }]);
    assert_eq!((visit.service, visit.setup, visit.priority), (0, 0, 0));
    assert_eq!(problem.travel[0].duration(1, 0), 120);
    assert_eq!(problem.lateness, None);
    assert!(problem.initial.is_empty());
}

#[test]
fn every_key_of_a_job_is_mapped() {
    let job = json!({
        "setup": 60, "service": 300.0, "delivery": [1, 2], "pickup": [3, 4], "skills": [9, 2, 9],
        "priority": 100, "time_windows": [[500, 600], [100, 200], [550, 700]], "unknown": {"a": 1}
    });
    let input = vroom(&two_places(&json!({"capacity": [10, 10], "time_window": [0, 900]}), &job));
    let visit = &input.problem.visits[0];
    assert_eq!((visit.place, visit.setup, visit.service), (1, 60, 300));
    assert_eq!((visit.delivery, visit.pickup), ([1, 2, 0, 0], [3, 4, 0, 0]));
    assert_eq!((visit.skills.as_slice(), visit.priority), (&[2, 9][..], 100));
    let windows = [Window { opens: 100, closes: 200 }, Window { opens: 500, closes: 700 }];
    assert_eq!(visit.windows, windows);
}

#[test]
fn the_old_amount_of_a_job_is_a_delivery() {
    let vehicle = json!({"capacity": [10]});
    let old = vroom(&two_places(&vehicle, &json!({"amount": [5]})));
    assert_eq!(old.problem.visits[0].delivery, [5, 0, 0, 0]);
    let both = vroom(&two_places(&vehicle, &json!({"amount": [5], "pickup": [2]})));
    assert_eq!(both.problem.visits[0].delivery, [0; 4]);
    assert_eq!(both.problem.visits[0].pickup, [2, 0, 0, 0]);
}

#[test]
fn every_key_of_a_vehicle_is_mapped() {
    let vehicle = json!({
        "capacity": [4], "skills": [3, 1], "time_window": [10, 5000], "max_tasks": 5,
        "max_travel_time": 600, "max_distance": 9000, "speed_factor": 2.0,
        "breaks": [
            {"id": 2, "time_windows": [[300, 400]], "service": 60, "max_load": [3]},
            {"id": 1, "time_windows": [[100, 200]], "service": 30}
        ]
    });
    let mut all = two_places(&vehicle, &json!({}));
    all["matrices"]["car"]["distances"] = json!([[0, 5], [6, 0]]);
    let problem = vroom(&all).problem;
    let vehicle = &problem.vehicles[0];
    assert_eq!((vehicle.earliest, vehicle.latest), (0, 4_990), "counted from 10");
    assert_eq!((vehicle.capacity, vehicle.skills.as_slice()), ([4, 0, 0, 0], &[1, 3][..]));
    let limits = vehicle.limits;
    assert_eq!((limits.stops, limits.travel, limits.distance), (Some(5), Some(600), Some(9_000)));
    assert_eq!((limits.duration, problem.travel[0].duration(0, 1)), (None, 50));
    assert_eq!(problem.travel[0].distance(0, 1), 5);
    let rest = |opens, closes, duration, max_load| Break {
        windows: vec![Window { opens, closes }],
        duration,
        max_load,
        on_the_way: true,
    };
    let breaks = [rest(90, 190, 30, None), rest(290, 390, 60, Some([3, 0, 0, 0]))];
    assert_eq!(vehicle.breaks, breaks);
}

#[test]
fn costs_are_counted_exactly_and_written_as_vrooms() {
    let costs = json!({"costs": {"fixed": 50, "per_hour": 1800, "per_km": 25}});
    let mut all = two_places(&costs, &json!({}));
    all["matrices"]["car"]["distances"] = json!([[0, 1000], [1010, 0]]);
    let input = vroom(&all);
    let costs = input.problem.vehicles[0].costs;
    // In parts of a fortieth: 220 s are 110, 2.01 km are 50.25.
    assert_eq!(costs, Costs { fixed: 50 * 40, per_second: 20, per_metre: 1 });
    let json = answer(&input, &[(0, &[Task::Visit(0)])]);
    assert_eq!(json["summary"]["cost"], 210);
    assert_eq!(json["routes"][0]["distance"], 2_010);
    assert!((input.names.cost(2_000) - 50.0).abs() < 1e-12);
}

#[test]
fn a_matrix_of_costs_is_used_as_it_is() {
    let mut all = two_places(&json!({}), &json!({}));
    all["matrices"]["car"]["costs"] = json!([[0, 7], [8, 0]]);
    let json = answer(&vroom(&all), &[(0, &[Task::Visit(0)])]);
    assert_eq!((&json["summary"]["cost"], &json["summary"]["duration"]), (&json!(15), &json!(220)));
}

#[test]
fn costs_of_a_matrix_stand_beside_prices_of_another_profile() {
    let all = json!({
        "vehicles": [{"id": 1, "start_index": 0, "profile": "bike"},
                     {"id": 2, "start_index": 0, "costs": {"per_hour": 1800}}],
        "jobs": [{"id": 1, "location_index": 1}],
        "matrices": {
            "car": {"durations": [[0, 100], [100, 0]]},
            "bike": {"durations": [[0, 300], [300, 0]], "costs": [[0, 7], [7, 0]]}
        }
    });
    let input = vroom(&all);
    for (vehicle, cost) in [(0, 7), (1, 50)] {
        let json = answer(&input, &[(vehicle, &[Task::Visit(0)])]);
        assert_eq!(json["summary"]["cost"], cost);
    }
}

#[test]
fn the_old_matrix_is_that_of_cars() {
    let all = json!({
        "vehicles": [{"id": 1, "start_index": 0}], "jobs": [{"id": 1, "location_index": 1}],
        "matrix": [[0, 10], [20, 0]]
    });
    assert_eq!(vroom(&all).problem.travel[0].duration(1, 0), 20);
}

#[test]
fn coordinates_take_straight_lines_and_equal_ones_are_one_place() {
    let all = json!({
        "vehicles": [{"id": 1, "start": [121.47, 31.23], "end": [121.47, 31.23]}],
        "jobs": [
            {"id": 1, "location": [121.47, 31.24]},
            {"id": 2, "location": [121.47, 31.24, 5.0]},
            {"id": 3, "location": [121.47, 31.23]}
        ]
    });
    let problem = vroom(&all).problem;
    let places: Vec<u32> = problem.visits.iter().map(|visit| visit.place).collect();
    assert_eq!((places[0] == places[1], problem.travel[0].places()), (true, 2));
    assert_eq!(problem.vehicles[0].start, Some(places[2]));
    // 1.1119 km at 1.3 × 200 s.
    assert_eq!(problem.travel[0].duration(places[0], places[2]), 289);
    assert_eq!(problem.travel[0].distance(places[0], places[2]), 1_446);
}

#[test]
fn shipments_are_pairs_of_visits_after_the_jobs() {
    let all = json!({
        "vehicles": [{"id": 1, "start_index": 0, "capacity": [5]}],
        "jobs": [{"id": 4, "location_index": 0}],
        "shipments": [{
            "amount": [2], "skills": [6], "priority": 3,
            "pickup": {"id": 4, "location_index": 0, "service": 10, "setup": 3},
            "delivery": {"id": 4, "location_index": 1, "time_windows": [[50, 60]]}
        }],
        "matrices": {"car": {"durations": [[0, 1], [1, 0]]}}
    });
    let problem = vroom(&all).problem;
    let shipment = problem.shipments[0];
    assert_eq!((shipment.pickup, shipment.delivery), (1, 2));
    let [pickup, delivery] = [1, 2].map(|visit: usize| &problem.visits[visit]);
    assert_eq!((pickup.pickup[0], pickup.delivery[0], pickup.setup), (2, 0, 3));
    assert_eq!((delivery.pickup[0], delivery.delivery[0]), (0, 2));
    assert_eq!((pickup.priority, delivery.priority), (3, 3));
    assert_eq!((&pickup.skills, &delivery.skills), (&vec![6], &vec![6]));
    assert_eq!(delivery.windows[0].closes - delivery.windows[0].opens, 10);
}

#[test]
fn unix_times_are_counted_from_the_earliest_and_given_back() {
    let begin = 1_772_409_600_i64;
    let hours = json!({"time_window": [begin, begin + 30_000]});
    let job = json!({"time_windows": [[begin + 600, begin + 700]], "service": 60});
    let input = vroom(&two_places(&hours, &job));
    assert_eq!(input.problem.vehicles[0].earliest, 0);
    assert_eq!(input.problem.visits[0].windows, [Window { opens: 600, closes: 700 }]);
    let json = answer(&input, &[(0, &[Task::Visit(0)])]);
    assert_eq!(json["routes"][0]["steps"][2]["arrival"], begin + 780);
}

#[test]
fn a_vehicle_without_hours_may_serve_unix_times() {
    let begin = 1_772_409_600_i64;
    let job = json!({"time_windows": [[begin, 4_294_967_295_u64]]});
    let input = vroom(&two_places(&json!({}), &job));
    let visit = &input.problem.visits[0];
    assert!(visit.windows[0].opens > 100_000, "there is time before it");
    assert_eq!(visit.windows[0].closes, FAR);
    let json = answer(&input, &[(0, &[Task::Visit(0)])]);
    assert_eq!(json["routes"][0]["steps"][2]["arrival"], begin + 120);
}

#[test]
fn steps_are_a_route_to_start_from_without_breaks() {
    let mut all = two_places(&json!({"breaks": [{"id": 5}]}), &json!({}));
    all["vehicles"][0]["steps"] = json!([
        {"type": "start", "service_at": 4}, {"type": "break", "id": 5}, {"type": "job", "id": 7},
        {"type": "end"}
    ]);
    assert_eq!(vroom(&all).problem.initial, [[Task::Visit(0)]]);
}

#[test]
fn large_ids_and_any_letters_come_back() {
    let id = u64::MAX;
    let job = json!({"id": id, "description": "北京 \u{1f6b2} \"é\"\n", "location": [1.5, 2.5]});
    let vehicle = json!({"id": id - 1, "description": "送"});
    let json = answer(&vroom(&two_places(&vehicle, &job)), &[(0, &[Task::Visit(0)])]);
    let route = &json["routes"][0];
    assert_eq!((&route["vehicle"], &route["description"]), (&json!(id - 1), &json!("送")));
    let step = &route["steps"][1];
    assert_eq!((&step["id"], &step["description"]), (&json!(id), &job["description"]));
    assert_eq!((&step["location"], &step["location_index"]), (&json!([1.5, 2.5]), &json!(1)));
}
