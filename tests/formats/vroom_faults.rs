//! Documents that are refused, and what is said of them.

use super::reading::{refused, vroom};
use doorstep::formats::Format;
use serde_json::{Value, json};

/// What is said of a document that is right but for one value, by its parent's pointer and key.
fn broken(parent: &str, key: &str, value: Value) -> String {
    let mut all = json!({
        "vehicles": [
            {"id": 1, "start_index": 0, "capacity": [5], "breaks": [{"id": 1}, {"id": 2}]},
            {"id": 2, "start_index": 0, "capacity": [5]}
        ],
        "jobs": [{"id": 1, "location_index": 1, "delivery": [1]}, {"id": 2, "location_index": 1}],
        "shipments": [{"amount": [1], "pickup": {"id": 1, "location_index": 0},
                       "delivery": {"id": 1, "location_index": 1}}],
        "matrices": {"car": {"durations": [[0, 5], [5, 0]]}}
    });
    vroom(&all);
    let parent = all.pointer_mut(parent).unwrap();
    match key.parse::<usize>() {
        Ok(index) if parent.is_array() => parent[index] = value,
        _ => parent[key] = value,
    }
    refused(Format::Vroom, &all.to_string())
}

#[test]
fn values_are_told_with_line_column_and_path() {
    for (parent, key, value, pointer, expected) in [
        ("/jobs/0", "id", json!(-1), "/jobs/0/id", "found integer `-1`, expected a whole number"),
        ("/jobs/0", "id", json!("a"), "/jobs/0/id", "found string \"a\", expected a whole number"),
        ("/jobs/0", "service", json!(-5), "/jobs/0/service", "integer `-5`, expected a whole"),
        ("/jobs/0", "service", json!(1.5), "/jobs/0/service", "`1.5`, expected a whole number"),
        ("/jobs/0", "service", json!(1_u64 << 40), "/jobs/0/service", "from 0 to 268435456"),
        ("/jobs/0", "priority", json!(101), "/jobs/0/priority", "a whole number from 0 to 100"),
        ("/jobs/0", "delivery", json!([1, 2, 3, 4, 5]), "/jobs/0/delivery", "at most 4 amounts"),
        ("/jobs/0", "delivery", json!([-1]), "/jobs/0/delivery/0", "integer `-1`, expected a who"),
        ("/jobs/0", "skills", json!(["x"]), "/jobs/0/skills/0", "string \"x\", expected a whole"),
        ("/jobs/0", "location", json!([1]), "/jobs/0/location", "[longitude, latitude]"),
        ("/jobs/0", "location", json!([31.2, 121.5]), "/jobs/0/location", "latitude 121.5"),
        ("/jobs/0", "time_windows", json!([[9, 8]]), "/jobs/0/time_windows/0", "from 9 to 8: it"),
        ("/jobs/0", "time_windows", json!([[9]]), "/jobs/0/time_windows/0", "found length 1"),
        ("/jobs/0", "time_windows", json!([3]), "/jobs/0/time_windows/0", "found integer `3`"),
        ("/vehicles/0", "speed_factor", json!(0), "/vehicles/0/speed_factor", "0.01 to 5"),
        ("/vehicles/0", "speed_factor", json!(6), "/vehicles/0/speed_factor", "0.01 to 5"),
        ("/vehicles/0", "time_window", json!([2, 1]), "/vehicles/0/time_window", "from 2 to 1"),
        ("/vehicles/0", "steps", json!([{"type": "fly"}]), "/vehicles/0/steps/0/type", "`fly`"),
        ("/shipments/0", "delivery", json!({}), "/shipments/0/delivery", "missing field `id`"),
        ("/matrices/car/durations/0", "1", json!(-2), "/matrices/car/durations/0/1", "`-2`"),
        ("/matrices/car", "durations", json!({}), "/matrices/car/durations", "a matrix: an array"),
    ] {
        let message = broken(parent, key, value);
        assert!(message.starts_with("line 1, column "), "{message}");
        assert!(message.contains(&format!("({pointer})")), "{message}\n{pointer}");
        assert!(message.contains(expected), "{message}\n{expected}");
    }
}

