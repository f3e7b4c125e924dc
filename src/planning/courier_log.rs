//! What a courier told of a route, read in the order in which it happened.
//!
//! Reports come late, twice and out of order. So the log is not kept up: it is read anew from all
//! reports of the day, in the order of their moments, whenever one is added. The same reports make
//! the same log, however they came.
//!
//! * Who sets off to another door leaves the one they are at, and gives up the one they were on the
//!   way to.
//! * The last end of a visit counts: what failed may still be done, and what was said to be done be
//!   taken back.
//! * Who is at the hub after a stop has called there: one trip ends. Before any stop, they have not left.
//! * What was not told is taken from what was: who collected had arrived by then.

use crate::model::{
    Booking, BookingAction, BookingId, BookingKind, Evidence, FailReason, Happening,
    IllegalTransition, Inspection, Load, Region, Report, VisitOutcome,
};
use crate::schedule::Facts;
use chrono::{DateTime, Utc};

/// A stop that the courier told of.
#[derive(Clone, Debug, PartialEq)]
pub enum LoggedStop {
    /// A visit.
    Visit(LoggedVisit),
    /// The break.
    Rest(Facts),
    /// A call at the hub.
    Hub(Facts),
}

impl LoggedStop {
    /// What is known of it.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        match self {
            Self::Visit(visit) => &visit.facts,
            Self::Rest(facts) | Self::Hub(facts) => facts,
        }
    }

    fn facts_mut(&mut self) -> &mut Facts {
        match self {
            Self::Visit(visit) => &mut visit.facts,
            Self::Rest(facts) | Self::Hub(facts) => facts,
        }
    }
}

/// A visit that the courier told of.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedVisit {
    /// Whose.
    pub booking: BookingId,
    /// When what happened.
    pub facts: Facts,
    /// The old devices as they were found; of several findings about one device the last counts.
    pub devices: Vec<Inspection>,
    handed_over: bool,
    evidence: Evidence,
    end: Option<End>,
}

/// How a visit ended.
#[derive(Clone, Debug, PartialEq)]
enum End {
    Done(DateTime<Utc>),
    Failed(DateTime<Utc>, FailReason),
}

impl LoggedVisit {
    /// What its booking has come to.
    #[must_use]
    pub fn action(&self) -> BookingAction {
        match &self.end {
            Some(End::Done(_)) => BookingAction::Complete,
            Some(End::Failed(_, reason)) => BookingAction::Fail(*reason),
            None if self.facts.is_reached() => BookingAction::Arrive,
            None => BookingAction::Depart,
        }
    }

    /// The booking with what was told of it.
    ///
    /// # Errors
    /// [`IllegalTransition`] where it was never promised, or was called off.
    pub fn told(&self, region: &Region, booking: &Booking) -> Result<Booking, IllegalTransition> {
        let state = booking.state.told(self.action())?;
        let is_told = self.end.is_some() || self.handed_over || !self.devices.is_empty();
        let outcome = is_told.then(|| self.outcome(region, booking));
        Ok(Booking { state, outcome, flexible: None, ..booking.clone() })
    }

    fn outcome(&self, region: &Region, booking: &Booking) -> VisitOutcome {
        let collected = match self.end {
            Some(End::Done(_)) => booking.accepted_load(region, &self.devices),
            Some(End::Failed(..)) | None => Load::ZERO,
        };
        let (failed, ended_at) = match self.end {
            None => (None, None),
            Some(End::Done(at)) => (None, Some(at)),
            Some(End::Failed(at, reason)) => (Some(reason), Some(at)),
        };
        let handed_over = self.handed_over && failed.is_none();
        let devices = self.devices.clone();
        let is_shown = failed.is_some() || !self.evidence.is_empty();
        let evidence = is_shown.then(|| self.evidence.clone());
        VisitOutcome { devices, handed_over, failed, evidence, ended_at, collected }
    }
}

/// The stops that a courier told of, in the order in which they were come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CourierLog {
    /// The one that the courier is on the way to comes last.
    pub stops: Vec<LoggedStop>,
}

impl CourierLog {
    /// Reads the reports of one route, in whatever order they are. Those about bookings that have no
    /// kind here are left out.
    #[must_use]
    pub fn read<'a>(
        reports: impl IntoIterator<Item = &'a Report>,
        kind_of: impl Fn(BookingId) -> Option<BookingKind>,
    ) -> Self {
        let mut reports: Vec<&Report> = reports.into_iter().collect();
        reports.sort_by(|a, b| a.order().cmp(&b.order()));
        let mut reading = Reading::default();
        for report in reports {
            match report.what.booking().map(|booking| (booking, kind_of(booking))) {
                None => reading.take(report),
                Some((booking, Some(kind))) => reading.take_visit(report, booking, kind),
                Some((_, None)) => {}
            }
        }
        let mut stops: Vec<LoggedStop> =
            reading.stops.into_iter().filter(|stop| stop.facts().is_touched()).collect();
        // Stable: stops come in the order in which they were first told of.
        stops.sort_by_key(|stop| stop.facts().arrived.unwrap_or(i64::MAX));
        Self { stops }
    }

    /// The visits among the stops.
    pub fn visits(&self) -> impl Iterator<Item = &LoggedVisit> {
        self.stops.iter().filter_map(|stop| match stop {
            LoggedStop::Visit(visit) => Some(visit),
            LoggedStop::Rest(_) | LoggedStop::Hub(_) => None,
        })
    }
}

