//! The stops of a route as they are kept: in short, since all of them are written with each change of the
//! route, hundreds of times a second.
//!
//! A stop is an array: kind, booking, longitude, latitude, not before, arrival, start, leave, travel in
//! seconds, metres, wait, service, load before, load after, progress. Moments are Unix seconds, or texts
//! where they are not whole; a load is parcels, grams, millilitres and value.

use crate::geo::Point;
use crate::model::{BookingId, Load, Meters, Progress, Seconds, Stop, StopKind};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Serialize, Deserialize)]
struct Kept(
    StopKind,
    #[serde(with = "uuid::serde::simple::option")] Option<Uuid>,
    f64,
    f64,
    Option<Moment>,
    [Moment; 3],
    [i64; 4],
    [i64; 4],
    [i64; 4],
    Option<Progress>,
);

/// Whole seconds where it is some.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Moment {
    Seconds(i64),
    Text(DateTime<Utc>),
}

/// The text that is kept.
pub(super) fn write(stops: &[Stop]) -> String {
    let kept: Vec<Kept> = stops.iter().map(Kept::of).collect();
    serde_json::to_string(&kept).expect("stops are plain data")
}

/// The stops of a text; also of one that was kept when they were objects.
pub(super) fn read(text: &str) -> Result<Vec<Stop>, String> {
    if text.trim_start_matches(['[', ' ']).starts_with('{') {
        return serde_json::from_str(text).map_err(|error| error.to_string());
    }
    let kept: Vec<Kept> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    kept.into_iter().map(Kept::into_stop).collect()
}

impl Kept {
    fn of(stop: &Stop) -> Self {
        Self(
            stop.kind,
            stop.booking.map(|booking| booking.0),
            stop.place.lon(),
            stop.place.lat(),
            stop.not_before.map(Moment::of),
            [stop.arrive_at, stop.start_at, stop.leave_at].map(Moment::of),
            [stop.travel_s.0, stop.distance_m.0, stop.wait_s.0, stop.service_s.0],
            amounts(stop.load_before),
            amounts(stop.load_after),
            Some(stop.progress).filter(|progress| !progress.is_none()),
        )
    }

    fn into_stop(self) -> Result<Stop, String> {
        let Self(kind, booking, lon, lat, not_before, moments, numbers, before, after, progress) =
            self;
        let [arrive_at, start_at, leave_at] = moments;
        let [travel_s, distance_m, wait_s, service_s] = numbers;
        Ok(Stop {
            kind,
            booking: booking.map(BookingId),
            place: Point::new(lon, lat).map_err(|error| error.to_string())?,
            not_before: not_before.map(Moment::into_utc).transpose()?,
            arrive_at: arrive_at.into_utc()?,
            start_at: start_at.into_utc()?,
            leave_at: leave_at.into_utc()?,
            travel_s: Seconds(travel_s),
            distance_m: Meters(distance_m),
            wait_s: Seconds(wait_s),
            service_s: Seconds(service_s),
            load_before: load(before),
            load_after: load(after),
            progress: progress.unwrap_or_default(),
        })
    }
}

impl Moment {
    fn of(moment: DateTime<Utc>) -> Self {
        match moment.timestamp_subsec_nanos() {
            0 => Self::Seconds(moment.timestamp()),
            _ => Self::Text(moment),
        }
    }

    fn into_utc(self) -> Result<DateTime<Utc>, String> {
        match self {
            Self::Seconds(seconds) => DateTime::from_timestamp(seconds, 0)
                .ok_or_else(|| format!("{seconds} seconds are no moment")),
            Self::Text(moment) => Ok(moment),
        }
    }
}

fn amounts(load: Load) -> [i64; 4] {
    [load.parcels, load.weight_g, load.volume_ml, load.value]
}

fn load([parcels, weight_g, volume_ml, value]: [i64; 4]) -> Load {
    Load { parcels, weight_g, volume_ml, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop() -> Stop {
        let at = |text: &str| text.parse().unwrap();
        Stop {
            kind: StopKind::Visit,
            booking: Some(BookingId(Uuid::from_u128(7))),
            place: Point::new(121.473_701, 31.230_412).unwrap(),
            not_before: None,
            arrive_at: at("2026-03-02T01:00:00Z"),
            start_at: at("2026-03-02T01:00:00.25Z"),
            leave_at: at("2026-03-02T01:05:00Z"),
            travel_s: Seconds(310),
            distance_m: Meters(1_240),
            wait_s: Seconds(0),
            service_s: Seconds(300),
            load_before: Load { parcels: 1, weight_g: 200, volume_ml: 300, value: 4 },
            load_after: Load { parcels: 2, weight_g: 400, volume_ml: 600, value: 8 },
            progress: Progress::default(),
        }
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let told = Progress { at_risk: true, rank: Some(3), ..Progress::default() };
        let start = Stop { kind: StopKind::Start, booking: None, ..stop() };
        let late = Stop { not_before: Some(stop().start_at), progress: told, ..stop() };
        let stops = vec![start, stop(), late];
        assert_eq!(read(&write(&stops)).unwrap(), stops);
        assert_eq!(read("[]").unwrap(), []);
    }

    #[test]
    fn a_stop_is_short() {
        let text = write(&[stop()]);
        let booking = "00000000000000000000000000000007";
        let moments = "[1772413200,\"2026-03-02T01:00:00.250Z\",1772413500]";
        let loads = "[1,200,300,4],[2,400,600,8]";
        let expected = format!(
            "[[\"visit\",\"{booking}\",121.473701,31.230412,null,{moments},[310,1240,0,300],{loads},null]]"
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn objects_of_an_earlier_version_are_read() {
        let stops = vec![stop()];
        assert_eq!(read(&serde_json::to_string(&stops).unwrap()).unwrap(), stops);
    }

    #[test]
    fn what_is_no_stop_is_refused() {
        for text in ["", "{}", "[[\"visit\"]]", &write(&[stop()]).replace("121.473701", "321.0")] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
