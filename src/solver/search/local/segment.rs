//! Visits one after the other, seen as one.

use crate::solver::search::field::Site;

/// The latest arrival of what can never be in time.
const NEVER: i32 = i32::MIN / 2;

/// What a stretch of visits makes of the moment of arrival at its first: the moment service ends at
/// its last. Stretches join in constant time, whatever their length (Vidal and others 2014, "A
/// unified solution framework for multi-attribute vehicle routing problems", section 4, where
/// windows are hard and nothing is said about the moment of setting off).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Seconds of travel and service, waiting not included.
    busy: i32,
    /// It is not left earlier, however early one arrives.
    ready: i32,
    /// Whoever arrives later misses a window.
    latest: i32,
}

impl Segment {
    pub(super) fn new(site: Site) -> Self {
        Self { busy: site.service, ready: site.opens + site.service, latest: site.closes }
    }

    /// This, then `time` seconds of travel, then another. Constant time.
    #[inline]
    #[must_use]
    pub(super) fn merge(self, time: i32, other: Self) -> Self {
        let busy = self.busy + time;
        let late = self.ready + time > other.latest;
        let latest = if late { NEVER } else { self.latest.min(other.latest - busy) };
        let ready = (self.ready + time + other.busy).max(other.ready);
        Self { busy: busy + other.busy, ready, latest }
    }

    /// When it is left by whoever arrives at this moment; `None` if a window is missed.
    #[inline]
    pub(super) fn leave(self, arrival: i32) -> Option<i32> {
        (arrival <= self.latest).then(|| (arrival + self.busy).max(self.ready))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn walk(sites: &[(Site, i32)], arrival: i32) -> Option<i32> {
        let mut moment = arrival;
        for (index, &(site, time)) in sites.iter().enumerate() {
            if index > 0 {
                moment += time;
            }
            moment = moment.max(site.opens);
            if moment > site.closes {
                return None;
            }
            moment += site.service;
        }
        Some(moment)
    }

    fn sites() -> impl Strategy<Value = Vec<(Site, i32)>> {
        let site = (0..200, 0..200, 0..20, 0..30).prop_map(|(opens, length, service, time)| {
            (Site { opens, closes: opens + length, service }, time)
        });
        prop::collection::vec(site, 1..8)
    }

    fn merged(sites: &[(Site, i32)]) -> Segment {
        let first = Segment::new(sites[0].0);
        sites[1..].iter().fold(first, |all, &(site, time)| all.merge(time, Segment::new(site)))
    }

    proptest! {
        #[test]
        fn a_segment_is_left_when_its_visits_are(sites in sites(), arrival in -50..500) {
            prop_assert_eq!(merged(&sites).leave(arrival), walk(&sites, arrival));
        }

        #[test]
        fn it_does_not_matter_where_a_stretch_is_cut(sites in sites(), cut in 1_usize..7, arrival in -50..500) {
            prop_assume!(cut < sites.len());
            let halves = merged(&sites[..cut]).merge(sites[cut].1, merged(&sites[cut..]));
            prop_assert_eq!(halves.leave(arrival), walk(&sites, arrival));
        }
    }
}
