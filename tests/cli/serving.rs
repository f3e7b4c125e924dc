//! `serve`: up, answering, and down again without losing a request.

use super::doorstep::{Home, Running, city};
use reqwest::Client;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// The status and the body of a path.
pub(crate) async fn get(url: &str, token: Option<&str>) -> (u16, String) {
    let client = Client::builder().no_proxy().build().unwrap();
    let mut request = client.get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn serve(home: &Home) -> Running {
    let line = "serve --listen 127.0.0.1:0 --clock 2026-03-01T12:00:00+08:00 --speed 60";
    Running::start(&mut home.command(line.split(' ')))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_answers_and_stops_on_sigterm() {
    let home = Home::new();
    let mut service = serve(&home);
    let base = service.base();
    assert_eq!(get(&format!("{base}/healthz"), None).await.0, 200);
    assert_eq!(get(&format!("{base}/readyz"), None).await.0, 200);
    assert!(home.path("doorstep.db").exists(), "DATABASE_URL says where");
    service.signal("TERM");
    let done = service.end().ok();
    assert!(done.stderr.contains("stopped"), "{}", done.stderr);
    assert_eq!(done.stdout, "");
}

/// A slow caller: the service asks for the body, is told to stop, and then gets the body.
#[test]
fn a_request_under_way_is_answered_before_the_service_stops() {
    let home = Home::new();
    let key = home.key("--role checkout --programme my-shop");
    let mut service = serve(&home);
    let base = service.base();
    let mut caller = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
    let head = format!(
        "POST /v1/slot-searches HTTP/1.1\r\nHost: doorstep\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\
         Connection: close\r\n\r\n"
    );
    caller.write_all(head.as_bytes()).unwrap();
    let asks_for_the_body = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut answer = [0; 25];
    caller.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, asks_for_the_body);
    service.signal("TERM");
    service.wait_for("stopping");
    caller.write_all(b"{}").unwrap();
    let mut answer = String::new();
    caller.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
    assert!(answer.contains("missing field `place`"), "{answer}");
    service.end().ok();
}

#[test]
fn a_port_in_use_is_named_with_the_flag_that_helps() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let message = home.run(&format!("serve --listen {address}")).refused(1);
    assert!(message.contains(&format!("{address} is in use")), "{message}");
    assert!(message.contains("--listen"), "{message}");
    assert!(!home.path("doorstep.db").exists(), "nothing was opened");
}

/// The service looks for imports of other processes every second: it is asked again and again,
/// for as long as answers take, until the new shifts show.
#[tokio::test(flavor = "multi_thread")]
async fn a_running_service_sees_what_is_imported() {
    let home = Home::new();
    home.import_city();
    let key = home.key("--role dispatcher");
    let mut service = serve(&home);
    let base = service.base();
    let day = format!("{base}/v1/regions/shanghai/days/2026-03-03");
    let routes = async || {
        let (status, body) = get(&day, Some(&key)).await;
        assert_eq!(status, 200, "{body}");
        let board: serde_json::Value = serde_json::from_str(&body).unwrap();
        board["routes"].as_array().unwrap().len()
    };
    assert_eq!(routes().await, 0, "the city works on the day before alone");
    let text = std::fs::read_to_string(city("shifts.csv")).unwrap();
    let file = home.file("more.csv", text.replace("2026-03-02", "2026-03-03"));
    home.run_with(["import", "shifts", &file]).ok();
    let mut tries = 0;
    while routes().await == 0 {
        tries += 1;
        assert!(tries < 20_000, "the service does not see the new shifts");
    }
    assert_eq!(routes().await, text.lines().count() - 1);
}
