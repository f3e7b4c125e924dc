//! How a day was put right that was upset.

use super::day::UnassignedView;
use super::disruption::DisruptionView;
use super::disturbance::DisturbanceView;
use super::moment::{Moment, local};
use crate::desk::UpsetReport;
use crate::model::BookingId;
use crate::planning::{Committed, DayPlan};
use chrono::DateTime;
use serde::Serialize;
use utoipa::ToSchema;

/// How the day was put right.
#[derive(Serialize, ToSchema)]
pub(super) struct UpsetView {
    /// The disturbance.
    disturbance: DisturbanceView,
    /// Version of the day now.
    version: i64,
    /// `false` where other changes kept coming in between: ask for a re-plan.
    repaired: bool,
    /// The bookings that were taken off their routes, and where they are now.
    displaced: Vec<DisplacedView>,
    /// Of these, those that have no place now, and why. The shop is told.
    unassigned: Vec<UnassignedView>,
    /// What all of it means for customers and couriers, from before the disturbance. Visits that a courier
    /// who is out had set off to count as `frozen_touched`.
    disruption: DisruptionView,
}

/// A booking that was taken off its route.
#[derive(Serialize, ToSchema)]
pub(super) struct DisplacedView {
    /// The booking.
    booking_id: String,
    /// Who would have come.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Who comes now; absent where nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// When service begins now.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_at: Option<Moment>,
    /// The promise is kept.
    kept: bool,
}

impl UpsetView {
    pub(super) fn new(report: &UpsetReport) -> Self {
        let displaced = report.displaced.iter();
        let left = report.left.iter().map(|(id, why)| UnassignedView::new(*id, why));
        Self {
            disturbance: DisturbanceView::new(&report.after.region, &report.disturbance),
            version: report.after.version(),
            repaired: report.is_repaired,
            displaced: displaced.map(|id| DisplacedView::new(report, *id)).collect(),
            unassigned: left.collect(),
            disruption: DisruptionView::new(&report.after.region, &report.disruption),
        }
    }
}

impl DisplacedView {
    fn new(report: &UpsetReport, id: BookingId) -> Self {
        let courier = |day: &DayPlan| match day.find(id)? {
            Committed::OnRoute { route, .. } => Some(day.routes[route].of.courier.id.to_string()),
            Committed::Unassigned(_) => None,
        };
        let start = match report.after.find(id) {
            Some(Committed::OnRoute { route, ordinal }) => {
                let plan = &report.after.routes[route];
                let starts = plan.schedule.timings()[plan.element_of(ordinal)].start;
                DateTime::from_timestamp(starts, 0)
            }
            _ => None,
        };
        let is_left = report.left.iter().any(|(left, _)| *left == id);
        Self {
            booking_id: id.to_string(),
            from: courier(&report.before),
            to: courier(&report.after),
            start_at: start.map(|at| local(report.after.region.time_zone, at)),
            kept: !is_left && !report.late.contains(&id),
        }
    }
}
