//! Which events an endpoint is told of.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The most patterns of one endpoint.
const PATTERNS_MAX: usize = 50;
/// The longest pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 80;

/// Why a list of patterns cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventFilterError {
    /// One of them is neither a kind nor a prefix.
    #[error(
        "'{0}' names no events: give a kind such as booking.confirmed, all of a noun as in \
         booking.*, or * for everything"
    )]
    Pattern(String),
    /// None, or too many.
    #[error(
        "{0} patterns were given: give 1 to {PATTERNS_MAX}, or leave the field out for all events"
    )]
    Count(usize),
}

/// Patterns of event kinds: an event passes where one of them matches it.
///
/// A pattern is a kind (`booking.confirmed`), a noun with all of its kinds (`booking.*`), or `*`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct EventFilter(Vec<String>);

impl EventFilter {
    /// Checks and takes patterns.
    ///
    /// # Errors
    /// [`EventFilterError`], with the first that is none.
    pub fn new(patterns: Vec<String>) -> Result<Self, EventFilterError> {
        if !(1..=PATTERNS_MAX).contains(&patterns.len()) {
            return Err(EventFilterError::Count(patterns.len()));
        }
        match patterns.iter().find(|pattern| !is_pattern(pattern)) {
            Some(bad) => Err(EventFilterError::Pattern(bad.chars().take(80).collect())),
            None => Ok(Self(patterns)),
        }
    }

    /// Lets every event pass.
    #[must_use]
    pub fn all() -> Self {
        Self(vec!["*".to_owned()])
    }

    /// Whether events of this kind pass.
    #[must_use]
    pub fn matches(&self, kind: &str) -> bool {
        self.0.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => kind.starts_with(prefix),
            None => pattern == kind,
        })
    }
}

/// Words of small letters, digits and `_`, parted by dots; the last one may be `*`.
fn is_pattern(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let (words, last) =
        text.rsplit_once('.').map_or((None, text), |(words, last)| (Some(words), last));
    text.len() <= PATTERN_BYTES_MAX
        && (last == "*" || is_word(last))
        && words.is_none_or(|words| words.split('.').all(is_word))
}

impl TryFrom<Vec<String>> for EventFilter {
    type Error = EventFilterError;
    fn try_from(patterns: Vec<String>) -> Result<Self, EventFilterError> {
        Self::new(patterns)
    }
}

impl From<EventFilter> for Vec<String> {
    fn from(filter: EventFilter) -> Self {
        filter.0
    }
}

impl fmt::Display for EventFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(patterns: &[&str]) -> Result<EventFilter, EventFilterError> {
        EventFilter::new(patterns.iter().map(|&pattern| pattern.to_owned()).collect())
    }

    #[test]
    fn a_pattern_is_a_kind_a_noun_or_everything() {
        let some = filter(&["booking.*", "route.replanned"]).unwrap();
        for (kind, passes) in [
            ("booking.confirmed", true),
            ("bookings.added", false),
            ("booking", false),
            ("route.replanned", true),
            ("route.replanned.twice", false),
        ] {
            assert_eq!(some.matches(kind), passes, "{kind}");
        }
        assert!(EventFilter::all().matches("anything.at_all"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for bad in ["", "*.confirmed", "booking.*.x", "Booking.*", "booking*", "a..b", "a b", "."] {
            assert!(matches!(filter(&[bad]), Err(EventFilterError::Pattern(_))), "{bad}");
        }
        assert_eq!(filter(&[]), Err(EventFilterError::Count(0)));
    }
}
