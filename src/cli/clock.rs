//! The flag that gives a command a time of its own.

use chrono::{DateTime, Utc};

/// A moment in RFC 3339.
pub(super) fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let moment = DateTime::parse_from_rfc3339(text);
    let moment = moment.map_err(|_| {
        format!("'{text}' is not a moment: give one such as 2026-03-02T08:00:00+08:00")
    })?;
    Ok(moment.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_an_offset() {
        let start = moment("2026-03-02T08:00:00+08:00").unwrap();
        assert_eq!(start, moment("2026-03-02T00:00:00Z").unwrap());
        for text in ["yesterday", "2026-03-02", "2026-03-02T08:00:00", ""] {
            assert!(moment(text).unwrap_err().contains("+08:00"), "{text}");
        }
    }
}