/// The log while it is read.
#[derive(Default)]
struct Reading {
    stops: Vec<LoggedStop>,
    /// The stop that the courier is at.
    here: Option<usize>,
    /// The stop that the courier is on the way to.
    bound_for: Option<usize>,
}

impl Reading {
    fn take(&mut self, report: &Report) {
        let at = report.at.timestamp();
        match report.what {
            Happening::BreakStarted => {
                let rest = self.rest();
                self.come_to(rest, at);
            }
            Happening::BreakEnded => {
                let rest = self.rest();
                self.come_to(rest, at);
                self.stops[rest].facts_mut().left = Some(at);
            }
            Happening::AtHub => self.call_at_hub(at),
            _ => {}
        }
    }

    fn take_visit(&mut self, report: &Report, booking: BookingId, kind: BookingKind) {
        let at = report.at.timestamp();
        let index = self.visit(booking);
        if matches!(report.what, Happening::Departed { .. }) {
            self.leave(at, Some(index));
            let facts = self.stops[index].facts_mut();
            if !facts.is_reached() {
                facts.departed = Some(at);
                self.bound_for = Some(index);
            }
            return;
        }
        self.come_to(index, at);
        let LoggedStop::Visit(visit) = &mut self.stops[index] else { return };
        visit.devices.extend_from_slice(report.what.inspections());
        if let Some(evidence) = report.what.evidence() {
            visit.evidence.add(evidence);
        }
        let end = match &report.what {
            Happening::Collected { handed_over, .. } => {
                visit.handed_over |= *handed_over && kind != BookingKind::Pickup;
                End::Done(report.at)
            }
            Happening::Delivered { .. } => {
                visit.handed_over = true;
                if kind == BookingKind::Exchange && visit.end.is_none() {
                    return;
                }
                End::Done(report.at)
            }
            Happening::Failed { reason, .. } => End::Failed(report.at, *reason),
            _ => return,
        };
        (visit.end, visit.facts.left) = (Some(end), Some(at));
    }

    fn call_at_hub(&mut self, at: i64) {
        let is_there = self.here.is_some_and(|here| matches!(self.stops[here], LoggedStop::Hub(_)));
        if is_there {
            self.leave(at, self.here);
        } else if self.stops.iter().any(|stop| stop.facts().is_reached()) {
            let call = self.push(LoggedStop::Hub(Facts::default()));
            self.come_to(call, at);
        } else {
            self.leave(at, None);
        }
    }

    /// The courier is at a stop.
    fn come_to(&mut self, index: usize, at: i64) {
        if self.here != Some(index) {
            self.leave(at, Some(index));
        }
        self.bound_for = None;
        self.here = Some(index);
        self.stops[index].facts_mut().arrived.get_or_insert(at);
    }

    /// The courier goes elsewhere.
    fn leave(&mut self, at: i64, to: Option<usize>) {
        if let Some(here) = self.here.take_if(|here| Some(*here) != to) {
            self.stops[here].facts_mut().left.get_or_insert(at);
        }
        if let Some(given_up) = self.bound_for.take_if(|bound_for| Some(*bound_for) != to) {
            self.stops[given_up].facts_mut().departed = None;
        }
    }

    fn rest(&mut self) -> usize {
        let known = self.stops.iter().position(|stop| matches!(stop, LoggedStop::Rest(_)));
        known.unwrap_or_else(|| self.push(LoggedStop::Rest(Facts::default())))
    }

    fn visit(&mut self, booking: BookingId) -> usize {
        let is_it = |stop: &LoggedStop| matches!(stop, LoggedStop::Visit(visit) if visit.booking == booking);
        self.stops.iter().position(is_it).unwrap_or_else(|| {
            self.push(LoggedStop::Visit(LoggedVisit {
                booking,
                facts: Facts::default(),
                devices: Vec::new(),
                handed_over: false,
                evidence: Evidence::default(),
                end: None,
            }))
        })
    }

    fn push(&mut self, stop: LoggedStop) -> usize {
        self.stops.push(stop);
        self.stops.len() - 1
    }
}
