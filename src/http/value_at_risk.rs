//! Declared values on board of a route.

use super::moment::{Moment, local};
use crate::model::Region;
use crate::planning::ValueAtRisk;
use serde::Serialize;
use utoipa::ToSchema;

/// Declared values on board of a route, in minor units of the region's currency.
#[derive(Serialize, ToSchema)]
pub(super) struct ValueAtRiskView {
    /// On board as of now, by what the courier told, and by the plan where they have told nothing.
    now: i64,
    /// The most at any moment of the route, whatever comes of the exchanges that are ahead.
    peak: i64,
    /// The insured cap; `null` is no limit.
    cap: Option<i64>,
    /// When the most is on board, for the first time.
    at: Moment,
}

impl ValueAtRiskView {
    pub(super) fn new(region: &Region, values: ValueAtRisk) -> Self {
        let ValueAtRisk { now, peak, peak_at, cap } = values;
        Self { now, peak, cap, at: local(region.time_zone, peak_at) }
    }
}
