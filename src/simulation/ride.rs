//! What a courier does next, by their route as they last read it.
//!
//! A courier sets off when the plan says so, is on the road a little longer or shorter than planned,
//! and takes their time at the door. One visit in ten comes to nothing. All of it is drawn from the
//! seed and the booking, so that the same route is driven alike again.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Nothing to do for so long is a reason to look at the route again.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(2);
/// Phones tell so often where they are.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);
/// So many visits in a hundred come to nothing.
const FAILURES_PERCENT: u32 = 10;

/// A route as its courier reads it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Ride {
    stops: Vec<RideStop>,
}

#[derive(Clone, Debug, Deserialize)]
struct RideStop {
    stop_id: String,
    kind: String,
    booking_id: Option<String>,
    status: Option<String>,
    visit_kind: Option<String>,
    place: RidePlace,
    promise: Option<RideWindow>,
    arrive_at: DateTime<Utc>,
    travel_s: i64,
    service_s: i64,
    departed_at: Option<DateTime<Utc>>,
    arrived_at: Option<DateTime<Utc>>,
    left_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct RidePlace {
    lon: f64,
    lat: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct RideWindow {
    start: DateTime<Utc>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// Nothing until then; the route may be another by that time.
    Wait(DateTime<Utc>),
    /// Tell where one is, and go on then.
    Seen {
        /// The longitude.
        lon: f64,
        /// The latitude.
        lat: f64,
        /// When to look again.
        again_at: DateTime<Utc>,
    },
    /// Tell what happened.
    Tell(Value),
    /// The courier is home.
    Over,
}

impl Ride {
    /// The next act at a moment.
    pub(super) fn next(&self, seed: u64, now: DateTime<Utc>) -> Act {
        // Breaks are taken where the plan leaves the time for them, and need not be told.
        let is_open = |stop: &&RideStop| {
            stop.left_at.is_none() && !matches!(stop.kind.as_str(), "start" | "break")
        };
        let Some(stop) = self.stops.iter().find(is_open) else { return Act::Over };
        match stop.kind.as_str() {
            "visit" => self.visit(stop, seed, now),
            "hub" if stop.arrived_at.is_some() => Act::Wait(now + LOOK_AGAIN),
            "end" if stop.arrived_at.is_some() || self.stops.len() == 2 => Act::Over,
            _ if now < stop.arrive_at => wait(stop.arrive_at, now),
            _ => Act::Tell(
                json!({ "id": format!("{}-at", stop.stop_id), "type": "at_hub", "at": now }),
            ),
        }
    }

    fn visit(&self, stop: &RideStop, seed: u64, now: DateTime<Utc>) -> Act {
        let mut luck = luck(seed, stop);
        let travel_s = stretched(stop.travel_s, luck.random_range(900..1_150));
        let service_s = stretched(stop.service_s, luck.random_range(750..1_100));
        let fails = luck.random_range(0..100) < FAILURES_PERCENT;
        if stop.status.as_deref() == Some("held") {
            return Act::Wait(now + LOOK_AGAIN);
        }
        let Some(departed_at) = stop.departed_at else {
            let departs_at = stop.arrive_at - TimeDelta::seconds(stop.travel_s);
            return if now < departs_at {
                wait(departs_at, now)
            } else {
                told(stop, "departed", now)
            };
        };
        let Some(arrived_at) = stop.arrived_at else {
            let arrives_at = departed_at + travel_s;
            return if now < arrives_at {
                self.on_the_road(stop, departed_at, arrives_at, now)
            } else {
                told(stop, "arrived", now)
            };
        };
        let begins_at = stop.promise.map_or(arrived_at, |promise| promise.start.max(arrived_at));
        let done_at = begins_at + service_s;
        match (now < done_at, fails, stop.visit_kind.as_deref()) {
            (true, ..) => wait(done_at, now),
            (false, true, _) => failed(stop, now),
            (false, false, Some("delivery")) => told(stop, "delivered", now),
            (false, false, _) => told(stop, "collected", now),
        }
    }

    /// Somewhere on the straight line between two stops.
    fn on_the_road(
        &self,
        to: &RideStop,
        departed_at: DateTime<Utc>,
        arrives_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Act {
        let before = self.stops.iter().take_while(|stop| stop.stop_id != to.stop_id).last();
        let from = before.map_or(to.place, |stop| stop.place);
        let whole = (arrives_at - departed_at).as_seconds_f64();
        let share = if whole > 0.0 { (now - departed_at).as_seconds_f64() / whole } else { 1.0 };
        let between = |from: f64, to: f64| from + (to - from) * share.clamp(0.0, 1.0);
        Act::Seen {
            lon: between(from.lon, to.place.lon),
            lat: between(from.lat, to.place.lat),
            again_at: arrives_at.min(now + SEEN_EVERY),
        }
    }
}

fn wait(until: DateTime<Utc>, now: DateTime<Utc>) -> Act {
    Act::Wait(until.min(now + LOOK_AGAIN))
}

fn told(stop: &RideStop, kind: &str, now: DateTime<Utc>) -> Act {
    Act::Tell(event(stop, kind, now))
}

fn failed(stop: &RideStop, now: DateTime<Utc>) -> Act {
    let mut event = event(stop, "failed", now);
    event["reason"] = json!("no_show");
    event["evidence"] = json!({ "calls": 2, "note": "nobody opened" });
    Act::Tell(event)
}

fn event(stop: &RideStop, kind: &str, now: DateTime<Utc>) -> Value {
    let id = format!("{}-{kind}", stop.stop_id);
    json!({ "id": id, "type": kind, "at": now, "booking_id": stop.booking_id })
}

/// A planned time and what became of it, in thousandths.
fn stretched(seconds: i64, per_mille: i32) -> TimeDelta {
    TimeDelta::seconds(seconds) * per_mille / 1_000
}

/// The luck of a visit: the same however often it is asked for.
fn luck(seed: u64, stop: &RideStop) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(stop.booking_id.as_deref().unwrap_or_default());
    ChaCha8Rng::from_seed(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-03-02T{time}Z").parse().unwrap()
    }

    /// From the hub to one door and home, with what has been told of the door.
    fn ride(told: &Value) -> Ride {
        let place = |lon: f64| json!({ "lon": lon, "lat": 31.0 });
        let stop = |id: &str, kind: &str, lon: f64, arrive: &str| {
            json!({
                "stop_id": id, "kind": kind, "place": place(lon), "arrive_at": at(arrive),
                "travel_s": 600, "service_s": 600,
            })
        };
        let mut door = stop("s2", "visit", 121.2, "09:10:00");
        door["booking_id"] = json!("bkg_1");
        door["status"] = json!("confirmed");
        door["visit_kind"] = json!("delivery");
        door["promise"] = json!({ "start": at("09:00:00") });
        for (name, value) in told.as_object().unwrap() {
            door[name] = value.clone();
        }
        let stops =
            [stop("s1", "start", 121.0, "09:00:00"), door, stop("s3", "end", 121.0, "09:30:00")];
        serde_json::from_value(json!({ "stops": stops })).unwrap()
    }

    fn kind(act: &Act) -> String {
        match act {
            Act::Tell(event) => event["type"].as_str().unwrap().to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_courier_sets_off_when_the_plan_says_so_and_looks_again_meanwhile() {
        let ride = ride(&json!({}));
        assert_eq!(ride.next(1, at("08:00:00")), Act::Wait(at("08:02:00")));
        assert_eq!(ride.next(1, at("08:59:30")), Act::Wait(at("09:00:00")));
        assert_eq!(kind(&ride.next(1, at("09:00:00"))), "departed");
    }

    #[test]
    fn on_the_road_they_are_between_two_stops() {
        let ride = ride(&json!({ "departed_at": at("09:00:00") }));
        let Act::Seen { lon, lat, again_at } = ride.next(1, at("09:04:00")) else {
            panic!("they are on the road")
        };
        assert!((121.05..121.12).contains(&lon), "{lon}");
        assert!((lat - 31.0).abs() < 1e-9);
        assert_eq!(again_at, at("09:05:00"));
        assert_eq!(kind(&ride.next(1, at("09:20:00"))), "arrived");
    }

    #[test]
    fn one_visit_in_ten_comes_to_nothing_and_the_same_again_each_time() {
        let ride = ride(&json!({ "departed_at": at("09:00:00"), "arrived_at": at("09:10:00") }));
        let ends: Vec<String> =
            (0..1_000).map(|seed| kind(&ride.next(seed, at("09:40:00")))).collect();
        let failed = ends.iter().filter(|end| *end == "failed").count();
        assert!((70..130).contains(&failed), "{failed} of 1000");
        assert_eq!(ends.iter().filter(|end| *end == "delivered").count(), 1_000 - failed);
        let again: Vec<String> =
            (0..1_000).map(|seed| kind(&ride.next(seed, at("09:40:00")))).collect();
        assert_eq!(ends, again);
    }

    #[test]
    fn the_day_ends_at_the_hub() {
        let done = json!({ "left_at": at("09:20:00") });
        let mut ride = ride(&done);
        assert_eq!(ride.next(1, at("09:29:00")), Act::Wait(at("09:30:00")));
        assert_eq!(kind(&ride.next(1, at("09:30:00"))), "at_hub");
        ride.stops[2].arrived_at = Some(at("09:30:00"));
        assert_eq!(ride.next(1, at("09:31:00")), Act::Over);
    }

    #[test]
    fn nobody_sets_off_to_a_mere_hold() {
        let ride = ride(&json!({ "status": "held" }));
        assert_eq!(ride.next(1, at("09:00:00")), Act::Wait(at("09:02:00")));
    }
}
