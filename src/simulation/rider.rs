//! Couriers on their routes, through the public API.

use super::SimulationError;
use super::customer::expect;
use super::ride::{Act, Ride};
use crate::clock::Clock;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// A route that cannot be read is asked for again after so long.
const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(5);

/// A courier who drives what their route says.
#[derive(Clone, Debug)]
pub struct Rider {
    client: Client,
    base: String,
    token: String,
    seed: u64,
    date: NaiveDate,
}

impl Rider {
    /// A courier with a key of the service at `base`, on one day.
    #[must_use]
    pub fn new(
        base: impl Into<String>,
        token: impl Into<String>,
        seed: u64,
        date: NaiveDate,
    ) -> Self {
        Self { client: Client::new(), base: base.into(), token: token.into(), seed, date }
    }

    /// Drives until `until`, or as long as there may still be something to do.
    ///
    /// # Errors
    /// The first [`SimulationError`].
    pub async fn drive(&self, clock: &Clock, until: DateTime<Utc>) -> Result<(), SimulationError> {
        while clock.now() < until {
            let next = match self.route().await? {
                Some(ride) => ride.next(self.seed, clock.now()),
                None => Act::Wait(clock.now() + AGAIN_AFTER),
            };
            match next {
                Act::Wait(moment) => clock.sleep_until(moment).await,
                Act::Seen { lon, lat, again_at } => {
                    self.seen(clock.now(), lon, lat).await?;
                    clock.sleep_until(again_at).await;
                }
                Act::Tell(event) => self.tell(clock.now(), &event).await?,
                // More may be booked.
                Act::Over => clock.sleep_until(clock.now() + AGAIN_AFTER).await,
            }
        }
        Ok(())
    }

    /// The route; nothing where there is none.
    async fn route(&self) -> Result<Option<Ride>, SimulationError> {
        let path = format!("{}/v1/couriers/me/route?date={}", self.base, self.date);
        let (status, body) = self.send(self.client.get(path)).await?;
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        expect("route", status, StatusCode::OK, &body)?;
        Ok(serde_json::from_value(body).ok())
    }

    async fn tell(&self, now: DateTime<Utc>, event: &Value) -> Result<(), SimulationError> {
        let body = json!({ "sent_at": now, "events": [event] });
        self.post("events", &body).await
    }

    async fn seen(&self, now: DateTime<Utc>, lon: f64, lat: f64) -> Result<(), SimulationError> {
        let position = json!({ "at": now, "place": { "lon": lon, "lat": lat }, "accuracy_m": 20 });
        self.post("positions", &json!({ "positions": [position] })).await
    }

    async fn post(&self, what: &'static str, body: &Value) -> Result<(), SimulationError> {
        let path = format!("{}/v1/couriers/me/{what}", self.base);
        let (status, answer) = self.send(self.client.post(path).json(body)).await?;
        expect(what, status, StatusCode::OK, &answer)
    }

    async fn send(&self, request: RequestBuilder) -> Result<(StatusCode, Value), SimulationError> {
        let answer = request.bearer_auth(&self.token).send().await?;
        let status = answer.status();
        Ok((status, answer.json().await.unwrap_or(Value::Null)))
    }
}
