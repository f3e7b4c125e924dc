//! Settings of a process, read once from the command line and the environment.

use crate::geo::Datum;
use crate::store::{Store, StoreError, StoreSettings};
use clap::Args;
use http::HeaderValue;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// Which database, and how.
#[derive(Clone, Debug, Args)]
pub struct Connection {
    /// `sqlite://…` or `postgres://…`.
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite://doorstep.db",
        hide_env_values = true
    )]
    pub database: String,
}

impl Connection {
    /// Opens the database and brings it to this version's schema.
    ///
    /// # Errors
    /// [`StoreError`], saying what is wrong with the database and what to do.
    pub async fn open(&self) -> Result<Store, StoreError> {
        let store = Store::open(&self.database, &StoreSettings::default()).await?;
        store.migrate().await?;
        Ok(store)
    }
}

/// How long a re-plan of a day may search where nothing is said.
pub const REPLAN_TIME_LIMIT: Duration = Duration::from_secs(2);

/// How long a slot search may try to have others make way where nothing is said.
const SQUEEZE_TIME: Duration = Duration::from_millis(1);

/// How long a few neighbouring routes are searched at a time where nothing is said.
const IMPROVE_TIME: Duration = Duration::from_millis(100);

/// The longest of such searches: a request is given up after a minute.
const REPLAN_TIME_LIMIT_MAX: Duration = Duration::from_secs(30);

/// How much work the service does to improve plans.
#[derive(Clone, Copy, Debug, Args)]
pub struct Replanning {
    /// How long a re-plan of a day may search for better routes: `500ms`, `5s`, at most 30s; 2s, if
    /// not given.
    #[arg(
        long,
        value_name = "TIME",
        env = "DOORSTEP_REPLAN_TIME_LIMIT",
        value_parser = replan_time_limit
    )]
    replan_time_limit: Option<Duration>,
    /// How long a slot search may try to have others make way for closed slots: `500us`, `2ms`, or
    /// `off`; 1ms, if not given.
    #[arg(long, value_name = "TIME", env = "DOORSTEP_SQUEEZE_TIME", value_parser = time_or_off)]
    squeeze_time: Option<Duration>,
    /// How long a few neighbouring routes are searched for better ones at a time, between bookings:
    /// `50ms`, or `off`; 100ms, if not given.
    #[arg(long, value_name = "TIME", env = "DOORSTEP_IMPROVE_TIME", value_parser = time_or_off)]
    improve_time: Option<Duration>,
}

impl Replanning {
    /// How long a re-plan of a day may search.
    #[must_use]
    pub fn time_limit(&self) -> Duration {
        self.replan_time_limit.unwrap_or(REPLAN_TIME_LIMIT)
    }

    /// How long a slot search may try to have others make way.
    #[must_use]
    pub fn squeeze_time(&self) -> Duration {
        self.squeeze_time.unwrap_or(SQUEEZE_TIME)
    }

    /// How long a few neighbouring routes are searched at a time; nothing where they are not.
    #[must_use]
    pub fn improve_time(&self) -> Option<Duration> {
        let time = self.improve_time.unwrap_or(IMPROVE_TIME);
        (!time.is_zero()).then_some(time)
    }
}

/// Where webhooks may be sent.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct WebhookPolicy {
    /// Let webhooks go to addresses that are not public, and by plain http: for receivers in the
    /// same network. Whoever has an admin key can then have this host call into that network.
    #[arg(
        long,
        env = "DOORSTEP_ALLOW_PRIVATE_WEBHOOKS",
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub allow_private_webhooks: bool,
}

