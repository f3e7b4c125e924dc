//! Faulty files: every fault at once with its line and column, status 1, and nothing taken in.

use super::doorstep::{Home, city};

const HEADER: &str = "external_id,region,kind,lon,lat,window_start,window_end,devices,declared_value,requested_at,name,phone,address";
const NOW: &str = "2026-03-01T12:00:00+08:00";

/// A bookings file with faults of every kind: what is wrong with which line, and where.
fn faulty() -> (String, Vec<(u64, &'static str, &'static str)>) {
    let window = "2026-03-02T10:00:00+08:00,2026-03-02T12:00:00+08:00";
    let row = |id: &str, region: &str, at: &str, window: &str, devices: &str| {
        format!("{id},{region},pickup,{at},{window},{devices},,,,,")
    };
    let place = "121.47,31.23";
    let backwards = "2026-03-02T12:00:00+08:00,2026-03-02T10:00:00+08:00";
    let rows = [
        row("ok", "shanghai", place, window, "phone:1"),
        row("swapped", "shanghai", "31.23,121.47", window, "phone:1"),
        row("exchanged", "shanghai", "31.23,81.47", window, "phone:1"),
        row("elsewhere", "shanghai", "116.40,39.90", window, "phone:1"),
        row("backwards", "shanghai", place, backwards, "phone:1"),
        row("unknown", "atlantis", place, window, "phone:1"),
        row("none", "shanghai", place, window, "phone:0"),
        row("many", "shanghai", place, window, "phone:999999999999"),
        row("ok", "shanghai", place, window, "phone:1"),
        row("wordy", "shanghai", place, "tomorrow,later", "phone:1"),
    ];
    let faults = vec![
        (3, "lat", ""),
        (4, "lon/lat", "outside"),
        (5, "lon/lat", "outside"),
        (6, "window_end", "ends before it starts"),
        (7, "region", "there is no region 'atlantis'"),
        (8, "devices", ""),
        (9, "devices", ""),
        (10, "external_id", ""),
        (11, "window_start", ""),
        (11, "window_end", ""),
    ];
    (format!("{HEADER}\n{}\n", rows.join("\n")), faults)
}

#[track_caller]
fn assert_faults(message: &str, file: &str, faults: &[(u64, &str, &str)]) {
    for (line, column, text) in faults {
        let at = format!("{file}, line {line}, column {column}: ");
        let told = message.lines().find_map(|told| told.split_once(&at));
        let (_, told) = told.unwrap_or_else(|| panic!("no fault at '{at}':\n{message}"));
        assert!(told.contains(text), "{at}{told}");
    }
    assert!(message.contains("nothing was taken in"), "{message}");
}

#[tokio::test]
async fn an_import_tells_all_faults_and_takes_nothing() {
    let home = Home::new();
    home.import_city();
    let (content, faults) = faulty();
    let file = home.file("bad.csv", content);
    let before = home.rows().await;
    let message = home.run_with(["import", "bookings", &file, "--clock", NOW]).refused(1);
    assert_faults(&message, &file, &faults);
    assert!(message.contains("10 faults"), "{message}");
    assert_eq!(home.rows().await, before);
}

#[test]
fn a_plan_tells_all_faults_of_all_its_files() {
    let home = Home::new();
    let (content, faults) = faulty();
    let bookings = home.file("bad.csv", content);
    let hubs = home.file(
        "hubs.csv",
        "id,region,name,lon,lat,opens,closes\nh,shanghai,Hub,31.23,121.47,22:00,08:00\n",
    );
    let regions = city("regions.json");
    let couriers = home.file("couriers.csv", "id,region,name\nc1,shanghai,Wang\n");
    let line = [
        "plan",
        "--regions",
        &regions,
        "--hubs",
        &hubs,
        "--couriers",
        &couriers,
        "--bookings",
        &bookings,
    ];
    let message = home.run_with(line).refused(1);
    assert_faults(&message, &bookings, &faults);
    assert_faults(&message, &hubs, &[(2, "lat", "")]);
    assert_faults(&message, &couriers, &[(1, "vehicle", "missing")]);
}

#[tokio::test]
async fn past_windows_are_not_imported() {
    let home = Home::new();
    home.import_city();
    let before = home.rows().await;
    let bookings = city("bookings.csv");
    let line = ["import", "bookings", &bookings, "--clock", "2026-03-04T00:00:00+08:00"];
    let message = home.run_with(line).refused(1);
    assert_faults(&message, &bookings, &[(2, "window_end", "over already")]);
    assert!(message.contains("600 faults"), "{message}");
    assert_eq!(home.rows().await, before);
}

