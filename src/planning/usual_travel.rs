//! What a visit usually costs on a day, by those who asked for it of late.
//!
//! Where more ask than a fleet can serve, whoever takes a far-off place takes it from several who are near. A slot is
//! worth offering while its travel is not far above what most requests need: a bound on the marginal cost, as booking
//! of capacity is steered elsewhere (Campbell and Savelsbergh 2006, "Incentive schemes for attended home delivery
//! services"; Klein et al. 2018, "A model-based approximation of opportunity cost for dynamic pricing in
//! attended home delivery"). The measure is taken from all who ask, not from those who were served: those
//! alone get nearer and nearer to each other, until nobody else is.

use crate::geo::{CellIndex, Point, Resolution, cell_at};
use crate::model::Seconds;
use std::collections::VecDeque;

/// How many requests are remembered.
const REMEMBERED: usize = 60;

/// With fewer of them nothing is usual yet.
const KNOWN_MIN: usize = 20;

/// So many percent of the requests are usual: they add no more travel than the usual at most.
const USUAL_PERCENT: usize = 95;

/// One door, about: cells of some 25 m. Who asks again counts once.
const DOOR: Resolution = Resolution::Eleven;

/// The least travel that the last requests of a day would have added, each at its own best slot.
#[derive(Clone, Debug, Default)]
pub struct UsualTravel {
    /// Door and seconds, the latest last.
    requests: VecDeque<(CellIndex, i64)>,
}

impl UsualTravel {
    /// Notes a request that had a place in some slot: the travel that the best of them adds, in seconds.
    pub fn note(&mut self, door: Point, least_s: i64) {
        let cell = cell_at(door, DOOR);
        self.requests.retain(|(known, _)| *known != cell);
        self.requests.push_back((cell, least_s));
        if self.requests.len() > REMEMBERED {
            self.requests.pop_front();
        }
    }

    /// The most travel that a slot may add, in seconds, at so many percent of what is usual at most; nothing
    /// while too few have asked. What is marked green is never too much.
    #[must_use]
    pub fn most_s(&self, percent: u32, green: Seconds) -> Option<i64> {
        if self.requests.len() < KNOWN_MIN {
            return None;
        }
        let mut travel: Vec<i64> = self.requests.iter().map(|(_, travel_s)| *travel_s).collect();
        let at = (travel.len() - 1) * USUAL_PERCENT / 100;
        let (_, usual, _) = travel.select_nth_unstable(at);
        Some((usual.saturating_mul(i64::from(percent)) / 100).max(green.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The `number`th of some doors in a row, each in a cell of its own.
    fn door(number: u32) -> Point {
        Point::new(121.0 + f64::from(number) * 0.001, 31.0).unwrap()
    }

    #[test]
    fn nothing_is_usual_before_twenty_have_asked() {
        let mut usual = UsualTravel::default();
        for number in 0..19 {
            usual.note(door(number), 100);
            assert_eq!(usual.most_s(300, Seconds(50)), None);
        }
        usual.note(door(19), 100);
        assert_eq!(usual.most_s(300, Seconds(50)), Some(300));
        assert_eq!(usual.most_s(300, Seconds(400)), Some(400), "a courier is near anyway");
    }

    #[test]
    fn most_of_the_last_sixty_are_usual() {
        let mut usual = UsualTravel::default();
        for number in 0..100 {
            usual.note(door(number), i64::from(number));
        }
        assert_eq!(usual.most_s(100, Seconds(0)), Some(96), "of 40 to 99");
        assert_eq!(usual.most_s(200, Seconds(0)), Some(192));
    }

    #[test]
    fn a_door_that_asks_again_counts_once() {
        let mut usual = UsualTravel::default();
        for number in 0..20 {
            usual.note(door(number), 500);
        }
        for _ in 0..100 {
            usual.note(door(0), 0);
        }
        assert_eq!(usual.most_s(100, Seconds(0)), Some(500));
    }
}
