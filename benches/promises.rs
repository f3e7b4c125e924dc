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
#[path = "promises/judge.rs"]
mod judge;
#[path = "promises/offline.rs"]
mod offline;
#[path = "promises/promising.rs"]
mod promising;
#[path = "promises/town.rs"]
mod town;

use clap::Parser;
use promising::Method;
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
    /// How many refusals one after the other mean that the fleet is full.
    #[arg(long, default_value_t = 20)]
    full_after: usize,
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

fn main() {
    let args = Args::parse();
    println!(
        "| city | seed | asked | counters (rate) | insertion | + squeeze | + improver | + bound | offline | \
         over counters | of offline |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for city in &args.cities {
        let size = Size { couriers: args.couriers, hubs: args.hubs };
        let rate = (args.tuning_streams > 0).then(|| tuned(&args, city, &size));
        for &seed in &args.seeds {
            row(&args, &Town::new(city, seed, &size), rate);
        }
    }
}

/// The counters' rate for a city, found on streams that are not in the table.
fn tuned(args: &Args, city: &str, size: &Size) -> f64 {
    let seeds = (0..args.tuning_streams).map(|stream| 1_001 + stream);
    let towns: Vec<Town> = seeds.map(|seed| Town::new(city, seed, size)).collect();
    counters::tuned(&towns, args.full_after, args.tuning_iterations)
}

fn row(args: &Args, town: &Town, rate: Option<f64>) {
    let Args { tries, near, iterations, .. } = *args;
    let unbound = Method { tries, near, iterations, most_travel_pct: None };
    let improved = promising::run(town, town.customers.len(), args.full_after, &unbound);
    let asked = improved.asked;
    let run = |method: &Method| promising::run(town, asked, asked, method);
    let insertion = run(&Method { tries: 0, iterations: 0, ..unbound }).served();
    let squeezed = run(&Method { iterations: 0, ..unbound }).served();
    let bound = run(&Method { most_travel_pct: Some(args.most_travel_pct), ..unbound });
    let counted =
        rate.map(|rate| (rate, counters::served(town, asked, rate, args.tuning_iterations)));
    let offline =
        (args.offline_seconds > 0).then(|| offline::served(town, &bound, args.offline_seconds));
    let (improved, ours) = (improved.served(), bound.served());
    let (counters, over) = counted.map_or(("-".into(), "-".into()), |(rate, counted)| {
        let broken = counted.accepted - counted.kept;
        let counters = format!("{} ({rate:.2}, {broken} broken)", counted.kept);
        (counters, format!("{:+.1} %", percent(ours, counted.kept) - 100.0))
    });
    let (offline, of) = offline.map_or(("-".into(), "-".into()), |offline| {
        (offline.to_string(), format!("{:.1} %", percent(ours, offline)))
    });
    println!(
        "| {} | {} | {asked} | {counters} | {insertion} | {squeezed} | {improved} | {ours} | {offline} | {over} | {of} |",
        town.name, town.seed
    );
}

#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}
