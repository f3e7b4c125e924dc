//! How many promises a fleet can keep: Doorstep beside counters and beside a solver that sees all.
//!
//! A seeded stream of customers asks one by one for slots, on the evening before, until the fleet
//! is full. Each takes the slot they like best among those they accept and are offered, and stays.
//! All methods get the same customers; what each serves is judged by `check`.
//!
//! `make bench-promises` runs two cities with three seeds; `-- --help` lists what can be shortened.

#![expect(clippy::print_stdout, reason = "the table is what this is for")]
#![expect(clippy::print_stderr, reason = "progress")]

#[path = "promises/counters.rs"]
mod counters;
#[path = "promises/fullness.rs"]
mod fullness;
#[path = "promises/judge.rs"]
mod judge;
#[path = "promises/offline.rs"]
mod offline;
#[path = "promises/promising.rs"]
mod promising;
#[path = "promises/table.rs"]
mod table;
#[path = "promises/town.rs"]
mod town;

use clap::{Parser, value_parser};
use fullness::Until;
use promising::Method;
use table::Row;
use town::{Size, Town};

/// Figures of promises.
#[derive(Parser)]
struct Args {
    /// The cities, by the names of `doorstep city`.
    #[arg(long, value_delimiter = ',', default_value = "shanghai,beijing")]
    cities: Vec<String>,
    /// The seeds.
    #[arg(long, value_delimiter = ',', default_value = "1,2,3")]
    seeds: Vec<u64>,
    /// Couriers of each city.
    #[arg(long, default_value_t = 20)]
    couriers: u32,
    /// Hubs of each city.
    #[arg(long, default_value_t = 3)]
    hubs: u32,
    /// The fleet is full when that percentage of the last `--full-of` customers were refused.
    #[arg(long, default_value_t = 80, value_parser = value_parser!(u32).range(1..=100))]
    full_percent: u32,
    /// See `--full-percent`.
    #[arg(long, default_value_t = 40, value_parser = value_parser!(u32).range(1..=1_000))]
    full_of: u32,
    /// How many tries a squeeze has for each slot.
    #[arg(long, default_value_t = 2_000)]
    tries: usize,
    /// How many routes the improver works on at a time.
    #[arg(long, default_value_t = 8)]
    near: usize,
    /// Iterations of the improver after each request.
    #[arg(long, default_value_t = 1_000)]
    iterations: u64,
    /// The most travel that is offered, in percent of what is usual, by the last of Doorstep's ways.
    #[arg(long, default_value_t = 130)]
    most_travel_pct: u32,
    /// Time of the solver that sees all requests; 0 leaves it out.
    #[arg(long, default_value_t = 600)]
    offline_seconds: u64,
    /// Streams that the counters are tuned on; 0 leaves them out.
    #[arg(long, default_value_t = 5)]
    tuning_streams: u64,
    /// Iterations of each solve in that tuning.
    #[arg(long, default_value_t = 100_000)]
    tuning_iterations: u64,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Args {
    fn full(&self) -> Until {
        let refused = (self.full_percent * self.full_of).div_ceil(100);
        Until::Full { refused: refused as usize, of: self.full_of as usize }
    }
}

fn main() {
    let args = Args::parse();
    println!("{}", table::HEAD);
    let mut rows = Vec::new();
    for city in &args.cities {
        let size = Size { couriers: args.couriers, hubs: args.hubs };
        let rate = (args.tuning_streams > 0).then(|| tuned(&args, city, &size));
        for &seed in &args.seeds {
            let row = row(&args, &Town::new(city, seed, &size), rate);
            println!("{row}");
            rows.push(row);
        }
    }
    println!("{}", Row::total(&rows));
}

/// The counters' rate for a city, found on streams that are not in the table.
fn tuned(args: &Args, city: &str, size: &Size) -> f64 {
    let seeds = (0..args.tuning_streams).map(|stream| 1_001 + stream);
    let towns: Vec<Town> = seeds.map(|seed| Town::new(city, seed, size)).collect();
    counters::tuned(&towns, args.full(), args.tuning_iterations)
}

/// One stream, by every method.
fn row(args: &Args, town: &Town, rate: Option<f64>) -> Row {
    let Args { tries, near, iterations, .. } = *args;
    let unbound = Method { tries, near, iterations, most_travel_pct: None };
    let improved = promising::run(town, args.full(), &unbound);
    let asked = improved.asked;
    let run = |method: &Method| promising::run(town, Until::Asked(asked), method);
    let insertion = run(&Method { tries: 0, iterations: 0, ..unbound }).served();
    let squeezed = run(&Method { iterations: 0, ..unbound }).served();
    let bound = run(&Method { most_travel_pct: Some(args.most_travel_pct), ..unbound });
    let counted = |rate| (rate, counters::served(town, asked, rate, args.tuning_iterations));
    let counted = rate.map(counted);
    let offline =
        (args.offline_seconds > 0).then(|| offline::served(town, &bound, args.offline_seconds));
    Row {
        stream: format!("{} {}", town.name, town.seed),
        asked,
        counters: counted.as_ref().map(|(_, counted)| counted.kept),
        rate: counted.map_or_else(String::new, |(rate, counted)| {
            format!(" ({rate:.2}, {} broken)", counted.accepted - counted.kept)
        }),
        insertion,
        squeezed,
        improved: improved.served(),
        bound: bound.served(),
        offline,
    }
}
