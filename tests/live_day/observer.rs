//! Who follows the day's log from its beginning, and holds the board against it after every commit.

use super::board::{Board, Load, Route, Violation};
use super::caller::Caller;
use super::town::day;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

/// How long the service may take to do what is due before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);
/// So long before a window ends it is told that it is not known whether the promise is kept.
const TOLD_BEFORE: TimeDelta = TimeDelta::minutes(15);

/// An event of the day's log.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Event {
    pub(crate) seq: i64,
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) at: DateTime<Utc>,
    actor: String,
    pub(crate) body: Value,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, kind, subject, at, actor, .. } = self;
        writeln!(f, "  {seq} {at} {kind} {subject} by {actor}")
    }
}

#[derive(Deserialize)]
struct Page {
    events: Vec<Event>,
}

/// What is known of the day so far.
pub(crate) struct Observer {
    dispatcher: Caller,
    pub(crate) log: Vec<Event>,
    pub(crate) board: Option<Board>,
    /// Bookings that were promised and not called off.
    promised: BTreeSet<String>,
    /// Holds that nobody will confirm, and when they run out.
    pub(crate) left_holds: BTreeMap<String, DateTime<Utc>>,
    /// Couriers who cannot go on.
    out: BTreeSet<String>,
    pub(crate) boards: usize,
}

impl Observer {
    pub(crate) fn new(dispatcher: Caller) -> Self {
        Self {
            dispatcher,
            log: Vec::new(),
            board: None,
            promised: BTreeSet::new(),
            left_holds: BTreeMap::new(),
            out: BTreeSet::new(),
            boards: 0,
        }
    }

    fn seq(&self) -> i64 {
        self.log.last().map_or(0, |event| event.seq)
    }

    /// Waits until the service has done what is due by itself at this moment: holds that have run out
    /// are given back, and promises of which nobody knows are told to be at risk.
    pub(crate) async fn settle(&mut self, now: DateTime<Utc>) {
        let mut due: BTreeSet<(&str, String)> = BTreeSet::new();
        let over = self.left_holds.iter().filter(|(_, until)| **until <= now);
        due.extend(over.map(|(id, _)| ("hold.expired", id.clone())));
        let is_told = self.board.iter().flat_map(|board| &board.routes).any(Route::is_under_way);
        for (_, stop) in self.board.iter().flat_map(Board::stops) {
            let Some((booking, promise)) = stop.booking_id.as_ref().zip(stop.promise) else {
                continue;
            };
            let is_due = promise.end - TOLD_BEFORE <= now && stop.is_open() && !stop.at_risk;
            let is_promised = stop.status.as_deref() != Some("held");
            if is_due && is_promised && is_told {
                due.insert(("visit.at_risk", booking.clone()));
            }
        }
        if !due.is_empty() {
            let waiting = wait_for(&self.dispatcher, self.seq(), due.clone());
            let waited = tokio::time::timeout(PATIENCE, waiting).await;
            assert!(waited.is_ok(), "not told by {now}: {due:#?}");
        }
        self.observe().await;
    }

    /// Reads what was committed since, and checks what the day has become.
    pub(crate) async fn observe(&mut self) {
        let from = self.log.len();
        loop {
            let path = day(&format!("/events?after={}&limit=1000", self.seq()));
            let Page { events } = self.dispatcher.get(&path).await.read();
            if events.is_empty() {
                break;
            }
            for event in events {
                assert_eq!(event.seq, self.seq() + 1, "the log has no gaps");
                self.take(&event);
                self.log.push(event);
            }
        }
        if self.log.len() > from {
            let board: Board = self.dispatcher.get(&day("")).await.read();
            self.check(&board, from);
            self.board = Some(board);
            self.boards += 1;
        }
    }

    fn take(&mut self, event: &Event) {
        let subject = event.subject.clone();
        match event.kind.as_str() {
            "hold.expired" => {
                self.left_holds.remove(&subject);
            }
            "booking.confirmed" | "booking.placed" | "booking.rescheduled" => {
                self.promised.insert(subject);
            }
            "booking.cancelled" | "booking.left" => {
                self.promised.remove(&subject);
            }
            "day.disturbed" if event.body["kind"] == "courier_out" => {
                self.out.insert(event.body["courier"].as_str().unwrap().to_owned());
            }
            _ => {}
        }
    }

