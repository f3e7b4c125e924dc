//! A caller of the API with a key, and with bounded patience.

use reqwest::{Client, Method};
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
    pub(crate) body: Value,
}

impl Caller {
    /// A caller of the service at `base`.
    pub(crate) fn new(base: &str, token: &str) -> Self {
        let client = Client::builder().no_proxy().timeout(PATIENCE).build();
        let client = client.expect("a client needs nothing from outside");
        Self { client, base: base.to_owned(), token: token.to_owned() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await.expect("the service answers")
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await.expect("the service answers")
    }

    /// Sends a request and waits for the whole answer.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<Answer> {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.bearer_auth(&self.token).send().await?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await?;
        Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }
}

impl Answer {
    /// The body, if the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{:#}", self.body);
        self.body
    }
}
