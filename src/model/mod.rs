//! The nouns of a pickup day, their state machines and rules. Plain values.
//!
//! Nothing here reads a clock, a file or a database. Reading order: [`Region`] (the settings of a
//! city), [`Hub`], [`Courier`] and [`RosterEntry`] (who works when), [`Booking`] (what a customer
//! asked for), [`Route`] with its [`Stop`]s (what a courier does), [`Reason`] (why something is
//! not possible).
//!
//! Units are in the names or in the types: [`Seconds`], [`Meters`], [`Money`] in minor units,
//! [`Load`] in four dimensions. Moments are `DateTime<Utc>`; local times exist only where a
//! [`Region`] turns them into moments.

mod area;
mod booking;
mod booking_state;
mod courier;
mod custody;
mod demand;
mod device;
mod disturbance;
mod door;
mod hub;
mod id;
mod imei;
mod live_rules;
mod load;
mod lock;
mod money;
mod outcome;
mod progress;
mod reason;
mod region;
mod report;
mod route;
mod service_time;
mod shift;
mod slot;
mod time_window;
mod travel_profile;
mod units;
mod webhook;

pub use area::{Area, AreaError};
pub use booking::{Booking, BookingKind, Contact, Flexible};
pub use booking_state::{BookingAction, BookingState, FailReason, IllegalTransition};
pub use courier::{Courier, Skill, UnknownVehicle, Vehicle};
pub use custody::{CustodyLink, Goods, Holder, Witness, custody_of_new, custody_of_old};
pub use demand::{DemandError, ValueError, VisitDemand, VisitRequest};
pub use device::{Brand, Category, Device, UnknownCategory};
pub use disturbance::{BlockedArea, Disturbance, Upset};
pub use door::Door;
pub use hub::Hub;
pub use id::{
    BookingId, CourierId, DeliveryId, HoldId, HubId, IdError, KeyId, MessageId, OperationId,
    ProgrammeId, ProposalId, RegionId, RouteId, SearchId, StopId, WebhookId,
};
pub use imei::{Imei, ImeiError};
pub use live_rules::LiveRules;
pub use load::{Dimension, Load};
pub use lock::{LOCKED_MAX, Lock};
pub use money::{Currency, Money, UnknownCurrency};
pub use outcome::VisitOutcome;
pub use progress::Progress;
pub use reason::{Amount, Reason, ReasonCode, Relaxation, RelaxedSide};
pub use region::{BoxedDevice, Region, RegionError};
pub use report::{Evidence, Happening, Inspection, Position, Report, ToldReport};
pub use route::{Route, Stop, StopKind};
pub use service_time::ServiceTimes;
pub use shift::{Break, BreakRule, RosterEntry, Shift, ShiftDay, ShiftError};
pub use slot::{Slot, SlotTemplate};
pub use time_window::{EmptyWindow, TimeWindow, local_moment};
pub use travel_profile::{Leg, TravelProfile};
pub use units::{Meters, Seconds};
pub use webhook::{EventFilter, EventFilterError};