/// A place in one datum lies some hundred metres off in another: no file can tell. A datum's name
/// can be wrong, and places of another city can be.
#[test]
fn a_datum_that_is_none_is_refused() {
    let home = Home::new();
    home.import_city();
    let row = "b,shanghai,pickup,121.47,31.23,2026-03-02T10:00:00+08:00,2026-03-02T12:00:00+08:00,phone:1,,,,,";
    let file = home.file("b.csv", format!("{HEADER},datum\n{row},mars\n"));
    let message = home.run_with(["import", "bookings", &file, "--clock", NOW]).refused(1);
    assert_faults(&message, &file, &[(2, "datum", "gcj02")]);
}

#[tokio::test]
async fn what_other_files_name_must_be_there() {
    let home = Home::new();
    home.import_city();
    let before = home.rows().await;
    for (kind, content, column) in [
        (
            "hubs",
            "id,region,name,lon,lat,opens,closes\nh9,atlantis,Hub,121.47,31.23,08:00,22:00\n",
            "region",
        ),
        (
            "couriers",
            "id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,skills\nc,shanghai,W,van,h9,9,9000,9000,9000,\n",
            "hub",
        ),
        (
            "shifts",
            "courier,date,starts,ends,break_earliest,break_latest,break_s\nnobody,daily,09:00,18:00,,,\n",
            "courier",
        ),
    ] {
        let file = home.file(&format!("{kind}.csv"), content);
        let message = home.run_with(["import", kind, &file]).refused(1);
        assert_faults(&message, &file, &[(2, column, "there is no")]);
    }
    assert_eq!(home.rows().await, before);
}

#[tokio::test]
async fn bytes_that_are_no_text_and_files_that_break_off() {
    let home = Home::new();
    home.import_city();
    let before = home.rows().await;
    let good = std::fs::read(city("bookings.csv")).unwrap();
    let second = good.iter().position(|&b| b == b'\n').unwrap() + 1;
    let mut latin = good.clone();
    latin[second + 3] = 0xff;
    let quote = [&good[..second], b"x,\"shanghai,pickup"].concat();
    for (name, content, place) in [
        ("latin.csv", &latin[..], "line 2, byte 4"),
        ("cut.csv", &good[..second + 40], "line 2, column"),
        ("quote.csv", &quote, "line 2, column region"),
        ("header.csv", &good[..20], "line 1, column"),
        ("empty.csv", b"", ""),
    ] {
        let file = home.file(name, content);
        let message = home.run_with(["import", "bookings", &file, "--clock", NOW]).refused(1);
        assert!(message.contains(&file) && message.contains(place), "{message}");
        assert!(message.contains("nothing was taken in"), "{message}");
    }
    assert_eq!(home.rows().await, before);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let home = Home::new();
    let message = home.run("import hubs no/such/file.csv").refused(1);
    assert!(message.contains("no/such/file.csv: there is no such file"), "{message}");
    let message = home.run("import hubs .").refused(1);
    assert!(message.contains(".: is a directory, not a file"), "{message}");
    let message = home.run("plan --bookings none.csv --fleet 6,1").refused(1);
    assert!(message.contains("none.csv: there is no such file"), "{message}");
}

#[test]
fn a_plan_that_cannot_be_written_is_a_failure() {
    let home = Home::new();
    let bookings = city("bookings.csv");
    let line = [
        "plan",
        "--bookings",
        &bookings,
        "--fleet",
        "6,1",
        "--iterations",
        "0",
        "--output",
        "no/such/dir/plan.json",
    ];
    let message = home.run_with(line).refused(1);
    assert!(message.contains("no/such/dir/plan.json: cannot be written"), "{message}");
}

#[test]
fn bookings_of_several_days_need_a_date() {
    let home = Home::new();
    let text = std::fs::read_to_string(city("bookings.csv")).unwrap();
    let next = text.lines().nth(1).unwrap().replace("2026-03-02", "2026-03-03");
    let next = next.split_once(',').unwrap().1;
    let file = home.file("two-days.csv", format!("{text}later,{next}\n"));
    let message = home.run_with(["plan", "--bookings", &file, "--fleet", "6,1"]).refused(2);
    assert!(message.contains("2026-03-02 (600), 2026-03-03 (1)"), "{message}");
    let line = [
        "plan",
        "--bookings",
        &file,
        "--fleet",
        "6,1",
        "--date",
        "2026-03-03",
        "--iterations",
        "0",
    ];
    assert!(home.run_with(line).ok().stdout.contains("1 of 1 bookings served"));
}
