//! A receiver of webhooks that answers as it was told to.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

/// What a receiver does with a message.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Answers with this status.
    Status(u16),
    /// Answers with this status and a header.
    With(u16, &'static str, String),
    /// Answers with 200 once it is told to.
    When(Arc<Notify>),
    /// Never answers.
    Hang,
}

/// A message as it came.
#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Received {
    pub(crate) fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub(crate) fn kind(&self) -> String {
        self.body()["type"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn id(&self) -> String {
        self.header("webhook-id").to_owned()
    }

    /// Whether one of its signatures is of this secret, by the judgement of another implementation.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let judge = standardwebhooks::Webhook::new(secret).unwrap();
        let timestamp = self.header("webhook-timestamp").parse().unwrap();
        let expected = judge.sign(&self.id(), timestamp, &self.bytes).unwrap();
        self.header("webhook-signature").split(' ').any(|signature| signature == expected)
    }
}

#[derive(Clone)]
struct Desk {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    usual: Reply,
    received: watch::Sender<Vec<Received>>,
}

/// A running receiver.
pub(crate) struct Receiver {
    pub(crate) url: String,
    received: watch::Receiver<Vec<Received>>,
}

impl Receiver {
    /// One that takes everything.
    pub(crate) async fn willing() -> Self {
        Self::with(Vec::new(), Reply::Status(204)).await
    }

    /// One that gives these replies one after the other, and then the usual one.
    pub(crate) async fn with(replies: Vec<Reply>, usual: Reply) -> Self {
        let (sender, received) = watch::channel(Vec::new());
        let replies = Arc::new(Mutex::new(replies.into()));
        let desk = Desk { replies, usual, received: sender };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let app = Router::new().fallback(take).with_state(desk);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, received }
    }

    /// What has come so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.borrow().clone()
    }

    /// Waits until so many have come.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Received> {
        let mut received = self.received.clone();
        received.wait_for(|all| all.len() >= count).await.unwrap().clone()
    }

    pub(crate) fn kinds(&self) -> Vec<String> {
        self.received().iter().map(Received::kind).collect()
    }

    /// Their ids in order, each as often as it came.
    pub(crate) fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.received().iter().map(Received::id).collect();
        ids.sort();
        ids
    }
}

async fn take(
    State(desk): State<Desk>,
    headers: HeaderMap,
    bytes: Bytes,
) -> (StatusCode, HeaderMap) {
    desk.received.send_modify(|all| all.push(Received { headers, bytes }));
    let next = desk.replies.lock().unwrap().pop_front();
    let mut headers = HeaderMap::new();
    let status = match next.unwrap_or(desk.usual) {
        Reply::Status(status) => status,
        Reply::With(status, name, value) => {
            headers.insert(name, value.parse().unwrap());
            status
        }
        Reply::When(told) => {
            told.notified().await;
            200
        }
        Reply::Hang => std::future::pending().await,
    };
    (StatusCode::from_u16(status).unwrap(), headers)
}
