//! `doorstep solve`: a routing problem from a file, solved within a budget.

use super::budget::{Budget, BudgetArgs, milliseconds, stop_when_told};
use super::{CliError, files};
use crate::clock::Stopwatch;
use crate::formats::{self, Format, Input, Options, Times};
use crate::solver::{self, Control, Objective, Progress, Settings, Solution};
use clap::{Args, ValueEnum};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How long a search goes on where nothing is said.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A file, how to search, and where to write.
#[derive(Debug, Args)]
pub(super) struct SolveArgs {
    /// The layout of the file.
    #[arg(long, value_enum)]
    format: Layout,
    #[command(flatten)]
    budget: BudgetArgs,
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
    let budget = budget(args, &input)?;
    tracing::info!(
        visits = input.problem.visits.len(),
        vehicles = input.problem.vehicles.len(),
        threads = budget.threads,
        "searching"
    );
    let solution = search(&input, args.objective, &budget, &watch, &cancel);
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

fn budget(args: &SolveArgs, input: &Input) -> Result<Budget, CliError> {
    let visits = u32::try_from(input.problem.visits.len()).map_err(CliError::failed)?;
    Ok(args.budget.budget(TIME_LIMIT, writing(visits)))
}

/// What it takes to write the answer, so that it is there when the time is over.
fn writing(visits: u32) -> Duration {
    Duration::from_millis(5) + Duration::from_micros(2) * visits
}

fn search(
    input: &Input,
    goal: Goal,
    budget: &Budget,
    watch: &Stopwatch,
    cancel: &AtomicBool,
) -> Solution {
    let settings = Settings {
        objective: match goal {
            Goal::Distance => Objective::Distance,
            Goal::Vehicles => Objective::Vehicles,
        },
        seed: budget.seed,
        threads: budget.threads,
        iterations: budget.iterations,
        time_limit: budget.time_limit,
    };
    let bar = budget.bar();
    let mut show = |progress: Progress| {
        bar.set_position(budget.position(progress.elapsed, progress.iteration));
        bar.set_message(message(&progress, input.names.cost(progress.cost)));
    };
    let elapsed = || watch.elapsed();
    let control = Control { elapsed: &elapsed, cancel, progress: &mut show };
    let solution = solver::solve(&input.problem, &settings, control);
    bar.finish_and_clear();
    solution
}

/// What is said beside the bar; the cost is in the file's unit.
fn message(progress: &Progress, cost: f64) -> String {
    let Progress { routes, unserved, iteration, .. } = progress;
    format!("{routes} routes, {unserved} unserved, cost {cost:.1}, {iteration} iterations")
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
}
