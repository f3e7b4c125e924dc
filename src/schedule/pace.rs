//! How long a way takes at least, by its straight length.

use super::Vehicle;
use super::outline::{ROUNDING, narrow, span_s};

/// Two places of one door are at most 1.6 m apart: from this near, there may be no way at all.
const NEAR_M: f32 = 2.0;

/// Seconds for each straight metre, never more than exact travel takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    short_below_m: f32,
    short: f32,
    long: f32,
    /// What the shortest leg that is not short takes: its detour may be the smaller one.
    short_s_max: f32,
    overhead_s: i32,
}

impl Pace {
    pub(super) fn of(vehicle: &Vehicle) -> Self {
        let travel = &vehicle.travel;
        let s_per_m = (1.0 - ROUNDING) / travel.metres_per_second(vehicle.kind);
        Self {
            short_below_m: narrow(travel.short_below_m),
            short: narrow(travel.short_detour * s_per_m),
            long: narrow(travel.detour * s_per_m),
            short_s_max: narrow(travel.short_below_m * travel.detour * s_per_m),
            overhead_s: span_s(travel.leg_overhead_s),
        }
    }

    /// Whole seconds of a leg of so many straight metres or more.
    #[inline]
    pub(super) fn least_s(&self, straight_m: f32) -> i32 {
        let short_s = (straight_m * self.short).min(self.short_s_max);
        let long_s = straight_m * self.long;
        let driven_s = if straight_m < self.short_below_m { short_s } else { long_s };
        let whole_s = whole(driven_s) + self.overhead_s;
        if straight_m < NEAR_M { 0 } else { whole_s }
    }
}

/// The nearest whole number, of two the even one, of what is not below zero; cut off. In the format of 32 bits, the numbers
/// from 2^23 on are the whole ones, so that the addition rounds; a conversion would have to look for
/// numbers that are none.
fn whole(seconds: f32) -> i32 {
    const SECONDS_MAX: f32 = 4e6;
    const WHOLE_FROM: f32 = 8_388_608.0;
    let sum = seconds.min(SECONDS_MAX) + WHOLE_FROM;
    sum.to_bits().wrapping_sub(WHOLE_FROM.to_bits()).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_rounded_and_never_up_from_below_a_half() {
        for (seconds, rounded) in
            [(0.0, 0), (0.49, 0), (0.5, 0), (0.51, 1), (1.5, 2), (2.5, 2), (86_399.6, 86_400)]
        {
            assert_eq!(whole(seconds), rounded, "{seconds}");
        }
        assert_eq!(whole(1e30), 4_000_000);
    }
}
