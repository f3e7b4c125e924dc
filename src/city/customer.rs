//! What customers bring: devices, brands, values, and contacts that are plainly made up.

use super::dice::Dice;
use crate::model::{BookingKind, Brand, Category, Contact, Device};

/// Devices of one booking, grouped by category, and what they are declared at together.
pub(super) struct Goods {
    pub(super) devices: Vec<Device>,
    /// Minor units.
    pub(super) declared_value: i64,
}

/// Four in five hand in old devices, one in eight exchanges, the rest only receives.
pub(super) fn kind(dice: &mut Dice) -> BookingKind {
    match dice.weighted(&[80, 8, 12]) {
        0 => BookingKind::Pickup,
        1 => BookingKind::Delivery,
        _ => BookingKind::Exchange,
    }
}

/// Mostly one phone; a quarter of the pickups has several devices. No device is declared at more
/// than `value_max`.
pub(super) fn goods(dice: &mut Dice, kind: BookingKind, value_max: i64) -> Goods {
    let count = 1 + match kind {
        BookingKind::Pickup => dice.weighted(&[76, 17, 5, 2]),
        BookingKind::Delivery | BookingKind::Exchange | BookingKind::Shipment => {
            dice.weighted(&[92, 8])
        }
    };
    let mut devices: Vec<Device> = (0..count).map(|_| device(dice, kind)).collect();
    devices.sort_by_key(|device| device.category);
    let values = devices.iter().map(|device| value(dice, kind, device.category).min(value_max));
    let declared_value = values.sum();
    Goods { devices, declared_value }
}

fn device(dice: &mut Dice, kind: BookingKind) -> Device {
    let category = match kind {
        BookingKind::Pickup => Category::ALL[dice.weighted(&[66, 11, 6, 12, 3, 2])],
        BookingKind::Delivery | BookingKind::Exchange | BookingKind::Shipment => {
            Category::ALL[dice.weighted(&[75, 12, 5, 8])]
        }
    };
    let brands: &[(&str, u32)] = match category {
        Category::Phone => &[
            ("Apple", 30),
            ("Huawei", 25),
            ("Xiaomi", 15),
            ("OPPO", 9),
            ("Vivo", 9),
            ("Samsung", 6),
            ("OnePlus", 4),
            ("HTC", 2),
        ],
        Category::Tablet => &[("Apple", 50), ("Huawei", 30), ("Xiaomi", 15), ("Samsung", 5)],
        Category::Watch => &[("Apple", 50), ("Huawei", 35), ("Xiaomi", 15)],
        Category::Laptop => &[("Lenovo", 45), ("Apple", 30), ("Huawei", 15), ("Xiaomi", 10)],
        Category::Desktop => &[("Lenovo", 70), ("Apple", 30)],
        Category::Other => return Device::of(category),
    };
    let weights: Vec<u32> = brands.iter().map(|&(_, weight)| weight).collect();
    let (brand, _) = brands[dice.weighted(&weights)];
    Device { brand: Some(Brand::from(brand.to_owned())), ..Device::of(category) }
}

/// What a device is worth in minor units, in steps of ten yuan; low values are commoner.
fn value(dice: &mut Dice, kind: BookingKind, category: Category) -> i64 {
    const STEP: i64 = 1_000;
    let (low, high) = match (kind, category) {
        (BookingKind::Delivery, Category::Phone) => (150, 800),
        (BookingKind::Delivery, Category::Laptop) => (400, 1_200),
        (BookingKind::Delivery, _) => (80, 600),
        (_, Category::Phone) => (20, 350),
        (_, Category::Tablet) => (30, 250),
        (_, Category::Watch) => (10, 100),
        (_, Category::Laptop) => (50, 600),
        (_, Category::Desktop) => (30, 300),
        (_, Category::Other) => (5, 80),
    };
    let draws = [dice.below(high - low), dice.below(high - low)];
    let steps = low + draws[0].min(draws[1]);
    i64::try_from(steps).unwrap_or(0) * STEP
}

/// The contact of the `number`th customer. No mobile number in China begins with 100.
pub(super) fn contact(number: u64, address: String) -> Contact {
    Contact {
        notes: None,
        name: format!("Customer {number:06}"),
        phone: format!("100-{:04}-{:04}", number / 10_000 % 10_000, number % 10_000),
        address,
    }
}
