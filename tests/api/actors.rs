//! Callers of the API, and what they are answered.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use std::sync::Arc;

/// Someone with a key, or without one.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) client: Client,
    pub(crate) base: String,
    pub(crate) token: Option<String>,
    pub(crate) document: Arc<Value>,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Actor {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Vec::new()).await
    }

    /// Asks again for what is known by its tag.
    pub(crate) async fn get_if_changed(&self, path: &str, tag: &str) -> Answer {
        self.send(Method::GET, path, &[("if-none-match", tag)], Vec::new()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], Vec::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as("application/json", path, body.to_string()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send(Method::PATCH, path, &headers, body.to_string().into_bytes()).await
    }

    /// Posts without a body.
    pub(crate) async fn ask(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[], Vec::new()).await
    }

    pub(crate) async fn post_as(
        &self,
        content_type: &str,
        path: &str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        self.send(Method::POST, path, &[("content-type", content_type)], body.into()).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.body(body).send().await.expect("the service answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("the answer has an end");
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let answer = Answer { status, headers, body };
        super::document::assert_documented(&self.document, &method, path, &answer);
        answer
    }
}

impl Answer {
    /// The body, if the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// The problem, if it has this status and code.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!(self.content_type(), "application/problem+json", "{}", self.status);
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{body:#}");
        assert_eq!(body["status"], status);
        assert_eq!(body["type"], format!("urn:doorstep:problem:{code}"));
        assert!(!body["detail"].as_str().unwrap().is_empty());
        body
    }

    /// The JSON pointer of the first invalid field, if there is one and the status is 422.
    #[track_caller]
    pub(crate) fn pointer(self) -> String {
        let body = self.problem(422, "invalid");
        body["errors"][0]["pointer"].as_str().unwrap_or_else(|| panic!("{body:#}")).to_owned()
    }

    #[track_caller]
    pub(crate) fn tag(&self) -> String {
        self.headers["etag"].to_str().unwrap().to_owned()
    }

    pub(crate) fn content_type(&self) -> &str {
        self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
