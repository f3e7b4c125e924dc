//! Many customers at once.

use super::caller::Caller;
use doorstep::simulation::Customer;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How often a customer whose slot was taken, or who was told to come again, comes again.
const TRIES_MAX: usize = 20;

const POST: Method = Method::POST;

/// A booking that was acknowledged.
pub(crate) struct Acknowledged {
    pub(crate) external_id: String,
    pub(crate) id: String,
}

/// Bookings by the order numbers they were acknowledged for.
pub(crate) type Bookings = BTreeMap<String, String>;

/// Has customers served, `at_once` of them at a time, each search and hold by `searching` and each
/// confirmation by `confirming`. Tells each booking as it is acknowledged; the last word is said
/// when all are served, or when the service is gone.
pub(crate) fn serve(
    customers: impl IntoIterator<Item = Customer>,
    at_once: usize,
    searching: &Caller,
    confirming: &Caller,
) -> UnboundedReceiver<Acknowledged> {
    let waiting: VecDeque<Customer> = customers.into_iter().collect();
    let waiting = Arc::new(Mutex::new(waiting));
    let (tell, told) = unbounded_channel();
    for _ in 0..at_once {
        let waiting = Arc::clone(&waiting);
        tokio::spawn(work(waiting, searching.clone(), confirming.clone(), tell.clone()));
    }
    told
}

/// All acknowledgements until the last word.
pub(crate) async fn all(mut told: UnboundedReceiver<Acknowledged>) -> Bookings {
    let mut bookings = Bookings::new();
    while let Some(Acknowledged { external_id, id }) = told.recv().await {
        bookings.insert(external_id, id);
    }
    bookings
}

async fn work(
    waiting: Arc<Mutex<VecDeque<Customer>>>,
    searching: Caller,
    confirming: Caller,
    tell: UnboundedSender<Acknowledged>,
) {
    loop {
        let Some(customer) = waiting.lock().unwrap().pop_front() else { return };
        let Ok(id) = book(&customer, &searching, &confirming).await else { return };
        let external_id = customer.booking["external_id"].as_str().unwrap().to_owned();
        tell.send(Acknowledged { external_id, id }).unwrap();
    }
}

/// Searches, holds and confirms, again where the place is lost to another customer.
///
/// # Errors
/// Where the service is gone.
async fn book(
    customer: &Customer,
    searching: &Caller,
    confirming: &Caller,
) -> reqwest::Result<String> {
    for _ in 0..TRIES_MAX {
        if let Some(id) = attempt(customer, searching, confirming).await? {
            return Ok(id);
        }
    }
    panic!("{TRIES_MAX} tries were not enough for {}", customer.booking["external_id"]);
}

/// Searches, holds and confirms once. Nothing where the customer has to come again: the place was
/// lost to another one, or the service could not do it now.
///
/// # Errors
/// Where the service is gone.
pub(crate) async fn attempt(
    customer: &Customer,
    searching: &Caller,
    confirming: &Caller,
) -> reqwest::Result<Option<String>> {
    let found = searching.send(POST, "/v1/slot-searches", Some(&customer.search)).await?;
    if found.status == 503 {
        return Ok(None);
    }
    let offer = offer(&found.expect(200));
    let hold = searching.send(POST, "/v1/holds", Some(&json!({ "offer": offer }))).await?;
    if let (409, Some("slot_taken")) | (503, _) = (hold.status, hold.body["code"].as_str()) {
        return Ok(None);
    }
    let mut body = customer.booking.clone();
    body["hold_id"] = hold.expect(201)["id"].clone();
    let booking = confirming.send(POST, "/v1/bookings", Some(&body)).await?;
    let id = match (booking.status, booking.body["code"].as_str()) {
        (503, _) => return Ok(None),
        // An earlier confirmation was committed, though its answer was lost.
        (409, Some("external_id_taken")) => &booking.body["booking_id"],
        _ => &booking.expect(201)["id"].clone(),
    };
    Ok(Some(id.as_str().unwrap().to_owned()))
}

/// One of the available slots, so that customers spread over the day.
fn offer(found: &Value) -> Value {
    let slots = found["slots"].as_array().unwrap().iter();
    let open: Vec<&Value> = slots.filter(|slot| slot["status"] == "available").collect();
    assert!(!open.is_empty(), "the city is large enough for everyone: {found:#}");
    let drawn = found["search_id"].as_str().unwrap().bytes().map(usize::from).sum::<usize>();
    open[drawn % open.len()]["offer"].clone()
}
