//! What a region-day's writer is told of other processes' commits.

use crate::store::DayPosition;
use tokio::sync::watch;

/// How far the database is said to have come. However often a day is told, it is read once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Version of the registry.
    pub(super) registry: i64,
    /// Where the day stands.
    pub(super) position: DayPosition,
}

impl Told {
    /// The further of the two, number by number: all of them only ever grow.
    pub(super) fn and(self, other: Self) -> Self {
        let (ours, theirs) = (self.position, other.position);
        Self {
            registry: self.registry.max(other.registry),
            position: DayPosition {
                version: ours.version.max(theirs.version),
                last_seq: ours.last_seq.max(theirs.last_seq),
            },
        }
    }

    /// Whether the other tells something new.
    pub(super) fn is_behind(self, other: Self) -> bool {
        self.and(other) != self
    }
}

/// Waits until more is told than is known; for ever once nobody can tell any more.
pub(super) async fn more_than(known: Told, mut told: watch::Receiver<Told>) {
    if told.wait_for(|told| known.is_behind(*told)).await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(registry: i64, version: i64, last_seq: i64) -> Told {
        Told { registry, position: DayPosition { version, last_seq } }
    }

    #[test]
    fn only_what_is_ahead_is_news() {
        let known = told(1, 2, 10);
        for old in [told(0, 0, 0), known, told(1, 1, 9)] {
            assert!(!known.is_behind(old));
            assert_eq!(known.and(old), known);
        }
        assert!(known.is_behind(told(2, 0, 0)));
        assert!(known.is_behind(told(0, 3, 0)));
        assert!(known.is_behind(told(0, 0, 11)));
    }

    #[tokio::test]
    async fn a_day_that_is_told_a_hundred_times_hears_it_once() {
        let (tell, ear) = watch::channel(Told::default());
        for seq in 1..=100 {
            tell.send_modify(|before| *before = before.and(told(0, 0, seq)));
        }
        more_than(Told::default(), ear.clone()).await;
        let heard = *ear.borrow();
        assert_eq!(heard, told(0, 0, 100));
        assert!(!heard.is_behind(*ear.borrow()));
    }
}