    fn check(&self, board: &Board, from: usize) {
        let news = &self.log[from..];
        let story = || format!("version {} after\n{}", board.version, story(news));
        for violation in &board.summary.violations {
            assert!(self.is_forced(board, violation, news), "{violation} in {}", story());
        }
        let (mut seen, mut held) = (BTreeSet::new(), BTreeSet::new());
        let waiting = board.unassigned.iter().map(|waiting| (waiting.booking_id.as_str(), false));
        let routed = board.stops().filter_map(|(_, stop)| {
            let id = stop.booking_id.as_deref()?;
            Some((id, stop.status.as_deref() == Some("held")))
        });
        for (id, is_held) in routed.chain(waiting) {
            let is_new = if is_held { held.insert(id) } else { seen.insert(id) };
            assert!(is_new, "{id} has two places in {}", story());
        }
        let promised: BTreeSet<&str> = self.promised.iter().map(String::as_str).collect();
        assert_eq!(seen, promised, "in {}", story());
        for route in &board.routes {
            assert_loads(route);
            let before = self.board.iter().flat_map(|board| &board.routes);
            if let Some(before) = before.into_iter().find(|before| before.id == route.id) {
                self.assert_frozen(before, route, news);
            }
        }
    }

    /// Whether facts that were told have a rule not hold, and it was told. That a shift, a break or a hub's
    /// hours are not kept is either as it was, or follows from what this courier or a dispatcher told now.
    fn is_forced(&self, board: &Board, violation: &Violation, news: &[Event]) -> bool {
        let Violation { rule, route_id, booking_id, .. } = violation;
        let route = board.routes.iter().find(|route| Some(&route.id) == route_id.as_ref());
        let Some(route) = route else { return false };
        match rule.as_str() {
            "late" => {
                let mut stops = route.stops.iter();
                let late = stops.find(|stop| stop.booking_id == *booking_id);
                late.is_some_and(|stop| stop.at_risk || !stop.is_open())
            }
            "shift_end" | "hub_closed" | "break" => {
                let told_by = format!("courier:{}", route.courier.id);
                let known = self.board.iter().flat_map(|board| &board.summary.violations);
                let is_known = known
                    .into_iter()
                    .any(|known| (&known.rule, &known.route_id) == (rule, route_id));
                let is_told =
                    |event: &Event| event.actor == told_by || event.kind == "day.disturbed";
                route.is_under_way() && (is_known || news.iter().any(is_told))
            }
            _ => false,
        }
    }

    /// What a courier had set off to stays where it is; unless the courier is out, or couriers told
    /// that it went otherwise.
    fn assert_frozen(&self, before: &Route, after: &Route, news: &[Event]) {
        if self.out.contains(&after.courier.id) {
            return;
        }
        let told_by = format!("courier:{}", after.courier.id);
        let is_told = news.iter().any(|event| event.actor == told_by);
        let taken_over = |id: &&str| {
            news.iter().any(|event| event.kind == "booking.taken_over" && event.subject == *id)
        };
        let frozen = before.frozen();
        let stays: Vec<&str> = frozen.iter().copied().filter(|id| !taken_over(id)).collect();
        let now: Vec<&str> = after.bookings().collect();
        if is_told {
            let left: Vec<&&str> = stays.iter().filter(|id| !now.contains(id)).collect();
            assert!(left.is_empty(), "{left:?} left {} by\n{}", after.courier.id, story(news));
            // What the courier told nothing of stays in its order, before all that was not frozen.
            let is_quiet = |id: &&str| {
                !news.iter().any(|event| event.actor == told_by && event.subject == *id)
            };
            let stays: Vec<&str> = stays.into_iter().filter(is_quiet).collect();
            let now: Vec<&str> = now.into_iter().filter(is_quiet).collect();
            assert!(
                now.starts_with(&stays),
                "{stays:?} were frozen for {}, who has {now:?} after\n{}",
                after.courier.id,
                story(news)
            );
        } else {
            assert!(
                now.starts_with(&stays),
                "{stays:?} were frozen on the route of {}, which is {now:?} after\n{}",
                after.courier.id,
                story(news)
            );
        }
    }
}

fn story(events: &[Event]) -> String {
    events.iter().map(Event::to_string).collect()
}

/// What is on board adds up along the way.
fn assert_loads(route: &Route) {
    let stops = &route.stops;
    let who = &route.courier.id;
    for pair in stops.windows(2) {
        assert_eq!(pair[0].load_after, pair[1].load_before, "of {who} after {:?}", pair[0]);
    }
    let peak = stops.iter().map(|stop| stop.load_after).reduce(Load::max);
    assert_eq!(peak, Some(route.peak_load), "of {who}");
    assert!(route.peak_load.is_within(route.capacity), "{:?} of {who}", route.peak_load);
}

/// Follows the day's stream until all of these were told.
async fn wait_for(dispatcher: &Caller, after: i64, mut due: BTreeSet<(&str, String)>) {
    let mut stream = dispatcher.listen(&day("/stream"), after).await;
    let mut buffer = String::new();
    while !due.is_empty() {
        let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
        buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        while let Some(end) = buffer.find("\n\n") {
            let block: String = buffer.drain(..end + 2).collect();
            let data = block.lines().find_map(|line| line.strip_prefix("data: "));
            if let Some(event) = data.map(|data| serde_json::from_str::<Event>(data).unwrap()) {
                due.retain(|(kind, subject)| (*kind, subject) != (&*event.kind, &event.subject));
            }
        }
    }
}
