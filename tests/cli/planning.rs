//! `plan`: days from files, planned, checked, shown and written.

use super::doorstep::{Done, Home, Running, city, shared};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeSet;

/// A plan in all its forms.
struct Planned {
    done: Done,
    json: Value,
    geojson: Value,
}

/// A plan by few iterations of one thread: the same on every machine.
fn plan(home: &Home, arguments: &[&str]) -> Planned {
    plan_by(home, &["--iterations", "2000", "--threads", "1"], arguments)
}

fn plan_by(home: &Home, budget: &[&str], arguments: &[&str]) -> Planned {
    let (json, geojson) = (home.path("plan.json"), home.path("plan.geojson"));
    let mut line: Vec<&str> = vec!["plan"];
    line.extend(budget);
    line.extend(arguments);
    line.extend(["--output", json.to_str().unwrap(), "--geojson", geojson.to_str().unwrap()]);
    let done = home.run_with(line).ok();
    let read = |path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    Planned { done, json: read(json), geojson: read(geojson) }
}

fn moment(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

impl Planned {
    /// Everything that holds for every plan; how many bookings are served.
    fn assert_sound(&self, bookings: usize) -> usize {
        let stdout = &self.done.stdout;
        assert!(stdout.contains("check: no violation"), "{stdout}");
        assert!(stdout.lines().all(|line| line.chars().count() < 80), "{stdout}");
        assert!(!stdout.contains("INFO"), "a log line is on standard output");
        let summary = &self.json["summary"];
        assert_eq!(summary["bookings"], bookings);
        assert_eq!(summary["violations"], Value::Array(Vec::new()));
        let mut seen = BTreeSet::new();
        let routes = self.json["routes"].as_array().unwrap();
        for route in routes {
            assert_route_is_consistent(route, &mut seen);
        }
        let served = seen.len();
        self.assert_unserved_have_reasons(&mut seen);
        assert_eq!(seen.len(), bookings);
        let visits = |route: &&Value| {
            route["stops"].as_array().unwrap().iter().any(|stop| stop["kind"] == "visit")
        };
        assert_eq!(summary["couriers_used"], routes.iter().filter(visits).count());
        self.assert_map(served);
        served
    }

    fn assert_unserved_have_reasons(&self, seen: &mut BTreeSet<String>) {
        for booking in self.json["unassigned"].as_array().unwrap() {
            assert!(seen.insert(booking["booking_id"].as_str().unwrap().to_owned()));
            assert!(booking["external_id"].is_string());
            assert_eq!(booking["complete"], true);
            let reasons = booking["reasons"].as_array().unwrap();
            assert!(!reasons.is_empty(), "{booking}");
            // Nothing has begun: nobody can be under way.
            assert!(reasons.iter().all(|reason| reason["code"] != "frozen"), "{booking}");
        }
    }

    fn assert_map(&self, served: usize) {
        assert_eq!(self.geojson["type"], "FeatureCollection");
        let features = self.geojson["features"].as_array().unwrap();
        let of =
            |kind: &str| features.iter().filter(|f| f["properties"]["feature"] == kind).count();
        assert_eq!(of("stop"), served);
        assert_eq!(self.json["summary"]["couriers_used"], of("route"));
        for feature in features {
            assert_eq!(feature["type"], "Feature");
            assert!(feature["geometry"]["coordinates"].is_array());
        }
    }
}

/// Stops follow each other in time and number, begin inside what was promised, and travel adds up.
fn assert_route_is_consistent(route: &Value, seen: &mut BTreeSet<String>) {
    let stops = route["stops"].as_array().unwrap();
    let sum = |field: &str| stops.iter().map(|stop| stop[field].as_i64().unwrap()).sum::<i64>();
    assert_eq!(route["travel_s"], sum("travel_s"));
    assert_eq!(route["distance_m"], sum("distance_m"));
    assert_eq!(
        (&stops[0]["kind"], &stops[stops.len() - 1]["kind"]),
        (&"start".into(), &"end".into())
    );
    for (at, stop) in stops.iter().enumerate() {
        assert_eq!(stop["seq"], at + 1);
        let [arrive, start, leave] =
            ["arrive_at", "start_at", "leave_at"].map(|m| moment(&stop[m]));
        assert!(arrive <= start && start <= leave, "{stop}");
        if at > 0 {
            assert!(moment(&stops[at - 1]["leave_at"]) <= arrive, "{stop}");
        }
        assert_eq!(stop["kind"] == "visit", stop["booking_id"].is_string(), "{stop}");
        if let Some(id) = stop["booking_id"].as_str() {
            assert!(seen.insert(id.to_owned()), "{id} is visited twice");
            let promise = ["start", "end"].map(|side| moment(&stop["promise"][side]));
            assert!(promise[0] <= start && start <= promise[1], "{stop}");
            assert!(stop["external_id"].is_string());
        }
    }
}

fn city_plan(home: &Home, more: &[&str]) -> Planned {
    let [hubs, couriers, bookings] = ["hubs.csv", "couriers.csv", "bookings.csv"].map(city);
    let mut line = vec!["--hubs", &hubs, "--couriers", &couriers, "--bookings", &bookings];
    line.extend(more);
    plan(home, &line)
}

#[test]
fn the_city_of_the_fixtures_with_its_regions_and_shifts() {
    let (regions, shifts) = (city("regions.json"), city("shifts.csv"));
    let planned = city_plan(&Home::new(), &["--regions", &regions, "--shifts", &shifts]);
    let served = planned.assert_sound(600);
    assert!(served > 300, "{served} of 600");
    let stdout = &planned.done.stdout;
    assert!(stdout.contains("of 600 bookings served"), "{stdout}");
    assert!(planned.done.stderr.contains("planning"), "progress is on standard error");
}

#[test]
fn a_search_serves_more_than_insertion_and_the_same_again() {
    let (home, shifts) = (Home::new(), city("shifts.csv"));
    let [hubs, couriers, bookings] = ["hubs.csv", "couriers.csv", "bookings.csv"].map(city);
    let files = ["--hubs", &hubs, "--couriers", &couriers, "--bookings", &bookings];
    let files = [&files[..], &["--shifts", &shifts]].concat();
    let by = |iterations, seed| {
        let budget = ["--iterations", iterations, "--seed", seed, "--threads", "2"];
        plan_by(&home, &budget, &files)
    };
    let constructed = by("0", "1").assert_sound(600);
    let searched = by("4000", "1");
    assert!(searched.assert_sound(600) > constructed, "{constructed} by insertion");
    assert_eq!(by("4000", "1").json["routes"], searched.json["routes"]);
    assert_ne!(by("4000", "2").json["routes"], searched.json["routes"]);
}

#[test]
fn limits_of_a_search_are_checked() {
    let refused = |more: &str| {
        let line = format!("plan --hubs h --couriers c --bookings b {more}");
        Home::new().run(&line).refused(2)
    };
    assert!(refused("--time-limit 5").contains("such as 500ms, 10s or 2m"));
    assert!(refused("--threads 0").contains("0 is not in 1..=1024"));
}

#[test]
fn ctrl_c_ends_a_search_with_the_best_plan_so_far() {
    let home = Home::new();
    let [hubs, couriers, bookings] = ["hubs.csv", "couriers.csv", "bookings.csv"].map(city);
    let line = ["plan", "--hubs", &hubs, "--couriers", &couriers, "--bookings", &bookings];
    let mut search = Running::start(home.command(line).args(["--time-limit", "1h"]));
    search.wait_for("planning");
    search.signal("INT");
    let done = search.end().ok();
    assert!(done.stdout.contains("check: no violation"), "{}", done.stdout);
}

/// Files beside those named are not read: without the shifts, couriers work while their hub is
/// open, which is longer.
#[test]
fn the_city_of_the_fixtures_with_neither() {
    let home = Home::new();
    let with = city_plan(&home, &["--shifts", &city("shifts.csv")]).assert_sound(600);
    let without = city_plan(&home, &[]).assert_sound(600);
    assert!(without > with, "{without} with long days, {with} with those of the file");
}

#[test]
fn what_is_unserved_is_told_with_what_would_help() {
    let home = Home::new();
    let planned = city_plan(&home, &["--shifts", &city("shifts.csv")]);
    let unserved = planned.json["summary"]["unserved"].as_u64().unwrap();
    assert!(unserved > 5, "the test needs unserved bookings");
    let stdout = &planned.done.stdout;
    assert!(stdout.contains(&format!("unserved: {unserved}\n")), "{stdout}");
    let (_, list) = stdout.split_once("what would help:\n").unwrap();
    assert_eq!(list.lines().count(), 6, "{list}");
    assert!(list.ends_with(&format!(
        "and {} more: --output FILE has all, with every reason\n",
        unserved - 5
    )));
    let first = planned.json["unassigned"][0]["external_id"].as_str().unwrap();
    assert!(list.trim_start().starts_with(first), "{list}");
}

#[test]
fn a_real_day_in_shanghai() {
    let Some(day) = shared("lade/shanghai_pickups.csv") else { return };
    let line = ["--bookings", &day, "--format", "lade", "--fleet", "60,6"];
    let planned = plan(&Home::new(), &line);
    let served = planned.assert_sound(1_278);
    assert!(served > 400, "{served}");
    let stderr = &planned.done.stderr;
    assert!(stderr.contains("7 bookings of other dates are left out"), "{stderr}");
}

#[test]
fn a_thousand_bookings_over_real_compounds_in_gcj02() {
    let Some(places) = shared("beijing_communities.csv") else { return };
    let home = Home::new();
    let out = home.path("beijing");
    let made =
        "--datum gcj02 --region beijing --bookings 1000 --couriers 60 --hubs 5 --date 2026-03-02";
    let mut line = vec!["city", "--places", &places, "--out", out.to_str().unwrap()];
    line.extend(made.split(' '));
    home.run_with(line).ok();
    let file = |name: &str| out.join(name).to_str().unwrap().to_owned();
    let [regions, hubs, couriers, shifts, bookings] =
        ["regions.json", "hubs.csv", "couriers.csv", "shifts.csv", "bookings.csv"].map(file);
    let mut line = vec!["--regions", &regions, "--hubs", &hubs, "--couriers", &couriers];
    line.extend(["--shifts", &shifts, "--bookings", &bookings]);
    let served = plan(&home, &line).assert_sound(1_000);
    assert!(served > 500, "{served}");
}

const HUBS: &str = "id,region,name,lon,lat,opens,closes\nh,r,Hub,121.47,31.23,08:00,22:00\n";
const COURIERS: &str =
    "id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,skills\n";
const BOOKINGS: &str = "external_id,region,kind,lon,lat,window_start,window_end,devices,declared_value,requested_at,name,phone,address\n";
const BOOKING: &str =
    ",r,pickup,121.48,31.24,2026-03-02T10:00:00+08:00,2026-03-02T12:00:00+08:00,phone:1,,,,,\n";

fn small_plan(home: &Home, couriers: &str, bookings: &str) -> Planned {
    let hubs = home.file("hubs.csv", HUBS);
    let couriers = home.file("couriers.csv", format!("{COURIERS}{couriers}"));
    let bookings = home.file("bookings.csv", format!("{BOOKINGS}{bookings}"));
    let line = ["--hubs", &hubs, "--couriers", &couriers, "--bookings", &bookings];
    plan(home, &[&line[..], &["--date", "2026-03-02"]].concat())
}

fn courier(id: &str) -> String {
    format!("{id},r,Wang,van,h,100,1000000,1000000,100000000,\n")
}

#[test]
fn a_day_without_couriers() {
    let planned = small_plan(&Home::new(), "", &format!("b1{BOOKING}"));
    assert_eq!(planned.assert_sound(1), 0);
    let stdout = &planned.done.stdout;
    assert!(stdout.contains("0 of 1 bookings served, nobody works that day"), "{stdout}");
    assert!(stdout.contains("1  no_shift"), "{stdout}");
    assert_eq!(planned.json["unassigned"][0]["reasons"][0]["code"], "no_shift");
}

#[test]
fn a_day_without_bookings() {
    let planned = small_plan(&Home::new(), &courier("c1"), "");
    assert_eq!(planned.assert_sound(0), 0);
    let stdout = &planned.done.stdout;
    assert!(stdout.starts_with("without a stop: c1\n"), "{stdout}");
    assert!(stdout.contains("0 of 0 bookings served"), "{stdout}");
    assert!(!stdout.contains("unserved"), "{stdout}");
}

#[test]
fn long_names_and_a_thousand_couriers_leave_the_table_legible() {
    let long = "night-shift-of-the-northern-depot-courier-0001";
    let couriers: String = (2..=1_000).map(|n| courier(&format!("c{n}"))).collect();
    let couriers = courier(long) + &couriers;
    let bookings = ["b1", "b2", "b3"].map(|id| format!("{id}{BOOKING}")).concat();
    let planned = small_plan(&Home::new(), &couriers, &bookings);
    assert_eq!(planned.assert_sound(3), 3);
    let stdout = &planned.done.stdout;
    assert!(stdout.lines().count() < 12, "{stdout}");
    assert!(stdout.contains(" and 99"), "the idle ones are counted: {stdout}");
    let alone = small_plan(&Home::new(), &courier(long), &bookings).done.stdout;
    assert!(alone.contains("night-shift…courier-0001"), "{alone}");
}
