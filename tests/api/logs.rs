//! What the service writes to its log while it is used.

use super::service::{contact, on_each_database};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use tracing_subscriber::EnvFilter;

/// A log kept in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// The test's runtime has one thread, so that a log of this thread sees all of the service.
#[tokio::test]
async fn neither_keys_nor_customers_get_into_the_log() {
    on_each_database(async |service| {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("doorstep=trace,tower_http=trace,sqlx=debug"))
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let offer = service.offer().await;
        let booking = service.booking("order-secret").await;
        service.courier.get("/v1/couriers/me/route?date=2026-03-02").await.expect(200);
        let path = format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap());
        service.checkout.ask(&path).await.expect(200);
        let text = log.text();
        assert!(text.contains("http.path=\"/v1/bookings/{id}/cancel\""), "{text}");
        assert!(text.contains("status=201"), "{text}");
        let contact = contact();
        let mut secrets = vec![offer, "order-secret".to_owned(), "dsk_".to_owned()];
        secrets.extend(["name", "phone", "address"].map(|f| contact[f].as_str().unwrap().into()));
        for secret in secrets {
            assert!(!text.contains(&secret), "'{secret}' is in the log:\n{text}");
        }
    })
    .await;
}
