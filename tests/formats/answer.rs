//! The shape of an answer: VROOM's keys.

use super::reading::{answer, vroom};
use doorstep::formats::{Times, solution_json};
use doorstep::solver::{Solution, Task};
use serde_json::{Value, json};

fn problem() -> Value {
    json!({
        "vehicles": [
            {"id": 10, "start_index": 0, "end_index": 0, "capacity": [4], "skills": [1],
             "time_window": [1000, 9000]},
            {"id": 11, "start_index": 0, "capacity": [4], "time_window": [1000, 9000]}
        ],
        "jobs": [
            {"id": 1, "location_index": 1, "setup": 20, "service": 300, "delivery": [2],
             "priority": 5, "description": "first"},
            {"id": 2, "location_index": 1, "setup": 20, "service": 300, "pickup": [3],
             "time_windows": [[4000, 5000]]},
            {"id": 3, "location_index": 2, "skills": [1, 7], "description": "who?"},
            {"id": 4, "location_index": 2, "delivery": [5]},
            {"id": 5, "location_index": 2, "time_windows": [[0, 100]]},
            {"id": 6, "location_index": 2}
        ],
        "shipments": [{"amount": [1], "priority": 2, "pickup": {"id": 1, "location_index": 1},
                       "delivery": {"id": 1, "location_index": 2}}],
        "matrices": {"car": {"durations": [[0, 100, 200], [110, 0, 50], [220, 60, 0]]}}
    })
}

/// A value without what depends on how late a vehicle may set off.
fn without_times(value: &Value) -> Value {
    let mut value = value.clone();
    for key in ["arrival", "waiting_time"] {
        value.as_object_mut().unwrap().remove(key);
    }
    value
}

#[test]
fn an_answer_has_vrooms_shape() {
    let json = answer(&vroom(&problem()), &[(0, &[Task::Visit(0), Task::Visit(1)])]);
    assert_eq!(json["code"], 0);
    let summary = json!({
        "cost": 210, "routes": 1, "unassigned": 6, "delivery": [2], "amount": [2], "pickup": [3],
        "setup": 20, "service": 600, "duration": 210, "priority": 5, "violations": [],
        "computing_times": {"loading": 3, "solving": 4, "routing": 0}
    });
    assert_eq!(without_times(&json["summary"]), summary);
    let route = &json["routes"][0];
    for key in ["delivery", "amount", "pickup", "setup", "service", "duration", "priority"] {
        assert_eq!(route[key], summary[key], "{key}");
    }
    assert_eq!((&route["vehicle"], &route["cost"]), (&json!(10), &json!(210)));
    assert!(route["violations"].is_array() && route["waiting_time"].is_i64());
    assert!(route["distance"].is_null(), "no metres are known");
}

#[test]
fn steps_have_vrooms_shape() {
    let json = answer(&vroom(&problem()), &[(0, &[Task::Visit(0), Task::Visit(1)])]);
    let steps = json["routes"][0]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 4);
    let first = json!({
        "type": "job", "id": 1, "job": 1, "location_index": 1, "setup": 20, "service": 300,
        "load": [0], "duration": 100, "description": "first", "violations": []
    });
    assert_eq!(without_times(&steps[1]), first);
    let second = json!({
        "type": "job", "id": 2, "job": 2, "location_index": 1, "setup": 0, "service": 300,
        "load": [3], "duration": 100, "violations": []
    });
    assert_eq!(without_times(&steps[2]), second);
    let number = |step: &Value, key: &str| step[key].as_i64().unwrap();
    assert_eq!(number(&steps[2], "arrival") + number(&steps[2], "waiting_time"), 4_000);
    assert_eq!(steps[3]["arrival"], 4_410);
    assert_eq!((&steps[0]["type"], &steps[0]["load"]), (&json!("start"), &json!([2])));
    assert_eq!((&steps[3]["type"], &steps[3]["duration"]), (&json!("end"), &json!(210)));
    assert!(steps[0]["id"].is_null() && steps[3]["id"].is_null());
}

