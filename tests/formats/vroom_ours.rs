//! Keys that VROOM does not have.

use super::reading::{answer, vroom};
use doorstep::solver::{HubReturns, Overtime, Task, Window};
use serde_json::json;

#[test]
fn our_keys_are_mapped() {
    let input = vroom(&json!({
        "lateness_per_hour": 7200,
        "vehicles": [{
            "id": 4, "start": [0.0, 0.0], "time_window": [1000, 9000], "max_duration": 700,
            "overtime": {"max": 1800, "per_hour": 5400}, "frozen": 3,
            "hub_returns": {"location": [0.0, 0.1], "service": 600, "max": 2,
                            "time_window": [2000, 8000]},
            "breaks": [{"id": 1, "at_stop": true}],
            "steps": [{"type": "start"}, {"type": "job", "id": 1}, {"type": "break", "id": 1},
                      {"type": "hub"}, {"type": "job", "id": 2}]
        }],
        "jobs": [{"id": 1, "location": [0.1, 0.0], "vehicle": 4, "release": 1500},
                 {"id": 2, "location": [0.2, 0.0]}]
    }));
    let problem = &input.problem;
    let vehicle = &problem.vehicles[0];
    // A second of travel costs 1, one of overtime 1.5: all prices are whole in halves.
    assert_eq!((vehicle.costs.per_second, problem.lateness), (2, Some(4)));
    assert_eq!(vehicle.overtime, Some(Overtime { most: 1_800, per_second: 3 }));
    assert_eq!((vehicle.limits.duration, vehicle.frozen), (Some(700), 3));
    assert!(!vehicle.breaks[0].on_the_way);
    let hub = HubReturns {
        place: vehicle.hub_returns.unwrap().place,
        service: 600,
        most: 2,
        window: Window { opens: 1_000, closes: 7_000 },
    };
    assert_eq!(vehicle.hub_returns, Some(hub));
    assert_eq!((problem.visits[0].vehicle, problem.visits[0].release), (Some(0), 500));
    let route = [Task::Visit(0), Task::Break(0), Task::Hub, Task::Visit(1)];
    assert_eq!(problem.initial, [route]);
}

#[test]
fn a_shipment_can_be_pinned_and_its_steps_released() {
    let input = vroom(&json!({
        "vehicles": [{"id": 4, "start_index": 0, "time_window": [0, 99]},
                     {"id": 5, "start_index": 0, "time_window": [0, 99]}],
        "shipments": [{"vehicle": 5, "pickup": {"id": 1, "location_index": 0, "release": 20},
                       "delivery": {"id": 1, "location_index": 1}}],
        "matrices": {"car": {"durations": [[0, 1], [1, 0]]}}
    }));
    let visits = &input.problem.visits;
    assert_eq!((visits[0].vehicle, visits[1].vehicle), (Some(1), Some(1)));
    assert_eq!((visits[0].release, visits[1].release), (20, 0));
}

#[test]
fn hub_calls_and_lateness_are_shown() {
    let input = vroom(&json!({
        "lateness_per_hour": 3600,
        "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "capacity": [1],
                      "time_window": [0, 1000],
                      "hub_returns": {"location_index": 0, "service": 50}}],
        "jobs": [{"id": 1, "location_index": 1, "pickup": [1]},
                 {"id": 2, "location_index": 1, "pickup": [1], "time_windows": [[0, 300]]}],
        "matrices": {"car": {"durations": [[0, 100], [100, 0]]}}
    }));
    let json = answer(&input, &[(0, &[Task::Visit(0), Task::Hub, Task::Visit(1)])]);
    let route = &json["routes"][0];
    let steps = route["steps"].as_array().unwrap();
    let kinds: Vec<_> = steps.iter().map(|step| step["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["start", "job", "hub", "job", "end"]);
    assert_eq!((&steps[2]["service"], &steps[2]["load"]), (&json!(50), &json!([0])));
    assert_eq!(steps[2]["location_index"], 0);
    let delay = json!([{"cause": "delay", "duration": 50}]);
    assert_eq!((&steps[3]["violations"], &route["violations"]), (&delay, &delay));
    assert_eq!((&json["summary"]["violations"], &json["summary"]["cost"]), (&delay, &json!(450)));
}
