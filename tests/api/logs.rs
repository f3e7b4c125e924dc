//! What the service writes to its log while it is used.
//!
//! Whether a place in the code logs at all is remembered for the whole process, so a subscriber of
//! one test would miss what other tests met first. So one subscriber serves all tests, and each
//! thread keeps the lines that were written on it.

use super::receiver::{Receiver, Reply};
use super::service::{contact, on_each_database};
use serde_json::json;
use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;
use tracing_subscriber::EnvFilter;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to the log of the thread.
struct ThreadLog;

impl Write for ThreadLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("doorstep=trace,tower_http=trace,sqlx=debug"))
            .with_ansi(false)
            .with_writer(|| ThreadLog)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("nobody else sets one");
    });
    LINES.take();
}

/// The test's runtime has one thread, so that the log of this thread is that of the service.
#[tokio::test]
async fn neither_keys_nor_customers_get_into_the_log() {
    on_each_database(async |service| {
        listen();
        let offer = service.offer().await;
        let booking = service.booking("order-secret").await;
        service.courier.get("/v1/couriers/me/route?date=2026-03-02").await.expect(200);
        let path = format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap());
        service.checkout.ask(&path).await.expect(200);
        let gone = Receiver::with(Vec::new(), Reply::Status(410)).await;
        let address = format!("{}?token=of-the-shop", gone.url);
        let (webhook, secret) = service.webhook(&address, json!({})).await;
        service.admin.ask(&format!("{webhook}/test")).await.expect(202);
        service.send_webhooks().await;
        let text = String::from_utf8(LINES.take()).unwrap();
        assert!(text.contains("a webhook was disabled"), "{text}");
        assert!(text.contains("http.path=\"/v1/bookings/{id}/cancel\""), "{text}");
        assert!(text.contains("status=201"), "{text}");
        let contact = contact();
        let mut secrets = vec![offer, "order-secret".to_owned(), "dsk_".to_owned(), secret];
        secrets.extend(["of-the-shop", "webhook.test"].map(str::to_owned));
        secrets.extend(["name", "phone", "address"].map(|f| contact[f].as_str().unwrap().into()));
        for secret in secrets {
            assert!(!text.contains(&secret), "'{secret}' is in the log:\n{text}");
        }
    })
    .await;
}
