//! A small town with three couriers on two days.

use chrono::NaiveDate;
use doorstep::geo::Point;
use doorstep::intake;
use doorstep::model::{
    Area, BookingKind, Category, Contact, Device, ProgrammeId, Region, RegionId, VisitRequest,
};
use doorstep::store::RegistryChange;
use std::collections::BTreeSet;

/// When the clock starts: before the first shift, late enough that couriers set off in a sequence.
pub(crate) const CLOCK: &str = "2026-03-02T08:40:00+08:00";

pub(crate) fn region_id() -> RegionId {
    RegionId::new("town").unwrap()
}

pub(crate) fn programme() -> ProgrammeId {
    ProgrammeId::new("shop").unwrap()
}

pub(crate) fn dates() -> [NaiveDate; 2] {
    ["2026-03-02", "2026-03-03"].map(|date| date.parse().unwrap())
}

/// Short shifts, so that days fill up within a sequence.
pub(crate) fn registry() -> RegistryChange {
    let area = Area::Bbox([121.1, 30.9, 121.9, 31.5]);
    let mut region = Region::new(region_id(), "Town", chrono_tz::Asia::Shanghai, area);
    region.slots.horizon_days = 2;
    region.most_travel_pct = Some(100);
    let regions = vec![region];
    let hubs = "id,region,name,lon,lat,opens,closes\nh1,town,Huangpu,121.48,31.22,08:00,22:00\n";
    let hubs = intake::hubs(hubs.as_bytes(), "hubs", Some(&regions)).unwrap();
    let couriers = "id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,\
        skills\n\
        c1,town,Chen,ebike,h1,4,,,,\n\
        c2,town,Wu,ebike,h1,,,,,\n\
        c3,town,Li,tricycle,h1,,,,,\n";
    let couriers = intake::couriers(couriers.as_bytes(), "couriers", Some(&hubs)).unwrap();
    let shifts = "courier,date,starts,ends,break_earliest,break_latest,break_s\n\
        c1,daily,09:00,12:00,,,\n\
        c2,daily,09:30,13:00,11:00,12:00,1800\n\
        c3,daily,14:00,16:00,,,\n";
    let roster = intake::shifts(shifts.as_bytes(), "shifts", Some(&couriers)).unwrap();
    RegistryChange { regions, hubs, couriers, roster }
}

/// What the customer of a door asks for: every fifth one an exchange, some at one door.
pub(crate) fn request(door: usize) -> VisitRequest {
    let step = |n: usize| f64::from(u32::try_from(n).unwrap());
    let place = Point::new(121.45 + 0.012 * step(door % 7), 31.20 + 0.009 * step(door % 5));
    VisitRequest {
        place: place.unwrap(),
        kind: if door.is_multiple_of(5) { BookingKind::Exchange } else { BookingKind::Pickup },
        devices: vec![Device::of(if door.is_multiple_of(3) {
            Category::Laptop
        } else {
            Category::Phone
        })],
        handover: Vec::new(),
        skills: BTreeSet::new(),
    }
}

pub(crate) fn contact() -> Contact {
    let text = |text: &str| text.to_owned();
    Contact { notes: None, name: text("Lin"), phone: text("000"), address: text("1 Example Road") }
}
