//! The devices taken in trade or handed over.

use super::{Imei, Money};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A category text that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a device category: use phone, tablet, watch, laptop, desktop or other")]
pub struct UnknownCategory(pub String);

/// What kind of device it is: decides service time and load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// A mobile phone.
    Phone,
    /// A tablet.
    Tablet,
    /// A watch or wristband.
    Watch,
    /// A laptop computer.
    Laptop,
    /// A desktop computer, with or without its screen.
    Desktop,
    /// Anything else a programme takes.
    Other,
}

impl Category {
    /// All categories.
    pub const ALL: [Self; 6] =
        [Self::Phone, Self::Tablet, Self::Watch, Self::Laptop, Self::Desktop, Self::Other];

    /// The name used in JSON and CSV.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Tablet => "tablet",
            Self::Watch => "watch",
            Self::Laptop => "laptop",
            Self::Desktop => "desktop",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Category {
    type Err = UnknownCategory;
    fn from_str(text: &str) -> Result<Self, UnknownCategory> {
        Self::ALL
            .into_iter()
            .find(|category| category.as_str() == text)
            .ok_or_else(|| UnknownCategory(text.chars().take(40).collect()))
    }
}

/// A maker of devices. Mainstream makers are known by name, so that spellings meet
/// (`HUAWEI` and `Huawei` are one brand); any other is accepted as given.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Brand(String);

impl Brand {
    /// The makers that a mainstream trade-in takes.
    pub const MAINSTREAM: [&'static str; 9] =
        ["Apple", "Samsung", "Huawei", "Xiaomi", "OPPO", "Vivo", "HTC", "OnePlus", "Lenovo"];

    /// The brand's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of [`Self::MAINSTREAM`].
    #[must_use]
    pub fn is_mainstream(&self) -> bool {
        Self::MAINSTREAM.contains(&self.as_str())
    }
}

impl From<String> for Brand {
    fn from(text: String) -> Self {
        let given = text.trim();
        let known = Self::MAINSTREAM.into_iter().find(|name| name.eq_ignore_ascii_case(given));
        Self(known.unwrap_or(given).to_owned())
    }
}

impl From<Brand> for String {
    fn from(brand: Brand) -> Self {
        brand.0
    }
}

/// One device of a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// What kind of device.
    pub category: Category,
    /// Its maker, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// Its model, as the checkout names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What the programme values it at: counts towards the courier's insured cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_value: Option<Money>,
    /// Its number, where the checkout knows it: the courier looks for the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imei: Option<Imei>,
}

impl Device {
    /// A device of which only the category is known.
    #[must_use]
    pub fn of(category: Category) -> Self {
        Self { category, brand: None, model: None, declared_value: None, imei: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_mainstream_brand_meet_and_unknown_brands_are_kept() {
        assert_eq!(Brand::from("HUAWEI ".to_owned()).as_str(), "Huawei");
        assert_eq!(Brand::from("oneplus".to_owned()).as_str(), "OnePlus");
        let unknown = Brand::from("Fairphone".to_owned());
        assert!(!unknown.is_mainstream());
        assert_eq!(unknown.as_str(), "Fairphone");
    }

    #[test]
    fn a_category_is_one_of_six() {
        for category in Category::ALL {
            assert_eq!(category.to_string().parse(), Ok(category));
        }
        assert!("fridge".parse::<Category>().unwrap_err().to_string().contains("fridge"));
    }
}
