//! Files with bytes changed, cut off or doubled: refused or taken, never a panic; and what is taken
//! can be evaluated and written.

use super::reading::answer;
use doorstep::formats::{Format, Options, read};
use doorstep::solver::{self, Task};
use proptest::prelude::*;

const SOLOMON: &str = "R\nVEHICLE\nNUMBER CAPACITY\n 2 20\nCUSTOMER\nCUST NO. X Y\n\n\
                       0 3 3 0 0 230 0\n1 4 9 10 61 71 10\n2 5 17 7 50 60 10\n";

const LILIM: &str = "2 50 1\n0 0 0 0 0 1000 0 0 0\n1 3 4 10 0 900 5 0 2\n2 6 8 -10 0 900 5 1 0\n";

const VRPLIB: &str = "DIMENSION : 3\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : LOWER_ROW\n\
                      CAPACITY : 9\nEDGE_WEIGHT_SECTION\n1\n2 3\nDEMAND_SECTION\n1 0\n2 1\n3 1\n\
                      TIME_WINDOW_SECTION\n1 0 90\n2 1 20\n3 5 30\nDEPOT_SECTION\n1\n-1\nEOF\n";

const VROOM: &str = r#"{"vehicles":[{"id":1,"start_index":0,"end_index":1,"capacity":[5],
    "costs":{"fixed":3,"per_hour":7,"per_km":9},"time_window":[0,900],"speed_factor":1.5,
    "breaks":[{"id":1,"time_windows":[[5,90]],"service":3,"max_load":[2]}],
    "hub_returns":{"location_index":1,"service":3},"overtime":{"max":50,"per_hour":99},
    "steps":[{"type":"job","id":1}],"frozen":1}],
    "jobs":[{"id":1,"location_index":1,"delivery":[1],"time_windows":[[3,800]],"release":4}],
    "shipments":[{"amount":[1],"pickup":{"id":1,"location_index":0,"setup":2},
    "delivery":{"id":1,"location_index":1,"service":5}}],"lateness_per_hour":5,
    "matrices":{"car":{"durations":[[0,5],[5,0]],"distances":[[0,5],[5,0]]}}}"#;

const FILES: [(Format, &str); 4] = [
    (Format::Solomon, SOLOMON),
    (Format::LiLim, LILIM),
    (Format::Vrplib, VRPLIB),
    (Format::Vroom, VROOM),
];

/// Pieces that often break readers.
const PIECES: [&str; 16] = [
    "-1",
    "0",
    "999999999999999999999",
    "1e300",
    "nan",
    "4294967295",
    "268435456",
    "\u{feff}",
    "北",
    "\"",
    "[",
    "]",
    "{",
    ":",
    "\n",
    "null",
];

#[derive(Clone, Debug)]
enum Change {
    Byte(usize, u8),
    Insert(usize, &'static str),
    Overwrite(usize, &'static str),
    Cut(usize, usize),
    Double(usize, usize),
    End(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = 0..2_000_usize;
    let piece = prop::sample::select(PIECES.to_vec());
    prop_oneof![
        (at.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        (at.clone(), piece.clone()).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (at.clone(), piece).prop_map(|(at, piece)| Change::Overwrite(at, piece)),
        (at.clone(), 0..40_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        (at.clone(), 0..40_usize).prop_map(|(at, length)| Change::Double(at, length)),
        at.prop_map(Change::End),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let length = bytes.len();
    let place = |at: usize| at % (length + 1);
    let until = |at: usize, count: usize| (place(at) + count).min(length);
    match *change {
        Change::Byte(at, byte) => {
            if let Some(old) = bytes.get_mut(place(at)) {
                *old = byte;
            }
        }
        Change::Insert(at, piece) => {
            bytes.splice(place(at)..place(at), piece.bytes());
        }
        Change::Overwrite(at, piece) => {
            let word = bytes[place(at)..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            bytes.splice(place(at)..until(at, word), piece.bytes());
        }
        Change::Cut(at, count) => {
            bytes.drain(place(at)..until(at, count));
        }
        Change::Double(at, count) => {
            let again = bytes[place(at)..until(at, count)].to_vec();
            bytes.splice(place(at)..place(at), again);
        }
        Change::End(at) => bytes.truncate(place(at)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_are_taken_or_refused(
        file in 0..FILES.len(),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let (format, text) = FILES[file];
        let mut bytes = text.as_bytes().to_vec();
        for change in &changes {
            apply(&mut bytes, change);
        }
        // A fleet of a million is right, and slow to make.
        let options = Options { vehicles: Some(2), ..Options::default() };
        match read(format, &bytes, &options) {
            Ok(input) => {
                for visit in 0..u32::try_from(input.problem.visits.len()).unwrap() {
                    let tasks = [Task::Visit(visit)];
                    if solver::evaluate(&input.problem, 0, &tasks).is_ok() {
                        answer(&input, &[(0, &tasks)]);
                    }
                }
            }
            Err(faults) => prop_assert!(!faults.to_string().is_empty()),
        }
    }

    #[test]
    fn any_bytes_are_taken_or_refused(
        file in 0..FILES.len(),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        if let Err(faults) = read(FILES[file].0, &bytes, &Options::default()) {
            prop_assert!(faults.count() > 0);
        }
    }
}

#[test]
fn the_files_are_right_as_they_are() {
    for (format, text) in FILES {
        if let Err(faults) = read(format, text.as_bytes(), &Options::default()) {
            panic!("{format:?}: {faults}");
        }
    }
}
