//! A caller of the API with a key, who may know what was answered before.

use reqwest::{Client, Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// How long a caller waits for an answer before the test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// Someone with a key.
#[derive(Clone)]
pub(crate) struct Caller {
    client: Client,
    base: String,
    token: String,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    tag: Option<String>,
    bytes: Vec<u8>,
}

impl Caller {
    pub(crate) fn new(base: &str, token: &str) -> Self {
        let client = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self { client, base: base.to_owned(), token: token.to_owned() }
    }

    /// The same way with another key.
    pub(crate) fn with(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Reads what has changed since it had this tag.
    pub(crate) async fn get_changed(&self, path: &str, tag: Option<&str>) -> Answer {
        let request = self.request(Method::GET, path);
        answer(match tag {
            Some(tag) => request.header("if-none-match", tag),
            None => request,
        })
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_changed(path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.request(Method::POST, path).json(body)).await
    }

    /// Posts on what had this tag.
    pub(crate) async fn post_on(&self, path: &str, body: &Value, tag: &str) -> Answer {
        answer(self.request(Method::POST, path).header("if-match", tag).json(body)).await
    }

    pub(crate) async fn post_csv(&self, path: &str, text: String) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "text/csv");
        answer(request.body(text)).await
    }

    /// Opens a stream behind the event with this id.
    pub(crate) async fn listen(&self, path: &str, last: i64) -> reqwest::Response {
        let request = self.request(Method::GET, path).header("last-event-id", last.to_string());
        let request = request.timeout(Duration::from_hours(1));
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        response
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }
}

async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the service answers");
    let tag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    Answer { status, tag, bytes: response.bytes().await.unwrap().to_vec() }
}

impl Answer {
    /// The body, if the status is this one.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The body as what it is known to be.
    #[track_caller]
    pub(crate) fn read<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.bytes));
        serde_json::from_slice(&self.bytes).unwrap()
    }

    #[track_caller]
    pub(crate) fn tag(&self) -> String {
        self.tag.clone().expect("the answer has a tag")
    }
}
