//! `doorstep solve`: a file in, VROOM's solution out.

use super::doorstep::{Home, Running, finish};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

const VROOM: &str = r#"{"vehicles": [{"id": 3, "start": [121.47, 31.23], "end": [121.47, 31.23]}],
    "jobs": [{"id": 8, "location": [121.47, 31.24]}, {"id": 9, "location": [121.48, 31.24]}]}"#;

const SOLOMON: &str = "R\nVEHICLE\nNUMBER CAPACITY\n 2 20\nCUSTOMER\nCUST NO. X Y\n\n0 3 3 0 0 230 0\n1 6 7 9 0 99 1\n";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_file_is_solved_to_standard_output() {
    let home = Home::new();
    let file = home.file("r.txt", SOLOMON);
    let done = home.run_with(["solve", "--format", "solomon", "--iterations", "5", &file]).ok();
    let solution = json(&done.stdout);
    assert_eq!((&solution["code"], &solution["summary"]["cost"]), (&0.into(), &10.into()));
    assert_eq!(solution["routes"][0]["steps"][1]["id"], 1);
    assert!(done.stderr.contains("solved") && done.stderr.contains("routes=1"), "{}", done.stderr);
}

#[test]
fn a_file_is_solved_to_a_file() {
    let home = Home::new();
    let (file, output) = (home.file("p.json", VROOM), home.path("s.json"));
    let output = output.to_str().unwrap();
    let line = ["solve", "--format", "vroom", "--iterations", "0", "--output", output, &file];
    let done = home.run_with(line).ok();
    assert_eq!(done.stdout, "");
    let solution = json(&std::fs::read_to_string(output).unwrap());
    assert_eq!(solution["summary"]["unassigned"], 0);
    assert_eq!(solution["routes"][0]["vehicle"], 3);
}

#[test]
fn detour_and_speed_are_the_callers() {
    let home = Home::new();
    let file = home.file("p.json", VROOM);
    let line = "solve --format vroom --iterations 0 --detour 2.7 --speed-kmh 15";
    let slow = home.run_with(line.split(' ').chain([file.as_str()])).ok();
    let usual = home.run_with(["solve", "--format", "vroom", "--iterations", "0", &file]).ok();
    let cost = |text: &str| json(text)["summary"]["cost"].as_i64().unwrap();
    assert!((cost(&slow.stdout) - 2 * cost(&usual.stdout)).abs() <= 3);
}

#[test]
fn standard_input_is_a_file_too() {
    let home = Home::new();
    let mut command = home.command(["solve", "--format", "vroom", "--iterations", "0", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(VROOM.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(json(std::str::from_utf8(&output.stdout).unwrap())["summary"]["routes"], 1);
}

#[test]
fn what_is_wrong_is_told_with_file_and_place() {
    let home = Home::new();
    let bad = home.file("bad.json", VROOM.replace("\"id\": 9", "\"id\": -9"));
    let message = home.run_with(["solve", "--format", "vroom", &bad]).refused(1);
    assert!(message.contains("bad.json: line 2, column "), "{message}");
    assert!(message.contains("(/jobs/1/id): found integer `-9`"), "{message}");
    assert!(message.contains("1 fault; nothing was solved"), "{message}");
    let absent = home.run_with(["solve", "--format", "vroom", "absent.json"]).refused(1);
    assert!(absent.contains("absent.json: there is no such file"), "{absent}");
    let file = home.file("p.json", VROOM);
    let line = ["solve", "--format", "vroom", "--iterations", "0", "--output", "/", &file];
    assert!(home.run_with(line).refused(1).contains("cannot be written"));
}

#[test]
fn the_time_limit_counts_from_the_start() {
    let home = Home::new();
    let file = home.file("p.json", VROOM);
    let mut command = home.command(["solve", "--format", "vroom", "--time-limit", "300ms", &file]);
    let done = finish(&mut command).ok();
    let times = &json(&done.stdout)["summary"]["computing_times"];
    let spent = times["loading"].as_u64().unwrap() + times["solving"].as_u64().unwrap();
    assert!(spent <= 300, "{spent} ms");
}

#[test]
fn a_signal_ends_the_search_with_the_best_plan_so_far() {
    let home = Home::new();
    let (file, output) = (home.file("p.json", VROOM), home.path("s.json"));
    let output = output.to_str().unwrap();
    let line = ["solve", "--format", "vroom", "--time-limit", "168h", "--output", output, &file];
    for signal in ["INT", "TERM"] {
        let mut search = Running::start(&mut home.command(line));
        search.wait_for("searching");
        search.signal(signal);
        let done = search.end().ok();
        assert!(done.stderr.contains("solved"), "{}", done.stderr);
        let solution = json(&std::fs::read_to_string(output).unwrap());
        assert_eq!(solution["summary"]["unassigned"], 0);
        assert_eq!(solution["routes"][0]["steps"].as_array().unwrap().len(), 4);
        std::fs::remove_file(output).unwrap();
    }
}
