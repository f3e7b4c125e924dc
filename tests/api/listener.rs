//! Callers who listen to a stream.

use super::actors::Actor;
use reqwest::Response;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An open stream.
pub(crate) struct Listener {
    response: Response,
    buffer: String,
}

/// An event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) data: Value,
}

impl Actor {
    /// Opens a stream, from the last event that is known.
    pub(crate) async fn listen(&self, path: &str, last: Option<&str>) -> Listener {
        let mut request = self.client.get(format!("{}{path}", self.base));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let request = request.header("accept-encoding", "gzip");
        let response = request.send().await.expect("the service answers");
        assert_eq!(response.status().as_u16(), 200);
        Listener { response, buffer: String::new() }
    }
}

impl Listener {
    pub(crate) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next event, or nothing where the stream is over.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.buffer.find("\n\n") {
                let block: String = self.buffer.drain(..end + 2).collect();
                if let Some(event) = event(&block) {
                    return Some(event);
                }
            }
            let chunk = self.response.chunk().await.expect("the stream goes on")?;
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event, which has to be of this kind.
    pub(crate) async fn expect(&mut self, kind: &str) -> Event {
        let event = self.next().await.expect("the stream goes on");
        assert_eq!(event.kind, kind, "{event:?}");
        event
    }
}

/// A block that is an event, and not a comment or a hint alone.
fn event(block: &str) -> Option<Event> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
    let (id, kind, data) = (field("id: ")?, field("event: ")?, field("data: ")?);
    let data = serde_json::from_str(data).unwrap();
    Some(Event { id: id.to_owned(), kind: kind.to_owned(), data })
}
