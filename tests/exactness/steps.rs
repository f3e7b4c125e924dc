//! What happens, at random.

use proptest::prelude::{Strategy, prop_oneof};

/// One thing that one of the two replicas is asked, or that time does.
///
/// `replica` is 0 or 1; `which` picks among what there is, modulo its number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// A customer at one of the town's doors asks for all slots; each is held and given back.
    Search { replica: usize, door: usize },
    /// A search, and a hold of one of its slots.
    Hold { replica: usize, door: usize, which: usize },
    /// A search, and a booking of one of its slots without a hold.
    Book { replica: usize, door: usize, which: usize },
    /// A hold becomes a booking.
    Confirm { replica: usize, which: usize },
    /// A hold is given back.
    Release { replica: usize, which: usize },
    /// A booking is called off.
    Cancel { replica: usize, which: usize },
    /// A booking moves to the place of a hold.
    Reschedule { replica: usize, which: usize, hold: usize },
    /// A day is planned anew.
    Replan { replica: usize, day: usize },
    /// So many minutes pass: holds run out, couriers set off.
    Pass { minutes: i64 },
}

/// Sequences of steps; what adds visits is likelier than what takes them away.
pub(crate) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let replica = || 0_usize..2;
    let any = || 0_usize..64;
    let step = prop_oneof![
        2 => (replica(), any()).prop_map(|(replica, door)| Step::Search { replica, door }),
        6 => (replica(), any(), any())
            .prop_map(|(replica, door, which)| Step::Hold { replica, door, which }),
        4 => (replica(), any(), any())
            .prop_map(|(replica, door, which)| Step::Book { replica, door, which }),
        5 => (replica(), any()).prop_map(|(replica, which)| Step::Confirm { replica, which }),
        1 => (replica(), any()).prop_map(|(replica, which)| Step::Release { replica, which }),
        2 => (replica(), any()).prop_map(|(replica, which)| Step::Cancel { replica, which }),
        4 => (replica(), any(), any())
            .prop_map(|(replica, which, hold)| Step::Reschedule { replica, which, hold }),
        1 => (replica(), 0_usize..2).prop_map(|(replica, day)| Step::Replan { replica, day }),
        1 => (1_i64..15).prop_map(|minutes| Step::Pass { minutes }),
    ];
    proptest::collection::vec(step, 1..=most)
}
