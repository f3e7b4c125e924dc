//! Wrong use is status 2, with a word on what to do; help and the API's document need nothing.

use super::doorstep::Home;
use serde_json::Value;

#[test]
fn wrong_use_ends_with_status_2() {
    let home = Home::new();
    for line in [
        "",
        "fly",
        "plan",
        "plan --bookings b.csv",
        "plan --bookings b.csv --fleet 6",
        "plan --bookings b.csv --fleet 2,6",
        "plan --bookings b.csv --fleet 60,6 --hubs h.csv",
        "plan --bookings b.csv --fleet 60,6 --date 1999-01-01",
        "plan --bookings b.csv --fleet 60,6 --time-zone Mars/Base",
        "import",
        "import hubs",
        "import ships file.csv",
        "import bookings file.csv --programme a/b",
        "serve --clock yesterday",
        "serve --speed 0",
        "serve --speed fast",
        "demo --bookings 0",
        "demo --date soon",
        "keys",
        "keys create",
        "keys create --role boss",
        "keys create --role checkout",
        "keys create --role courier",
        "keys revoke nonsense",
        "migrate now",
        "solve",
        "solve file.txt",
        "solve --format solomon",
        "solve --format tsp file.txt",
        "solve --format vroom --time-limit 10 file.json",
        "solve --format vroom --time-limit 0s file.json",
        "solve --format vroom --threads 0 file.json",
        "solve --format vroom --detour 0 file.json",
        "solve --format vroom --speed-kmh fast file.json",
        "city --out somewhere",
    ] {
        let message = home.run(line).refused(2);
        assert!(!message.is_empty(), "{line}");
    }
    assert!(!home.path("doorstep.db").exists(), "wrong use made a database");
}

#[test]
fn wrong_use_is_told_with_what_would_be_right() {
    let home = Home::new();
    for (line, advice) in [
        ("serve --clock yesterday", "2026-03-02T08:00:00+08:00"),
        ("serve --speed 0", "from 0.001 to 100000"),
        ("serve --listen nonsense", "127.0.0.1:8080"),
        ("plan --bookings b.csv --fleet 6", "60,6"),
        ("solve --format vroom --time-limit 10 f.json", "500ms, 10s or 2m"),
        ("solve --format tsp f.txt", "solomon, lilim, vrplib, vroom"),
        ("keys create --role boss", "use checkout, courier, dispatcher or admin"),
        ("keys create --role checkout", "--programme"),
        ("keys create --role courier", "--courier"),
    ] {
        let message = home.run(line).refused(2);
        assert!(message.contains(advice), "{line}: {message}");
    }
}

#[test]
fn help_and_the_version_are_printed() {
    let home = Home::new();
    let help = home.run("--help").ok().stdout;
    for command in
        ["serve", "demo", "import", "plan", "keys", "migrate", "openapi", "city", "solve"]
    {
        assert!(help.contains(command), "{command} is not in the help");
        assert!(home.run(&format!("{command} --help")).ok().stdout.contains("Usage:"), "{command}");
    }
    assert!(home.run("--version").ok().stdout.starts_with("doorstep "));
}

#[test]
fn the_document_of_the_api_is_json_and_needs_no_database() {
    let home = Home::new();
    let done = home.run("openapi").ok();
    let document: Value = serde_json::from_str(&done.stdout).unwrap();
    assert!(document["paths"]["/v1/slot-searches"]["post"].is_object());
    assert_eq!(done.stderr, "");
    assert!(!home.path("doorstep.db").exists());
}