#[test]
fn a_vehicle_without_an_end_has_no_such_step() {
    let json = answer(&vroom(&problem()), &[(1, &[Task::Visit(5)])]);
    let steps = json["routes"][0]["steps"].as_array().unwrap();
    let kinds: Vec<_> = steps.iter().map(|step| step["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["start", "job"]);
    assert_eq!(json["summary"]["cost"], 200);
}

#[test]
fn unassigned_tasks_say_why_where_that_is_plain() {
    let json = answer(&vroom(&problem()), &[]);
    let unassigned = json["unassigned"].as_array().unwrap();
    let told = unassigned.iter().map(|task| {
        (task["type"].as_str().unwrap(), task["id"].as_u64().unwrap(), task["reason"].as_str())
    });
    let expected = [
        ("job", 1, None),
        ("job", 2, None),
        ("job", 3, Some("skill")),
        ("job", 4, Some("load_parcels")),
        ("job", 5, Some("time_window")),
        ("job", 6, None),
        ("pickup", 1, None),
        ("delivery", 1, None),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let third = &unassigned[2];
    assert_eq!((&third["description"], &third["location_index"]), (&json!("who?"), &json!(2)));
    assert_eq!(json["summary"]["unassigned"], 8);
    assert_eq!(json["routes"], json!([]));
}

#[test]
fn each_constraint_that_rules_a_task_out_is_its_reason() {
    let breaks = json!([{"id": 1, "service": 600, "time_windows": [[50, 60]]}]);
    for (parent, key, value, reason) in [
        ("/jobs/0", "time_windows", json!([[0, 99]]), "time_window"),
        ("/vehicles/0", "time_window", json!([0, 199]), "shift_end"),
        ("/vehicles/0", "breaks", breaks, "break"),
        ("/jobs/0", "skills", json!([7]), "skill"),
        ("/jobs/0", "delivery", json!([6, 0, 0, 0]), "load_parcels"),
        ("/jobs/0", "delivery", json!([0, 6, 0, 0]), "load_weight"),
        ("/jobs/0", "pickup", json!([0, 0, 6, 0]), "load_volume"),
        ("/jobs/0", "pickup", json!([0, 0, 0, 6]), "value_at_risk"),
        ("/vehicles/0", "max_tasks", json!(0), "max_stops"),
        ("/vehicles/0", "max_travel_time", json!(199), "max_travel"),
        ("/vehicles/0", "max_duration", json!(199), "max_duration"),
        ("/vehicles/0", "max_distance", json!(1_799), "max_distance"),
    ] {
        let mut all = json!({
            "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "time_window": [0, 500],
                          "capacity": [5, 5, 5, 5]}],
            "jobs": [{"id": 1, "location_index": 1}],
            "matrices": {"car": {"durations": [[0, 100], [100, 0]],
                                 "distances": [[0, 900], [900, 0]]}}
        });
        let free = answer(&vroom(&all), &[]);
        assert_eq!(free["unassigned"][0]["reason"], Value::Null);
        all.pointer_mut(parent).unwrap()[key] = value;
        let json = answer(&vroom(&all), &[]);
        assert_eq!(json["unassigned"][0]["reason"], reason, "{parent}/{key}");
    }
}

#[test]
fn shipments_count_at_both_ends() {
    let json = answer(&vroom(&problem()), &[(0, &[Task::Visit(6), Task::Visit(7)])]);
    let summary = &json["summary"];
    assert_eq!((&summary["delivery"], &summary["pickup"]), (&json!([1]), &json!([1])));
    assert_eq!(summary["priority"], 4);
    let steps = json["routes"][0]["steps"].as_array().unwrap();
    let loads: Vec<_> = steps.iter().map(|step| step["load"][0].as_i64().unwrap()).collect();
    assert_eq!(loads, [0, 1, 0, 0]);
}

#[test]
fn breaks_are_steps_and_their_service_counts() {
    let mut all = problem();
    all["vehicles"][0]["breaks"] =
        json!([{"id": 3, "service": 600, "time_windows": [[2000, 3000]], "description": "noon"}]);
    all["vehicles"][0]["frozen"] = json!(1);
    all["vehicles"][0]["steps"] = json!([{"type": "break", "id": 3}]);
    let json = answer(&vroom(&all), &[(0, &[Task::Break(0), Task::Visit(0)])]);
    let steps = json["routes"][0]["steps"].as_array().unwrap();
    let rest = &steps[1];
    assert_eq!((&rest["type"], &rest["id"]), (&json!("break"), &json!(3)));
    assert_eq!((&rest["service"], &rest["description"]), (&json!(600), &json!("noon")));
    assert!(rest["job"].is_null() && rest["location_index"].is_null());
    assert_eq!(json["summary"]["service"], 900);
    assert_eq!(steps.len(), 4);
}

#[test]
fn coordinates_give_distances() {
    let input = vroom(&json!({
        "vehicles": [{"id": 1, "start": [0.0, 0.0], "end": [0.0, 0.0]}],
        "jobs": [{"id": 1, "location": [0.0, 0.01]}]
    }));
    let json = answer(&input, &[(0, &[Task::Visit(0)])]);
    assert_eq!(json["summary"]["distance"], 2_892);
    assert_eq!(json["routes"][0]["steps"][1]["distance"], 1_446);
    assert_eq!(json["routes"][0]["steps"][1]["location"], json!([0.0, 0.01]));
    assert!(json["summary"]["delivery"].is_null(), "no amounts are given");
}

#[test]
fn a_route_that_breaks_a_constraint_is_never_written() {
    let input = vroom(&problem());
    let routes = vec![vec![Task::Visit(3)], Vec::new()];
    let solution = Solution { routes, unserved: Vec::new(), cost: 0 };
    let refusal = solution_json(&input, &solution, Times::default()).unwrap_err().to_string();
    assert!(refusal.contains("vehicle 10 breaks a constraint (load_parcels)"), "{refusal}");
}
