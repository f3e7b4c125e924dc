//! Bytes in, model values out: the files that people bring.
//!
//! | function | file | columns (in any order; others are ignored) |
//! | --- | --- | --- |
//! | [`regions`] | `regions.json` | the fields of [`Region`](crate::model::Region) |
//! | [`hubs`] | `hubs.csv` | `id, region, name, lon, lat, opens, closes`; `datum` |
//! | [`couriers`] | `couriers.csv` | `id, region, name, vehicle, hub, max_parcels, max_weight_g, max_volume_ml, max_value, skills`; `max_stops` |
//! | [`shifts`] | `shifts.csv` | `courier, date, starts, ends, break_earliest, break_latest, break_s` |
//! | [`bookings`] | `bookings.csv` | `external_id, region, kind, lon, lat, window_start, window_end, devices, declared_value, requested_at, name, phone, address`; `datum`, `skills`, `brands` |
//! | [`places`] | any CSV of places | `lon, lat`, or with the datum in the name: `lon_gcj02, lat_gcj02` |
//! | [`lade`] | a day of `LaDe-P` | as published |
//!
//! Columns after the semicolon may be left out. Each file but the last two may also be a JSON
//! array of objects with these fields.
//!
//! **Every fault at once.** A reader takes a whole file or nothing: [`Faults`] lists all that is
//! wrong, each [`Fault`] with its line and column, so that a file is mended in one go.
//!
//! Nothing here opens a file or reads a clock: functions take bytes, and the name to call them by
//! in messages. Cells of contacts are never quoted in a message.

mod booking;
mod cell;
mod courier;
mod csv_sheet;
mod device;
mod fault;
mod hub;
mod json_sheet;
pub mod lade;
mod place;
mod region;
mod sheet;
mod shift;

pub use booking::{BookingRow, BookingTerms, RowError, booking_rows, bookings, confirm};
pub use cell::service_date;
pub use courier::couriers;
pub use fault::{Fault, Faults};
pub use hub::hubs;
pub use place::places;
pub use region::regions;
pub use shift::shifts;
