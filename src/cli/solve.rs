//! `doorstep solve`: a routing problem from a file, solved within a budget.

use super::serve::StopSignal;
use super::{CliError, files};
use crate::clock::Stopwatch;
use crate::formats::{self, Format, Input, Options, Times};
use crate::solver::{self, Control, Objective, Progress, Settings, Solution};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a search goes on where nothing is said.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A file, how to search, and where to write.
#[derive(Debug, Args)]
pub(super) struct SolveArgs {
    /// The layout of the file.
    #[arg(long, value_enum)]
    format: Layout,
    /// Stop in time for the answer to be written so long after the command's start: `500ms`, `10s`,
    /// `2m`. Ten seconds, if there is no other limit.
    #[arg(long, value_parser = time_limit)]
    time_limit: Option<Duration>,
    /// Stop after so many iterations; 0 stops at the constructed plan.
    #[arg(long)]
    iterations: Option<u64>,
    /// Threads; all cores, if not given.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1_024))]
    threads: Option<u16>,
    /// The same seed, threads and iterations give the same answer.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What comes first when all are served.
    #[arg(long, value_enum, default_value_t = Goal::Distance)]
    objective: Goal,
    /// Road length for each straight length, where a VROOM problem has no matrix.
    #[arg(long, default_value_t = Options::default().detour, value_parser = factor)]
    detour: f64,
    /// Speed on the road, where a VROOM problem has no matrix.
    #[arg(long, default_value_t = Options::default().speed_kmh, value_parser = factor)]
    speed_kmh: f64,
    /// The fleet of a solomon, lilim or vrplib file, instead of the file's own.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    vehicles: Option<u32>,
    /// The problem's file; `-` is standard input.
    input: PathBuf,
    /// Where to write the solution; standard output, if not given.
    #[arg(long)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Layout {
    /// Solomon's and Homberger's text.
    Solomon,
    /// Li & Lim's text, with pickups and deliveries.
    Lilim,
    /// VRPLIB: with coordinates or a matrix, with time windows or without.
    Vrplib,
    /// VROOM's JSON.
    Vroom,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Goal {
    /// Least cost, with as many vehicles as there are.
    Distance,
    /// Least vehicles, then least cost.
    Vehicles,
}

/// A duration such as `500ms`, `10s`, `1.5m` or `1h`.
fn time_limit(text: &str) -> Result<Duration, String> {
    let bad = || format!("'{text}' is not a time limit: give one such as 500ms, 10s or 2m");
    let digits = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.trim().parse().map_err(|_| bad())?;
    let seconds = match unit {
        "ms" => number / 1_000.0,
        "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3_600.0,
        _ => return Err(bad()),
    };
    // A week is longer than any search.
    if seconds > 0.0 && seconds <= 604_800.0 {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err(format!("'{text}' is not a time limit: give one from 1ms to 168h"))
}

/// A detour factor or a speed.
fn factor(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.1..=1_000.0).contains(&number) => Ok(number),
        _ => Err(format!("'{text}' is not a number from 0.1 to 1000")),
    }
}

pub(super) fn run(args: &SolveArgs) -> Result<(), CliError> {
    let watch = Stopwatch::start();
    let cancel = stop_when_told()?;
    let input = read(args)?;
    let loading = watch.elapsed();
    let settings = settings(args, &input)?;
    tracing::info!(
        visits = input.problem.visits.len(),
        vehicles = input.problem.vehicles.len(),
        threads = settings.threads,
        "searching"
    );
    let solution = search(&input, &settings, &watch, &cancel);
    let times = Times {
        loading: milliseconds(loading),
        solving: milliseconds(watch.elapsed().saturating_sub(loading)),
    };
    let mut json = formats::solution_json(&input, &solution, times).map_err(CliError::failed)?;
    json.push(b'\n');
    let json = String::from_utf8(json).map_err(CliError::failed)?;
    match &args.output {
        Some(path) => files::write(path, &json)?,
        None => files::print(&json)?,
    }
    tracing::info!(
        routes = solution.routes_used(),
        unserved = solution.unserved.len(),
        cost = input.names.cost(solution.cost),
        seconds = watch.elapsed().as_secs_f64(),
        "solved"
    );
    Ok(())
}