#[test]
fn what_is_wrong_between_values_is_told_with_its_path() {
    let twice = json!({"id": 1, "start_index": 0, "capacity": [5],
                       "steps": [{"type": "job", "id": 1}, {"type": "job", "id": 1}]});
    for (parent, key, value, expected) in [
        ("/jobs/1", "id", json!(1), "/jobs/1/id: found job 1 a second time"),
        ("/vehicles/1", "id", json!(1), "/vehicles/1/id: found vehicle 1 a second time"),
        ("/vehicles/0/breaks/1", "id", json!(1), "/vehicles/0/breaks/1/id: found break 1 a seco"),
        ("/jobs/0", "location_index", json!(2), "/jobs/0/location_index: found index 2, expect"),
        ("/jobs/0", "location_index", json!(null), "/jobs/0: found no 'location_index'"),
        ("/vehicles/0", "end_index", json!(9), "/vehicles/0/end_index: found index 9"),
        ("/vehicles/0", "end", json!([1, 2]), "/vehicles/0: found no 'end_index'"),
        ("/jobs/0", "delivery", json!([1, 2]), "/jobs/0/delivery: found 2 amounts, expected 1"),
        ("/vehicles/1", "capacity", json!([1, 2]), "/vehicles/1/capacity: found 2 amounts"),
        ("/vehicles/1", "capacity", json!(null), "/vehicles/1/capacity: found no amounts"),
        ("/vehicles/0/breaks/0", "max_load", json!([1, 1]), "/breaks/0/max_load: found 2 amounts"),
        ("/vehicles/0", "profile", json!("ship"), "/vehicles/0/profile: found profile 'ship'"),
        ("/vehicles/0", "max_distance", json!(5), "/vehicles/0/max_distance: found a limit, but"),
        ("/vehicles/0", "costs", json!({"per_km": 5}), "/vehicles/0/costs: found per_km, but no"),
        ("/vehicles/0", "costs", json!({"per_task_hour": 5}), "found per_task_hour, which is not"),
        ("/vehicles/0", "costs", json!({"per_hour": u32::MAX}), "/vehicles: found costs too large"),
        ("/matrices/car", "costs", json!([[0, 1]]), "/matrices/car/costs: found 1 rows of 2 numb"),
        ("/matrices/car/durations", "1", json!([5]), "/matrices/car/durations/1: found 1 numbers"),
        ("/matrices/car", "durations", json!(null), "/matrices/car: found no 'durations'"),
        ("/matrices", "bike", json!({"durations": [[0]]}), "/matrices/car/durations: found 2 rows"),
        ("/jobs/0", "time_windows", json!([]), "/jobs/0/time_windows: found no window"),
        ("/jobs/0", "service_per_type", json!({"a": 1}), "/jobs/0/service_per_type: times that"),
        ("/shipments/0/pickup", "setup_per_type", json!({"a": 1}), "pickup/setup_per_type: times"),
        ("/shipments/0/delivery", "service_per_type", json!({"a": 1}), "y/service_per_type: times"),
        ("/jobs/0", "vehicle", json!(9), "/jobs/0/vehicle: found vehicle 9, expected the id of"),
        ("/vehicles/0", "frozen", json!(1), "/vehicles/0/frozen: found 1, expected at most 0"),
        ("/vehicles/0", "steps", json!([{"type": "job"}]), "/vehicles/0/steps/0: found no 'id'"),
        ("/vehicles/0", "steps", json!([{"type": "job", "id": 5}]), "steps/0: found job 5, expe"),
        ("/vehicles/0", "steps", json!([{"type": "break", "id": 5}]), "found break 5, expected"),
        ("/vehicles/0", "steps", json!([{"type": "hub"}]), "found a hub call, but the vehicle h"),
        ("/vehicles", "0", twice, "/vehicles/0/steps/1: found job 1 a second time in steps"),
    ] {
        let message = broken(parent, key, value);
        assert!(message.contains(expected), "{message}\n{expected}");
    }
}

#[test]
fn a_moment_too_far_from_the_others_is_refused() {
    let late = 2_000_000_000_000_u64;
    let both = json!({
        "vehicles": [{"id": 1, "start": [0, 0], "time_window": [0, 10]}],
        "jobs": [{"id": 1, "location": [0, 0], "time_windows": [[late, late + 1]]}]
    });
    let message = refused(Format::Vroom, &both.to_string());
    assert!(message.starts_with("/jobs/0/time_windows: found a moment 2000000000000 s after"));
}

#[test]
fn costs_given_twice_are_refused() {
    let all = json!({
        "vehicles": [{"id": 1, "start_index": 0, "costs": {"per_hour": 10}}],
        "matrices": {"car": {"durations": [[0]], "costs": [[0]]}}
    });
    let message = refused(Format::Vroom, &all.to_string());
    assert!(message.starts_with("/vehicles/0/costs: found per_hour or per_km beside a matrix of"));
}

#[test]
fn text_that_is_no_document_is_told_with_its_place() {
    for (text, expected) in [
        ("", "EOF while parsing a value"),
        ("{", "line 1, column 1: EOF while parsing an object"),
        ("{\n  \"jobs\": [,]}", "line 2, column 12 (/jobs/0): expected value"),
        ("{\"vehicles\": []} x", "line 1, column 18: trailing characters"),
        ("{}", "/vehicles: found no vehicle"),
        ("{\"vehicles\":[{\"id\":1}],\"jobs\":[{\"id\":1}]}", "/jobs/0: found no 'location', expe"),
    ] {
        let message = refused(Format::Vroom, text);
        assert!(message.contains(expected), "{message}\n{expected}");
    }
}

#[test]
fn every_fault_between_values_is_told_at_once_up_to_fifty() {
    let jobs: Vec<Value> = (0..70).map(|_| json!({"id": 1, "location": [0, 0]})).collect();
    let all = json!({"vehicles": [{"id": 1, "start": [0, 0]}], "jobs": jobs});
    let message = refused(Format::Vroom, &all.to_string());
    assert_eq!(message.lines().count(), 51);
    assert!(message.ends_with("and 19 more"), "{message}");
}
