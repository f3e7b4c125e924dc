//! Day plans as solver problems: offers, places, moves, whole plans, and reasons.
//!
//! A [`DayPlan`] is all routes of one region and service date, evaluated and ready to judge
//! insertions. It is a value: the desk keeps the current one, readers keep whichever they took.
//!
//! * [`search`] answers which slots of the day have a place for a request;
//! * [`DayPlan::cheapest_place`] picks the place that a hold takes, by the same judgement, so
//!   that a slot listed is a slot that can be held. Both look exactly only at positions that bounds
//!   do not rule out (`candidates`);
//! * [`UsualTravel`] is what a place costs on a day as a rule: where more ask than can be served, those far
//!   above it are not offered;
//! * [`squeeze()`] makes room where no place is free: others move within their windows;
//! * [`insert_with_call()`] does so where there is time but no room on board: the courier calls at the hub
//!   on the way, as [`RoutePlan::with_hub_calls`] has those who would carry too much after all;
//! * [`replan()`] routes the whole day anew where that serves more or drives less, and tells which
//!   groups of routes changed together. It constructs (`open_day`), then lets the whole-day search
//!   go on from there (`improve`) on the day as a dense problem (`day_problem`);
//! * [`replan_within()`] does so as far as a [`DisruptionBudget`] allows;
//! * [`improve_near()`] does so for a few neighbouring routes, again and again between bookings;
//! * a [`CourierLog`] is read from what a courier told, and [`RoutePlan::logged`] is the route as it
//!   then went;
//! * [`repair()`] puts a day right that was upset, with the fewest promises broken;
//! * [`reasons()`] says why a visit fits nowhere, [`why()`] what every courier says to it;
//! * [`proposed()`] is the day with stops moved by hand, and [`disruption()`] what such a change means
//!   for customers and couriers;
//! * [`Locks`] say what nothing automatic may move, and goods on board go with their courier ([`DayPlan::is_held`]);
//! * [`reordered()`] puts routes into an order that was kept;
//! * [`rebalanced()`] shares a day's work more evenly, by such moves.

mod broken;
mod budget;
mod candidates;
mod cost;
mod courier_log;
mod day_plan;
mod day_problem;
mod disruption;
mod eta;
mod flexible;
mod goods;
mod hub_calls;
mod improve;
mod improve_near;
mod late;
mod locks;
mod logged;
mod moves;
mod moving;
mod open_day;
mod order;
mod proposal;
mod reasons;
mod rebalance;
mod rebalance_search;
mod repair;
mod replan;
mod replan_within;
mod route_plan;
mod serve;
mod served_again;
mod slot_search;
mod spot;
mod squeeze;
mod stops;
mod trips;
mod usual_travel;
mod value_at_risk;
mod vicinity;
mod violations;
mod why;
mod zoning;

pub use budget::DisruptionBudget;
pub use cost::{CostParts, RouteCost};
pub use courier_log::{CourierLog, LoggedStop, LoggedVisit};
pub use day_plan::{Committed, DayPlan, Place};
pub use disruption::{
    BookingChange, Disruption, DisruptionTotals, ETA_SHIFT_S, RouteDifference, Standing, Visited,
    disruption,
};
pub use hub_calls::Excess;
pub use improve::Effort;
pub use improve_near::improve_near;
pub use locks::Locks;
pub use moves::proposed;
pub use moving::{MOVES_MAX, Move, MoveFault, MoveTo};
pub use order::{OrderFault, RouteOrder, reordered};
pub use proposal::Proposal;
pub use reasons::{no_place, reasons};
pub use rebalance::{
    CourierPaid, Rebalance, Spread, TRAVEL_GROWTH_PERCENT_MAX, TRAVEL_GROWTH_S, rebalanced,
};
pub use repair::{Repair, repair};
pub use replan::{Replan, RouteChange, replan};
pub use replan_within::replan_within;
pub use route_plan::{Entry, RoutePlan, RouteShift};
pub use served_again::{given_up, served_again};
pub use slot_search::{SlotAnswer, SlotQuery, search, why_no_place};
pub use spot::{Spot, alternatives};
pub use squeeze::{Rearrangement, squeeze};
pub use trips::insert_with_call;
pub use usual_travel::UsualTravel;
pub use value_at_risk::ValueAtRisk;
pub use violations::PlanViolation;
pub use why::{CourierAnswer, Here, Why, why};
pub use zoning::{shift_work, zones};

pub use crate::solver::{Control, Progress};
