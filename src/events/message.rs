//! A delivery as it goes over the wire.

use super::signature::signatures;
use crate::store::{ClaimedDelivery, WebhookRow};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

/// The headers that are a message's own, and its body.
pub(super) struct Message {
    pub(super) id: String,
    pub(super) timestamp: i64,
    pub(super) signature: String,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// A message, signed now with every secret of the endpoint that is in use.
    pub(super) fn new(
        endpoint: &WebhookRow,
        delivery: &ClaimedDelivery,
        now: DateTime<Utc>,
    ) -> Self {
        let id = delivery.message.to_string();
        let timestamp = now.timestamp();
        let body = body(delivery).to_string().into_bytes();
        let former = endpoint.old_secret.as_ref().filter(|(_, until)| now < *until);
        let secrets = std::iter::once(&endpoint.secret).chain(former.map(|(secret, _)| secret));
        let signature = signatures(secrets.map(Vec::as_slice), &id, timestamp, &body);
        Self { id, timestamp, signature, body }
    }
}

/// `{type, timestamp, data}`. The data are the event's own fields, beside where it stands in the log.
fn body(delivery: &ClaimedDelivery) -> Value {
    let (at, data) = match &delivery.event {
        None => (delivery.created_at, json!({ "webhook": delivery.webhook })),
        Some(event) => {
            let mut data = event.body.as_object().cloned().unwrap_or_else(Map::new);
            data.insert("region".to_owned(), json!(event.region));
            data.insert("date".to_owned(), json!(event.date));
            data.insert("seq".to_owned(), json!(event.seq));
            data.insert("subject".to_owned(), json!(event.subject));
            (event.at, Value::Object(data))
        }
    };
    let timestamp = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    json!({ "type": delivery.kind, "timestamp": timestamp, "data": data })
}
