//! The number that names a mobile device.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A text that is no IMEI. It says what is wrong, never the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImeiError {
    /// Not 15 digits.
    #[error("an IMEI has 15 digits; dial *#06# to see it")]
    Digits,
    /// The last digit does not follow from the others.
    #[error("the IMEI's check digit does not fit: read it again")]
    CheckDigit,
}

/// An International Mobile Equipment Identity: 15 digits, the last of them a check digit by the Luhn
/// formula (3GPP TS 23.003, annex B). Never logged.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Imei(String);

impl Imei {
    /// The last four digits, by which people tell devices apart.
    #[must_use]
    pub fn tail(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }

    /// Whether these are its last digits.
    #[must_use]
    pub fn ends_with(&self, digits: &str) -> bool {
        self.0.ends_with(digits)
    }
}

impl FromStr for Imei {
    type Err = ImeiError;

    /// Spaces and hyphens between the digits are left out.
    fn from_str(text: &str) -> Result<Self, ImeiError> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if digits.len() != 15 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ImeiError::Digits);
        }
        let sum: u32 =
            digits.bytes().enumerate().map(|(at, b)| weighed(at, u32::from(b - b'0'))).sum();
        if sum.is_multiple_of(10) { Ok(Self(digits)) } else { Err(ImeiError::CheckDigit) }
    }
}

/// Every second digit counts double, by the sum of its digits.
fn weighed(at: usize, digit: u32) -> u32 {
    match at % 2 {
        0 => digit,
        _ if digit > 4 => 2 * digit - 9,
        _ => 2 * digit,
    }
}

impl TryFrom<String> for Imei {
    type Error = ImeiError;
    fn try_from(text: String) -> Result<Self, ImeiError> {
        text.parse()
    }
}

impl From<Imei> for String {
    fn from(imei: Imei) -> Self {
        imei.0
    }
}

impl fmt::Debug for Imei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Imei { withheld }")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_digit_or_two_swapped_are_found() {
        let good: Imei = "49-015420-323751-8".parse().unwrap();
        assert_eq!(good.tail(), "7518");
        assert_eq!("490154203237517".parse::<Imei>(), Err(ImeiError::CheckDigit));
        assert_eq!("940154203237518".parse::<Imei>(), Err(ImeiError::CheckDigit));
        for text in ["", "49015420323751", "4901542032375181", "49015420323751x"] {
            assert_eq!(text.parse::<Imei>(), Err(ImeiError::Digits));
        }
        assert!(!format!("{good:?}").contains("7518"));
    }
}
