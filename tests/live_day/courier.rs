//! A courier who goes where the list says.

use super::board::{Place, Stop, Window};
use super::dice::Dice;
use super::door::{Visit, event};
use super::phone::Phone;
use super::verdict::{Served, Truth};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::collections::BTreeSet;

/// Who has nothing to do looks at the list this often.
const LOOKS_EVERY: TimeDelta = TimeDelta::minutes(10);
/// Of a hundred ways, so many lead into a traffic jam.
const JAM_PERCENT: usize = 2;

/// A courier on the road.
pub(crate) struct Courier {
    pub(crate) id: String,
    pub(crate) phone: Phone,
    dice: Dice,
    place: Place,
    doing: Doing,
    is_ill: bool,
    has_rested: bool,
    /// Whether the break is told of; otherwise it is just taken.
    tells_of_rest: bool,
    been_at: BTreeSet<String>,
}

/// What a courier does.
enum Doing {
    Waiting,
    OnTheWay { to: Box<Stop>, from: Place, since: DateTime<Utc>, until: DateTime<Utc> },
    AtTheDoor(Visit),
    Resting { until: DateTime<Utc> },
    GoingHome { until: DateTime<Utc> },
    AtHome,
}

impl Courier {
    pub(crate) fn new(id: &str, number: usize, hub: Place, phone: Phone) -> Self {
        Self {
            id: id.to_owned(),
            phone,
            dice: Dice::of(id),
            place: hub,
            doing: Doing::Waiting,
            is_ill: false,
            has_rested: false,
            tells_of_rest: !number.is_multiple_of(3),
            been_at: BTreeSet::new(),
        }
    }

    /// Does what is to be done now; when there is something to do again.
    pub(crate) async fn go_on(
        &mut self,
        now: DateTime<Utc>,
        truth: &mut Truth,
    ) -> Option<DateTime<Utc>> {
        loop {
            let wakes = match std::mem::replace(&mut self.doing, Doing::Waiting) {
                Doing::Waiting => self.set_off(now).await,
                Doing::OnTheWay { to, from, since, until } if now < until => {
                    self.doing = Doing::OnTheWay { to, from, since, until };
                    Some(until)
                }
                Doing::OnTheWay { to, .. } => {
                    self.arrive(&to, now, truth);
                    Some(now)
                }
                Doing::AtTheDoor(visit) => self.attend(visit, now).await,
                Doing::Resting { until } if now < until => {
                    self.doing = Doing::Resting { until };
                    Some(until)
                }
                Doing::Resting { .. } => {
                    self.tell_of_rest("break_ended", now).await;
                    Some(now)
                }
                Doing::GoingHome { until } if now < until => {
                    self.doing = Doing::GoingHome { until };
                    Some(until)
                }
                Doing::GoingHome { .. } => {
                    self.doing = Doing::AtHome;
                    let id = format!("{}-at-hub", self.id);
                    self.phone
                        .tell(now, vec![json!({ "id": id, "type": "at_hub", "at": now })])
                        .await;
                    None
                }
                Doing::AtHome => {
                    self.doing = Doing::AtHome;
                    None
                }
            };
            if wakes != Some(now) {
                return wakes;
            }
        }
    }

    /// Goes to the next stop, if it is time; otherwise waits.
    async fn set_off(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_ill {
            self.doing = Doing::AtHome;
            return None;
        }
        self.phone.look(now).await;
        let route = self.phone.route.as_ref().expect("the list was seen");
        let Window { start, end } = route.shift;
        if now < start {
            return Some(start);
        }
        let Some(next) = route.stops.iter().find(|stop| self.is_next(stop)).cloned() else {
            let way = TimeDelta::seconds(route.stops.last().map_or(0, |stop| stop.travel_s));
            if now + way + TimeDelta::minutes(1) < end {
                return Some((end - way).min(now + LOOKS_EVERY));
            }
            self.doing = Doing::GoingHome { until: now + way };
            return Some(now + way);
        };
        let way = TimeDelta::seconds(next.travel_s);
        if next.start_at - way > now {
            return Some((next.start_at - way).min(now + LOOKS_EVERY));
        }
        if next.kind == "break" {
            self.has_rested = true;
            self.tell_of_rest("break_started", now).await;
            let until = now + TimeDelta::seconds(next.service_s);
            self.doing = Doing::Resting { until };
            return Some(until);
        }
        let until = now + self.real(way);
        let booking = next.booking_id.as_deref().unwrap();
        self.phone.tell(now, vec![event("departed", now, booking)]).await;
        self.doing = Doing::OnTheWay { to: Box::new(next), from: self.place, since: now, until };
        Some(until)
    }

