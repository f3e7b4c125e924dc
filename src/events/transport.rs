//! One request to one endpoint: guarded, bounded, and never followed elsewhere.

use super::guard::{Guard, GuardError};
use super::message::Message;
use http::Request;
use http::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::error::Error;
use std::io::Cursor;
use std::time::Duration;

/// Of an answer, at most so many bytes are read, to use the connection again where it is a short
/// one: nothing in it matters but its status.
const ANSWER_BYTES_MAX: usize = 4_096;

type Body = Full<Cursor<Vec<u8>>>;

/// Sends messages. Clones share their connections.
#[derive(Clone)]
pub(super) struct Transport {
    client: Client<HttpsConnector<HttpConnector<Guard>>, Body>,
    guard: Guard,
    time_max: Duration,
}

/// What an endpoint answered.
pub(super) struct Answer {
    pub(super) status: u16,
    /// The header `Retry-After`.
    pub(super) retry_after: Option<String>,
}

impl Transport {
    /// A transport that gives up on a request after `time_max`.
    pub(super) fn new(guard: Guard, time_max: Duration) -> Self {
        let mut connector = HttpConnector::new_with_resolver(guard.clone());
        connector.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client =
            Client::builder(TokioExecutor::new()).pool_max_idle_per_host(2).build(connector);
        Self { client, guard, time_max }
    }

    /// Sends a message and waits for the end of the answer.
    ///
    /// # Errors
    /// What kept it from being answered, for people.
    pub(super) async fn send(&self, url: &str, message: Message) -> Result<Answer, String> {
        let url = self.guard.parse(url).map_err(|error| error.to_string())?;
        let request = Request::post(url.as_str())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("doorstep/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp)
            .header("webhook-signature", message.signature)
            .body(Full::new(Cursor::new(message.body)))
            .map_err(|_| GuardError::NoUrl.to_string())?;
        let answered = async {
            let response = self.client.request(request).await.map_err(|error| reason(&error))?;
            let (parts, body) = response.into_parts();
            // The status is given: what becomes of the rest changes nothing.
            let _rest = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
            let retry_after = parts.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            Ok(Answer {
                status: parts.status.as_u16(),
                retry_after: retry_after.map(str::to_owned),
            })
        };
        let in_time = tokio::time::timeout(self.time_max, answered).await;
        in_time.unwrap_or_else(|_| Err(format!("no whole answer within {:?}", self.time_max)))
    }
}

/// What kept a request from being answered: what the guard said, or else the innermost cause.
fn reason(error: &hyper_util::client::legacy::Error) -> String {
    let mut cause: &(dyn Error + 'static) = error;
    loop {
        if let Some(refused) = cause.downcast_ref::<GuardError>() {
            return refused.to_string();
        }
        match cause.source() {
            Some(source) => cause = source,
            None if error.is_connect() => return format!("cannot connect: {cause}"),
            None => return format!("no answer: {cause}"),
        }
    }
}
