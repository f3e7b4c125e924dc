//! `demo`: a city that books itself, and leaves nothing behind.

use super::doorstep::{Home, Running};
use super::serving::get;
use serde_json::Value;

fn databases(home: &Home) -> usize {
    let files = std::fs::read_dir(home.path(".")).unwrap().map(|file| file.unwrap().file_name());
    files.filter(|name| name.to_str().unwrap().starts_with("doorstep-demo-")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_books_itself_and_leaves_nothing_behind() {
    let home = Home::new();
    let line = "demo --listen 127.0.0.1:0 --bookings 40 --couriers 6 --speed 20000";
    let mut demo = Running::start(&mut home.command(line.split(' ')));
    let base = demo.base();
    let mut dispatcher = String::new();
    while dispatcher.is_empty() {
        let line = demo.line();
        assert!(!line.is_empty(), "the demo printed no key");
        let key = line.trim().strip_prefix("dispatcher");
        dispatcher = key.map(|key| key.trim().to_owned()).unwrap_or_default();
    }
    let booked = demo.wait_for("the day is booked");
    assert!(booked.contains("demo.customers=40"), "{booked}");
    assert!(databases(&home) > 0);
    let path = format!("{base}/v1/regions/shanghai/days/2026-03-02");
    let (status, board) = get(&path, Some(&dispatcher)).await;
    assert_eq!(status, 200);
    let board: Value = serde_json::from_str(&board).unwrap();
    let stops =
        board["routes"].as_array().unwrap().iter().flat_map(|r| r["stops"].as_array().unwrap());
    assert!(stops.filter(|stop| stop["kind"] == "visit").count() > 0, "{board}");
    demo.signal("TERM");
    let done = demo.end().ok();
    assert!(done.stderr.contains("stopped"), "{}", done.stderr);
    assert!(!done.stderr.contains("finished processing request"), "{}", done.stderr);
    assert_eq!(databases(&home), 0);
}

#[test]
fn ctrl_c_ends_a_demo_in_the_middle_of_its_day() {
    let home = Home::new();
    let line = "demo --listen 127.0.0.1:0 --bookings 20 --couriers 4 --hubs 1 --speed 1";
    let mut demo = Running::start(&mut home.command(line.split(' ')));
    demo.base();
    demo.signal("INT");
    demo.end().ok();
    assert_eq!(databases(&home), 0);
}

#[test]
fn a_demo_whose_port_is_taken_says_so() {
    let home = Home::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let message = home.run(&format!("demo --listen {address}")).refused(1);
    assert!(message.contains("--listen"), "{message}");
    assert_eq!(databases(&home), 0);
}