    /// Whether a stop is still to be come to, as far as is known here.
    fn is_next(&self, stop: &Stop) -> bool {
        match stop.kind.as_str() {
            "break" => !self.has_rested && stop.is_open(),
            "visit" => {
                let is_wanted = matches!(stop.status.as_deref(), Some("confirmed" | "en_route"));
                let booking = stop.booking_id.as_deref().unwrap();
                is_wanted && stop.is_open() && !self.been_at.contains(booking)
            }
            _ => false,
        }
    }

    /// How long a way takes that is planned to take so long.
    fn real(&mut self, way: TimeDelta) -> TimeDelta {
        let mut way_s = way.num_seconds() * self.dice.between(75, 125) / 100;
        if self.dice.percent(JAM_PERCENT) {
            way_s += self.dice.between(900, 1_800);
        }
        TimeDelta::seconds(way_s)
    }

    fn arrive(&mut self, stop: &Stop, now: DateTime<Utc>, truth: &mut Truth) {
        self.place = stop.place;
        let booking = stop.booking_id.as_deref().unwrap();
        self.been_at.insert(booking.to_owned());
        let is_served = truth.is_served(booking);
        let visit = if is_served { Visit::of_one_served(stop, now) } else { Visit::of(stop, now) };
        let Visit { begins, outcome, .. } = visit;
        truth.note(booking, Served { courier: self.id.clone(), begins, outcome });
        self.doing = Doing::AtTheDoor(visit);
    }

    /// Tells what has happened at the door by now.
    async fn attend(&mut self, mut visit: Visit, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut events = Vec::new();
        while visit.script.front().is_some_and(|(at, _)| *at <= now) {
            events.extend(visit.script.pop_front().map(|(_, event)| event));
        }
        if !events.is_empty() {
            self.phone.tell(now, events).await;
        }
        let Some(at) = visit.script.front().map(|(at, _)| *at) else {
            debug_assert_eq!(visit.ends, now);
            return Some(now);
        };
        self.doing = Doing::AtTheDoor(visit);
        Some(at)
    }

    async fn tell_of_rest(&mut self, kind: &str, now: DateTime<Utc>) {
        if self.tells_of_rest {
            let id = format!("{}-{kind}", self.id);
            self.phone.tell(now, vec![json!({ "id": id, "type": kind, "at": now })]).await;
        }
    }

    /// Tells where the way has led so far.
    pub(crate) async fn locate(&self, now: DateTime<Utc>) {
        let Doing::OnTheWay { to, from, since, until } = &self.doing else { return };
        let done = (now - *since).as_seconds_f64() / (*until - *since).as_seconds_f64().max(1.0);
        let between = |from: f64, to: f64| from + (to - from) * done.min(1.0);
        let place = json!({
            "lon": between(from.lon, to.place.lon), "lat": between(from.lat, to.place.lat)
        });
        self.phone.locate(now, &json!([{ "at": now, "place": place, "accuracy_m": 20 }])).await;
    }

    /// Falls ill: ends the visit under way, and begins no other.
    pub(crate) fn fall_ill(&mut self) {
        self.is_ill = true;
        if matches!(self.doing, Doing::OnTheWay { .. } | Doing::Resting { .. }) {
            self.doing = Doing::AtHome;
        }
    }

    /// Whether there will be nothing more to do.
    pub(crate) fn is_home(&self) -> bool {
        matches!(self.doing, Doing::AtHome)
    }
}