fn read(args: &SolveArgs) -> Result<Input, CliError> {
    let (name, bytes) = if args.input == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| {
            CliError::failed(format!("standard input: cannot be read: {error}"))
        })?;
        ("standard input".to_owned(), bytes)
    } else {
        (args.input.display().to_string(), files::read(&args.input)?)
    };
    let options =
        Options { detour: args.detour, speed_kmh: args.speed_kmh, vehicles: args.vehicles };
    let format = match args.format {
        Layout::Solomon => Format::Solomon,
        Layout::Lilim => Format::LiLim,
        Layout::Vrplib => Format::Vrplib,
        Layout::Vroom => Format::Vroom,
    };
    formats::read(format, &bytes, &options).map_err(|faults| {
        let lines: Vec<String> =
            faults.to_string().lines().map(|fault| format!("{name}: {fault}")).collect();
        let count = faults.count();
        let plural = if count == 1 { "" } else { "s" };
        CliError::Failed(format!("{}\n{count} fault{plural}; nothing was solved", lines.join("\n")))
    })
}

fn settings(args: &SolveArgs, input: &Input) -> Result<Settings, CliError> {
    let threads = match args.threads {
        Some(threads) => usize::from(threads),
        None => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    };
    let limit = match (args.time_limit, args.iterations) {
        (None, None) => Some(TIME_LIMIT),
        (limit, _) => limit,
    };
    let visits = u32::try_from(input.problem.visits.len()).map_err(CliError::failed)?;
    Ok(Settings {
        objective: match args.objective {
            Goal::Distance => Objective::Distance,
            Goal::Vehicles => Objective::Vehicles,
        },
        seed: args.seed,
        threads,
        iterations: args.iterations,
        time_limit: limit.map(|limit| limit.saturating_sub(writing(visits).min(limit / 4))),
    })
}

/// What it takes to write the answer, so that it is there when the time is over.
fn writing(visits: u32) -> Duration {
    Duration::from_millis(5) + Duration::from_micros(2) * visits
}

fn search(input: &Input, settings: &Settings, watch: &Stopwatch, cancel: &AtomicBool) -> Solution {
    let bar = bar(settings);
    let mut show = |progress: Progress| {
        bar.set_position(match settings.time_limit {
            Some(_) => milliseconds(progress.elapsed),
            None => progress.iteration,
        });
        bar.set_message(message(&progress, input.names.cost(progress.cost)));
    };
    let elapsed = || watch.elapsed();
    let control = Control { elapsed: &elapsed, cancel, progress: &mut show };
    let solution = solver::solve(&input.problem, settings, control);
    bar.finish_and_clear();
    solution
}

/// What is said beside the bar; the cost is in the file's unit.
fn message(progress: &Progress, cost: f64) -> String {
    let Progress { routes, unserved, iteration, .. } = progress;
    format!("{routes} routes, {unserved} unserved, cost {cost:.1}, {iteration} iterations")
}

/// How far the search is, for people who look on.
fn bar(settings: &Settings) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let length = match (settings.time_limit, settings.iterations) {
        (Some(limit), _) => milliseconds(limit),
        (None, iterations) => iterations.unwrap_or(0),
    };
    let style = ProgressStyle::with_template("{bar:30} {percent:>3}% {msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}

/// Set by the first Ctrl-C or SIGTERM: the best plan so far is written. The second ends the command.
fn stop_when_told() -> Result<Arc<AtomicBool>, CliError> {
    let cancel = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime =
        runtime.map_err(|error| CliError::failed(format!("cannot await signals: {error}")))?;
    let first = runtime.block_on(async { StopSignal::listen() })?;
    let told = Arc::clone(&cancel);
    std::thread::spawn(move || {
        runtime.block_on(async {
            first.told().await;
            told.store(true, Ordering::Relaxed);
            if let Ok(again) = StopSignal::listen() {
                again.told().await;
                std::process::exit(1);
            }
        });
    });
    Ok(cancel)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_tells_what_the_best_plan_is_like() {
        let progress = Progress {
            elapsed: Duration::from_secs(3),
            iteration: 12_000,
            unserved: 2,
            routes: 17,
            cost: 123_450,
        };
        let expected = "17 routes, 2 unserved, cost 1234.5, 12000 iterations";
        assert_eq!(message(&progress, 1_234.5), expected);
    }

    #[test]
    fn time_limits_are_numbers_with_a_unit() {
        let read = |text| time_limit(text).map(|limit| limit.as_millis());
        for (text, milliseconds) in
            [("500ms", 500), ("10s", 10_000), ("10.0s", 10_000), ("2m", 120_000), ("1h", 3_600_000)]
        {
            assert_eq!(read(text), Ok(milliseconds), "{text}");
        }
        for text in ["", "10", "s", "-1s", "0s", "1d", "nans", "infs", "1e9h", "1 0s"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