/// The pages and the ground of their maps.
#[derive(Clone, Debug, Default, Args)]
pub struct PageOptions {
    /// Serve the pages from this folder instead of those in the binary: for those who work on them.
    #[arg(long, value_name = "DIR", env = "DOORSTEP_PAGES")]
    pub pages: Option<PathBuf>,
    /// Let pages of this origin (`https://shop.example`, or `*` for any) call the API, as the slot picker
    /// does where a shop's page embeds it; may be given again.
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub allow_origin: Vec<HeaderValue>,
    /// Draw the maps on this style (a URL, MapLibre's kind) instead of a plain ground.
    #[arg(long, value_name = "URL", env = "DOORSTEP_MAP_STYLE", value_parser = web_address)]
    pub map_style: Option<Url>,
    /// A host beside the style's own that it loads tiles or glyphs from; may be given again.
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub map_host: Vec<Url>,
    /// Draw the maps on a PMTiles file on this machine, which this process serves.
    #[arg(long, value_name = "FILE", env = "DOORSTEP_MAP_TILES", conflicts_with = "map_style")]
    pub map_tiles: Option<PathBuf>,
    /// The datum that the style or the tiles are drawn in: wgs84, gcj02 or bd09.
    #[arg(long, value_name = "DATUM", env = "DOORSTEP_MAP_DATUM", default_value = "wgs84")]
    pub map_datum: Datum,
}

/// An origin as browsers tell it, or `*`.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let bad = || format!("'{text}' is not an origin: give one such as https://shop.example, or *");
    if text == "*" {
        return Ok(HeaderValue::from_static("*"));
    }
    let url = web_address(text)?;
    let told = url.origin().ascii_serialization();
    let is_bare = text.trim_end_matches('/') == told;
    if is_bare { HeaderValue::try_from(told).map_err(|_| bad()) } else { Err(bad()) }
}

/// The address of something that pages load.
fn web_address(text: &str) -> Result<Url, String> {
    let bad = |why: &str| format!("'{text}' is not a web address ({why}): give https://host/…");
    let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    let is_web = matches!(url.scheme(), "https" | "http");
    is_web.then_some(url).ok_or_else(|| bad("neither https nor http"))
}

/// A duration, or `off` for none.
fn time_or_off(text: &str) -> Result<Duration, String> {
    if text == "off" { Ok(Duration::ZERO) } else { time_limit(text) }
}

/// A duration such as `500us`, `500ms`, `10s`, `1.5m` or `1h`.
///
/// # Errors
/// A message for people, where the text is none.
pub fn time_limit(text: &str) -> Result<Duration, String> {
    let bad = || format!("'{text}' is not a time limit: give one such as 500ms, 10s or 2m");
    let digits = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.trim().parse().map_err(|_| bad())?;
    let seconds = match unit {
        "us" => number / 1_000_000.0,
        "ms" => number / 1_000.0,
        "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3_600.0,
        _ => return Err(bad()),
    };
    // A week is longer than any search.
    if seconds > 0.0 && seconds <= 604_800.0 {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err(format!("'{text}' is not a time limit: give one from 1ms to 168h"))
}

fn replan_time_limit(text: &str) -> Result<Duration, String> {
    let limit = time_limit(text)?;
    let message = || format!("'{text}' is longer than a request may take: give at most 30s");
    (limit <= REPLAN_TIME_LIMIT_MAX).then_some(limit).ok_or_else(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_limits_are_numbers_with_a_unit() {
        let read = |text| time_limit(text).map(|limit| limit.as_millis());
        for (text, milliseconds) in
            [("500ms", 500), ("10s", 10_000), ("10.0s", 10_000), ("2m", 120_000), ("1h", 3_600_000)]
        {
            assert_eq!(read(text), Ok(milliseconds), "{text}");
        }
        for text in ["", "10", "s", "-1s", "0s", "1d", "nans", "infs", "1e9h", "1 0s"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_pages_load_has_a_web_address() {
        let origin = |text| web_address(text).map(|url| url.origin().ascii_serialization());
        assert_eq!(origin("https://tiles.example/a.json").as_deref(), Ok("https://tiles.example"));
        assert_eq!(super::origin("https://a.example/").unwrap(), "https://a.example");
        assert!(super::origin("https://a.example/shop").is_err());
        for text in ["tiles.example", "file:///etc/passwd", "javascript:alert(1)", ""] {
            assert!(origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_re_plan_is_over_before_its_request() {
        assert_eq!(replan_time_limit("30s"), Ok(REPLAN_TIME_LIMIT_MAX));
        assert!(replan_time_limit("31s").is_err());
    }
}
