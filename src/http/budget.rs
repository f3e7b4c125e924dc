//! How much a change of a day may disturb, as callers say it.

use crate::planning::DisruptionBudget;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much a change may disturb.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_field_names, reason = "limits end in `_max` wherever they are told")]
pub(super) struct BudgetBody {
    /// The most visits that get another courier. A rebalance moves 50 at most.
    #[schema(default = 10)]
    stops_moved_max: usize,
    /// The most couriers whose routes change.
    #[schema(default = 20)]
    couriers_changed_max: usize,
    /// No visit of a changed route begins earlier or later by more than this.
    #[schema(minimum = 0, default = 3_600)]
    eta_shift_s_max: i64,
}

impl Default for BudgetBody {
    fn default() -> Self {
        Self { stops_moved_max: 10, couriers_changed_max: 20, eta_shift_s_max: 3_600 }
    }
}

impl From<BudgetBody> for DisruptionBudget {
    fn from(body: BudgetBody) -> Self {
        let BudgetBody { stops_moved_max, couriers_changed_max, eta_shift_s_max } = body;
        Self { stops_moved_max, couriers_changed_max, eta_shift_s_max }
    }
}
