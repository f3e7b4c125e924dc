//! What a search of a few neighbouring routes makes of a day: sound, nobody lost, never worse.

use crate::cities::{city, place};
use crate::days::cases;
use crate::improvements::{routes, score, under_way};
use crate::replans::{apply, is_closed, leaves_alone};
use crate::world::{World, ask};
use chrono::TimeDelta;
use doorstep::geo::Point;
use doorstep::planning::{Control, Effort, Replan, improve_near};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

fn improved(world: &World, point: Point, most: usize) -> Option<Replan> {
    let effort = Effort { seed: 1, threads: 1, iterations: Some(500), time_limit: None };
    let never = AtomicBool::new(false);
    let elapsed = || Duration::ZERO;
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    improve_near(&world.day, (point, most), world.now, &effort, control)
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn a_few_routes_get_better_and_the_others_stay(
        city in city(),
        booked in vec(ask(), 0..50),
        waiting in vec(ask(), 0..20),
        after_s in prop_oneof![Just(0_i64), 0..30_000_i64],
        point in place(),
        most in 1..5_usize,
    ) {
        let world = under_way(&city, &booked, &waiting, TimeDelta::seconds(after_s));
        let Some(found) = improved(&world, point, most) else { return Ok(()) };
        let mut whole = world.clone();
        let mut touched = BTreeSet::new();
        for group in &found.groups {
            is_closed(&world.day, group)?;
            for change in group {
                leaves_alone(&world, change)?;
                prop_assert!(touched.insert(change.route));
            }
            let mut alone = world.clone();
            apply(&mut alone.day, group);
            alone.is_sound()?;
            apply(&mut whole.day, group);
        }
        prop_assert!(touched.len() <= most);
        whole.is_sound()?;
        prop_assert!(score(&whole) < score(&world));
        let gained = found.before.travel_s - found.after.travel_s;
        prop_assert_eq!(score(&world).1 - score(&whole).1, gained);
        let mut again = world.clone();
        for group in improved(&world, point, most).unwrap().groups {
            apply(&mut again.day, &group);
        }
        prop_assert_eq!(routes(&again), routes(&whole));
    }
}
