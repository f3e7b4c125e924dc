//! How long a visit takes at the door.

use super::{BookingKind, Category, Device, Seconds};
use serde::{Deserialize, Serialize};

/// Minutes at the door, from a region's settings. The defaults are assumptions to be measured.
///
/// The device that takes longest counts in full, each further one by `further_device_pct`.
/// Set-up (finding the door, greeting) comes on top, once per door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceTimes {
    /// Handing over a sealed parcel.
    pub sealed_parcel_s: i64,
    /// Collecting a phone, inspection included.
    pub phone_s: i64,
    /// Collecting a tablet.
    pub tablet_s: i64,
    /// Collecting a watch.
    pub watch_s: i64,
    /// Collecting a laptop.
    pub laptop_s: i64,
    /// Collecting a desktop computer.
    pub desktop_s: i64,
    /// Collecting anything else.
    pub other_s: i64,
    /// An exchange takes this much longer than the collection alone.
    pub exchange_extra_s: i64,
    /// Each further device takes this share of its own time.
    pub further_device_pct: i64,
    /// Once per door, however many visits are made there in a row.
    pub setup_s: i64,
}

impl Default for ServiceTimes {
    fn default() -> Self {
        Self {
            sealed_parcel_s: 4 * 60,
            phone_s: 12 * 60,
            tablet_s: 14 * 60,
            watch_s: 12 * 60,
            laptop_s: 20 * 60,
            desktop_s: 20 * 60,
            other_s: 12 * 60,
            exchange_extra_s: 5 * 60,
            further_device_pct: 60,
            setup_s: 3 * 60,
        }
    }
}

impl ServiceTimes {
    /// The time at the door for these devices, set-up not included.
    #[must_use]
    pub fn service(&self, kind: BookingKind, devices: &[Device]) -> Seconds {
        let each = devices.iter().map(|device| self.one(kind, device.category));
        let longest = each.clone().max().unwrap_or(0);
        let further = each.sum::<i64>() - longest;
        let extra = if kind == BookingKind::Exchange { self.exchange_extra_s } else { 0 };
        Seconds(longest + further * self.further_device_pct / 100 + extra)
    }

    /// Whether the numbers make sense: nothing negative, nothing longer than a day.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let times = [
            self.sealed_parcel_s,
            self.phone_s,
            self.tablet_s,
            self.watch_s,
            self.laptop_s,
            self.desktop_s,
            self.other_s,
            self.exchange_extra_s,
            self.setup_s,
        ];
        times.iter().all(|s| (0..=86_400).contains(s))
            && (0..=100).contains(&self.further_device_pct)
    }

    fn one(&self, kind: BookingKind, category: Category) -> i64 {
        match (kind, category) {
            (BookingKind::Delivery, _) => self.sealed_parcel_s,
            (_, Category::Phone) => self.phone_s,
            (_, Category::Tablet) => self.tablet_s,
            (_, Category::Watch) => self.watch_s,
            (_, Category::Laptop) => self.laptop_s,
            (_, Category::Desktop) => self.desktop_s,
            (_, Category::Other) => self.other_s,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BookingKind::{Delivery, Exchange, Pickup};
    use Category::{Laptop, Phone};

    fn devices(categories: &[Category]) -> Vec<Device> {
        categories.iter().copied().map(Device::of).collect()
    }

    #[test]
    fn the_longest_device_counts_in_full_and_each_further_by_its_share() {
        let times = ServiceTimes::default();
        let minutes =
            |kind, categories: &[Category]| times.service(kind, &devices(categories)).0 / 60;
        assert_eq!(minutes(Pickup, &[Phone]), 12);
        assert_eq!(times.service(Pickup, &devices(&[Phone, Laptop])), Seconds(1_200 + 432));
        assert_eq!(minutes(Exchange, &[Phone]), 17);
        assert_eq!(minutes(Delivery, &[Laptop]), 4);
    }
}
