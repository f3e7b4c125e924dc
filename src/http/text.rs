//! Texts of requests: of bounded length and without control characters, so that they can be kept,
//! shown and put into a file anywhere.

use serde::de::{Deserialize, Deserializer, Error};

/// A short text that may be absent: a brand, a model. Up to 100 characters.
pub(super) fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| checked(text, 0, 100)).transpose().map_err(D::Error::custom)
}

/// An order number: 1 to 128 characters.
pub(super) fn external_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| checked(text, 1, 128)).transpose().map_err(D::Error::custom)
}

/// A name or an address: 1 to 500 characters.
pub(super) fn line<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    checked(String::deserialize(from)?, 1, 500).map_err(D::Error::custom)
}

/// A line that may be absent: up to 500 characters.
pub(super) fn optional_line<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| checked(text, 0, 500)).transpose().map_err(D::Error::custom)
}

fn checked(text: String, least: usize, most: usize) -> Result<String, String> {
    let length = text.chars().count();
    if !(least..=most).contains(&length) {
        return Err(format!("the text has {length} characters: give {least} to {most}"));
    }
    if text.chars().any(char::is_control) {
        return Err("the text has control characters, such as a line break: remove them".into());
    }
    Ok(text)
}
