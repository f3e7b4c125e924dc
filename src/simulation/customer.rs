//! One customer at a checkout: search, hold, book.

use crate::geo::{Datum, Place};
use crate::intake::BookingRow;
use crate::model::{Region, TimeWindow};
use chrono::{DateTime, NaiveDate, Utc};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// How often a customer searches whose offer or hold runs out.
const SEARCHES_MAX: usize = 5;

/// Why a customer could not even be refused.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// The service did not answer.
    #[error("the service did not answer: {0}")]
    Http(#[from] reqwest::Error),
    /// The service answered something that the contract does not have.
    #[error("{call} answered {status}: {body}")]
    Unexpected {
        /// What was called.
        call: &'static str,
        /// The status.
        status: StatusCode,
        /// The body, cut.
        body: String,
    },
}

/// A customer's wish.
#[derive(Clone, Debug)]
pub struct Customer {
    /// When they ask.
    pub asks_at: DateTime<Utc>,
    /// When they would like the courier to come.
    pub wish: TimeWindow,
    /// The service date of their wish.
    pub date: NaiveDate,
    /// The search's body.
    pub search: Value,
    /// The booking's body, but for the hold.
    pub booking: Value,
}

/// How it ended for a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// They have a booking.
    Booked {
        /// Its id.
        booking: String,
        /// Whether the slot overlaps their wish.
        as_wished: bool,
    },
    /// No slot of the day was available.
    NoSlot,
    /// The request itself was refused.
    Refused(String),
}

impl Customer {
    /// The customer behind a row of a bookings file.
    #[must_use]
    pub fn of_row(row: &BookingRow, region: &Region) -> Self {
        let date = region.date_of(row.window.start);
        let place = Place { lon: row.lon, lat: row.lat, datum: row.datum.unwrap_or(region.datum) };
        let contact = row.contact.as_ref().map_or_else(
            || json!({ "name": "Customer", "phone": "000", "address": "as mapped" }),
            |contact| json!(contact),
        );
        Self {
            asks_at: row.requested_at.unwrap_or(row.window.start),
            wish: row.window,
            date,
            search: json!({
                "region": region.id,
                "place": { "lon": place.lon, "lat": place.lat, "datum": datum_name(place.datum) },
                "kind": row.kind,
                "devices": row.valued_devices(region),
                "from": date,
                "days": 1,
            }),
            booking: json!({ "external_id": row.external_id, "contact": contact }),
        }
    }
}

fn datum_name(datum: Datum) -> String {
    datum.to_string()
}

/// A checkout's side of the API.
#[derive(Clone, Debug)]
pub struct Checkout {
    client: Client,
    base: String,
    token: String,
}

impl Checkout {
    /// A checkout of the service at `base` (`http://127.0.0.1:8080`).
    #[must_use]
    pub fn new(base: impl Into<String>, token: impl Into<String>) -> Self {
        Self { client: Client::new(), base: base.into(), token: token.into() }
    }

    /// Sends a request with the checkout's key.
    ///
    /// # Errors
    /// [`SimulationError::Http`] when there is no answer.
    pub async fn post(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<(StatusCode, Value), SimulationError> {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.token);
        let answer = request.json(body).send().await?;
        let status = answer.status();
        Ok((status, answer.json().await.unwrap_or(Value::Null)))
    }

    /// Serves one customer: the available slot that overlaps their wish most, or the next one.
    /// Where an offer or a hold runs out on the way, as it does on a clock that runs very fast,
    /// they search again.
    ///
    /// # Errors
    /// [`SimulationError`] for anything but a booking or a clear refusal.
    pub async fn serve(&self, customer: &Customer) -> Result<Ended, SimulationError> {
        for _ in 0..SEARCHES_MAX {
            if let Some(ended) = self.try_to_book(customer).await? {
                return Ok(ended);
            }
        }
        Ok(Ended::NoSlot)
    }

    /// Searches, holds and books; nothing where the offer or the hold ran out.
    async fn try_to_book(&self, customer: &Customer) -> Result<Option<Ended>, SimulationError> {
        let (status, answer) = self.post("/v1/slot-searches", &customer.search).await?;
        if status == StatusCode::UNPROCESSABLE_ENTITY {
            let code = answer["code"].as_str().unwrap_or_default().to_owned();
            return Ok(Some(Ended::Refused(code)));
        }
        expect("slot-searches", status, StatusCode::OK, &answer)?;
        let Some((offer, as_wished)) = best_offer(&answer, customer.wish) else {
            return Ok(Some(Ended::NoSlot));
        };
        let (status, hold) = self.post("/v1/holds", &json!({ "offer": offer })).await?;
        match status {
            StatusCode::GONE => return Ok(None),
            StatusCode::CONFLICT => return Ok(Some(Ended::NoSlot)),
            _ => expect("holds", status, StatusCode::CREATED, &hold)?,
        }
        let mut body = customer.booking.clone();
        body["hold_id"] = hold["id"].clone();
        let (status, booking) = self.post("/v1/bookings", &body).await?;
        if status == StatusCode::GONE {
            return Ok(None);
        }
        expect("bookings", status, StatusCode::CREATED, &booking)?;
        let booking = booking["id"].as_str().unwrap_or_default().to_owned();
        Ok(Some(Ended::Booked { booking, as_wished }))
    }
}

pub(super) fn expect(
    call: &'static str,
    status: StatusCode,
    wanted: StatusCode,
    body: &Value,
) -> Result<(), SimulationError> {
    if status == wanted {
        return Ok(());
    }
    let body = body.to_string().chars().take(400).collect();
    Err(SimulationError::Unexpected { call, status, body })
}

/// The offer of the available slot that overlaps the wish most; of those apart from it, the one
/// whose start is nearest.
fn best_offer(answer: &Value, wish: TimeWindow) -> Option<(Value, bool)> {
    let moment = |value: &Value| value.as_str()?.parse::<DateTime<Utc>>().ok();
    let slots = answer["slots"].as_array()?.iter();
    let available = slots.filter(|slot| slot["status"] == "available").filter_map(|slot| {
        let window = TimeWindow { start: moment(&slot["start"])?, end: moment(&slot["end"])? };
        Some((window, slot["offer"].clone()))
    });
    let (window, offer) = available.max_by_key(|(window, _)| {
        (window.overlap(wish), -(window.start - wish.start).num_seconds().abs())
    })?;
    Some((offer, window.overlap(wish).get() > 0))
}
