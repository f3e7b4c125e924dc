//! The `devices` column, such as `phone:2;laptop:1`, and the `brands` column beside it.

use super::fault::shortened;
use super::sheet::quoted;
use crate::model::{Brand, Category, Device};

/// The most devices of one row; a region's own limit is lower.
const DEVICES_MAX: usize = 1_000;
/// The longest name of a brand, in characters.
const BRAND_CHARS_MAX: usize = 60;

/// Reads `category:count` pairs separated by `;`. A category alone counts once.
pub(super) fn devices(text: &str) -> Result<Vec<Device>, String> {
    let mut devices = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (category, count) = part.split_once(':').unwrap_or((part, "1"));
        let category: Category = category
            .trim()
            .to_ascii_lowercase()
            .parse()
            .map_err(|error: crate::model::UnknownCategory| error.to_string())?;
        let count = count.trim().parse().ok().filter(|count| (1..=DEVICES_MAX).contains(count));
        let count = count.ok_or_else(|| {
            format!("{} is not a category and a count from 1 to {DEVICES_MAX}", quoted(part))
        })?;
        devices.extend(std::iter::repeat_n(Device::of(category), count));
        if devices.len() > DEVICES_MAX {
            return Err(format!("more than {DEVICES_MAX} devices"));
        }
    }
    if devices.is_empty() {
        return Err("there is no device; give at least one, such as phone:1".to_owned());
    }
    Ok(devices)
}

/// The devices with their brands: one for each device, in their order, separated by `;`. A brand
/// that is not known is empty; those at the end may be left out.
pub(super) fn brands(text: &str, devices: &[Device]) -> Result<Vec<Device>, String> {
    let names: Vec<&str> = text.split(';').map(str::trim).collect();
    if names.len() > devices.len() {
        return Err(format!("{} brands for {} devices", names.len(), devices.len()));
    }
    if let Some(name) = names.iter().find(|name| name.chars().count() > BRAND_CHARS_MAX) {
        let name = shortened(name, 20);
        return Err(format!("the brand '{name}' is longer than {BRAND_CHARS_MAX} characters"));
    }
    let mut devices = devices.to_vec();
    for (device, name) in devices.iter_mut().zip(names).filter(|(_, name)| !name.is_empty()) {
        device.brand = Some(Brand::from(name.to_owned()));
    }
    Ok(devices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_categories_and_counts() {
        let devices = devices("phone:2; Laptop;").unwrap();
        let categories: Vec<_> = devices.iter().map(|device| device.category).collect();
        assert_eq!(categories, [Category::Phone, Category::Phone, Category::Laptop]);
    }

    #[test]
    fn no_device_too_many_and_unknown_categories_are_refused() {
        for (text, says) in [
            (";", "no device"),
            ("phone:0", "'phone:0'"),
            ("phone:-1", "'phone:-1'"),
            ("phone:99999999999999999999", "'phone:9"),
            ("phone:600;tablet:600", "more than 1000"),
            ("fridge:1", "'fridge'"),
            ("phone:two", "'phone:two'"),
        ] {
            let error = devices(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn brands_follow_the_devices() {
        let devices = devices("phone:2;laptop").unwrap();
        let branded = brands("huawei;;Lenovo", &devices).unwrap();
        let names: Vec<_> =
            branded.iter().map(|d| d.brand.as_ref().map(|b| b.as_str().to_owned())).collect();
        assert_eq!(names, [Some("Huawei".to_owned()), None, Some("Lenovo".to_owned())]);
        assert!(brands("a;b;c;d", &devices).is_err());
    }
}
