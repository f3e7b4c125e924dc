//! One depot and its customers: what all benchmark files are.

use super::scale;
use crate::formats::Input;
use crate::formats::fault::Fault;
use crate::formats::limits::{FAR, FLEET_MAX, TABLE_NODES_MAX};
use crate::formats::names::{Kind, Names, Spot, VehicleName, VisitName};
use crate::solver::{
    Costs, Limits, Load, Plane, Problem, Shipment, Table, Travel, Vehicle, Visit, Window,
};
use std::sync::Arc;

/// A row of a file.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// What an answer calls it.
    pub(super) id: u64,
    pub(super) point: Option<[f64; 2]>,
    /// Handed over; where negative, taken on board.
    pub(super) demand: i64,
    /// Open from, until.
    pub(super) window: Option<[f64; 2]>,
    pub(super) service: f64,
    pub(super) release: f64,
}

/// How long ways are.
#[derive(Clone, Debug)]
pub(super) enum Ways {
    /// Straight lines at full precision.
    Straight,
    /// Straight lines, each rounded up to a whole unit.
    RoundedUp,
    /// Numbers for each ordered pair, row by row.
    Given(Vec<f64>),
}

/// A problem with one depot.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    /// Index is a place.
    pub(super) nodes: Vec<Node>,
    /// Index of the depot.
    pub(super) depot: usize,
    pub(super) fleet: u32,
    pub(super) capacity: i64,
    pub(super) ways: Ways,
    /// Indices of pickups and their deliveries. Without any, customers are jobs.
    pub(super) pairs: Vec<[usize; 2]>,
    /// The longest a route may take.
    pub(super) route_max: Option<f64>,
}

impl Sheet {
    /// Scales everything to whole numbers.
    pub(super) fn into_input(self) -> Result<Input, Fault> {
        if self.fleet > FLEET_MAX {
            let message = format!("{} vehicles: at most {FLEET_MAX} can be read", self.fleet);
            return Err(Fault::in_file(message));
        }
        let extent = self.extent();
        let scale = scale::pick(extent, self.all_whole()).ok_or_else(|| {
            let message = format!("a day of up to {extent:.0} units is too long: at most {FAR}");
            Fault::in_file(message)
        })?;
        let travel = self.travel(scale)?;
        let problem = Problem {
            travel: vec![travel],
            vehicles: vec![self.vehicle(scale); self.fleet as usize],
            visits: self.customers().map(|place| self.visit(place, scale)).collect(),
            shipments: self.shipments(),
            initial: Vec::new(),
            lateness: None,
        };
        Ok(Input { problem, names: self.names(scale) })
    }

    /// Indices of all nodes but the depot: index `i` is visit `i`.
    fn customers(&self) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(|&place| place != self.depot)
    }

    fn visit_of(&self, place: usize) -> u32 {
        index(if place > self.depot { place - 1 } else { place })
    }

    /// The latest moment that a sensible route may reach, legs beyond the shift included.
    fn extent(&self) -> f64 {
        let of_nodes = |value: fn(&Node) -> f64| self.nodes.iter().map(value).fold(0.0, f64::max);
        let longest = match &self.ways {
            Ways::Straight | Ways::RoundedUp => 1.0 + 2.0 * self.spread().iter().sum::<f64>(),
            Ways::Given(lengths) => lengths.iter().copied().fold(0.0, f64::max),
        };
        let opens = of_nodes(|node| node.window.map_or(0.0, |[opens, _]| opens));
        let released = of_nodes(|node| node.release);
        let service = of_nodes(|node| node.service);
        let closes = self.nodes[self.depot].window.map_or(0.0, |[_, closes]| closes);
        let day = if closes > 0.0 && closes < 1e9 { closes } else { self.untimed() };
        day.max(opens).max(released).max(self.route_max.unwrap_or(0.0)) + longest + service
    }

    /// Twice what a route of as many customers as a vehicle can hold needs at most, by Few's
    /// bound for tours in a rectangle (1955); or the longest legs, where no points are known.
    #[expect(clippy::cast_precision_loss, reason = "a count of nodes")]
    fn untimed(&self) -> f64 {
        let stops = self.most_stops() as f64;
        let service: f64 = self.nodes.iter().map(|node| node.service).fold(0.0, f64::max);
        let way = match &self.ways {
            Ways::Straight | Ways::RoundedUp => {
                let [width, height] = self.spread();
                2.0 * ((2.0 * stops * width * height).sqrt() + 2.0 * (width + height))
            }
            Ways::Given(lengths) => (stops + 1.0) * lengths.iter().copied().fold(0.0, f64::max),
        };
        way + stops * (service + 1.0)
    }

    /// As many customers as a vehicle can hold, lightest first.
    fn most_stops(&self) -> usize {
        let mut demands: Vec<i64> = self.customers().map(|i| self.nodes[i].demand.abs()).collect();
        demands.sort_unstable();
        let mut left = self.capacity;
        let fits = |demand: &i64| {
            left -= demand;
            left >= 0
        };
        if self.pairs.is_empty() {
            demands.into_iter().take_while(fits).count().max(1)
        } else {
            demands.len()
        }
    }

    /// Width and height of all points.
    fn spread(&self) -> [f64; 2] {
        [0, 1].map(|axis| {
            let values = self.nodes.iter().filter_map(|node| Some(node.point?[axis]));
            let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                (low.min(x), high.max(x))
            });
            (high - low).max(0.0)
        })
    }

    /// Whether nothing would be lost by counting in whole units.
    fn all_whole(&self) -> bool {
        let whole = |number: f64| number.fract() == 0.0;
        let ways = match &self.ways {
            Ways::Straight => false,
            Ways::RoundedUp => true,
            Ways::Given(lengths) => lengths.iter().copied().all(whole),
        };
        ways && self.nodes.iter().all(|node| {
            let [opens, closes] = node.window.unwrap_or_default();
            [opens, closes, node.service, node.release].into_iter().all(whole)
        })
    }

    fn points(&self) -> Vec<[f64; 2]> {
        self.nodes.iter().map(|node| node.point.unwrap_or_default()).collect()
    }

    fn travel(&self, scale: i32) -> Result<Travel, Fault> {
        let nodes = self.nodes.len();
        let table =
            |lengths: Vec<i32>| Travel::Table(Table::new(index(nodes), lengths.into(), None, None));
        Ok(match &self.ways {
            Ways::Straight => Travel::Plane(Plane::new(&self.points(), f64::from(scale))),
            Ways::Given(lengths) => {
                table(lengths.iter().map(|&length| scale::scaled(length, scale)).collect())
            }
            Ways::RoundedUp if nodes > TABLE_NODES_MAX => {
                let message = format!("{nodes} nodes with CEIL_2D: at most {TABLE_NODES_MAX}");
                return Err(Fault::in_file(message));
            }
            Ways::RoundedUp => {
                let points = self.points();
                let rows = points.iter().flat_map(|&a| {
                    points.iter().map(move |&b| scale::scaled(length(a, b).ceil(), scale))
                });
                table(rows.collect())
            }
        })
    }

    fn vehicle(&self, scale: i32) -> Vehicle {
        let depot = Some(index(self.depot));
        let window = self.nodes[self.depot].window;
        Vehicle {
            profile: 0,
            start: depot,
            end: depot,
            earliest: window.map_or(0, |[opens, _]| scale::scaled(opens, scale)),
            latest: window.map_or(FAR, |[_, closes]| scale::scaled(closes, scale)),
            overtime: None,
            capacity: one(self.capacity),
            skills: Vec::new(),
            breaks: Vec::new(),
            hub_returns: None,
            limits: Limits {
                duration: self.route_max.map(|most| scale::scaled(most, scale)),
                ..Limits::default()
            },
            costs: Costs { fixed: 0, per_second: 0, per_metre: 1 },
            frozen: 0,
        }
    }

    fn visit(&self, place: usize, scale: i32) -> Visit {
        let node = &self.nodes[place];
        let [opens, closes] = node.window.unwrap_or([0.0, f64::from(FAR)]);
        let amount = one(node.demand.abs());
        let given = self.pairs.is_empty() == (node.demand >= 0);
        let (pickup, delivery) = if given { (one(0), amount) } else { (amount, one(0)) };
        Visit {
            place: index(place),
            windows: vec![Window {
                opens: scale::scaled(opens, scale),
                closes: scale::scaled(closes, scale),
            }],
            service: scale::scaled(node.service, scale),
            setup: 0,
            release: scale::scaled(node.release, scale),
            pickup,
            delivery,
            skills: Vec::new(),
            priority: 0,
            vehicle: None,
        }
    }

    fn shipments(&self) -> Vec<Shipment> {
        let pairs = self.pairs.iter().map(|&[pickup, delivery]| Shipment {
            pickup: self.visit_of(pickup),
            delivery: self.visit_of(delivery),
        });
        pairs.collect()
    }

    fn names(&self, scale: i32) -> Names {
        let spot =
            |place: usize| Spot { location: self.nodes[place].point, index: Some(index(place)) };
        let depot = spot(self.depot);
        let vehicle = |id| VehicleName { id, start: depot, end: depot, ..VehicleName::default() };
        let kind = |place: usize| match (self.pairs.is_empty(), self.nodes[place].demand) {
            (true, _) => Kind::Job,
            (false, 0..) => Kind::Pickup,
            (false, _) => Kind::Delivery,
        };
        let visit = |place: usize| VisitName {
            id: self.nodes[place].id,
            kind: kind(place),
            description: None,
            spot: spot(place),
        };
        let exact = matches!(self.ways, Ways::Straight).then(|| Arc::from(self.points()));
        Names {
            origin: 0,
            scale: i64::from(scale),
            cost_scale: i64::from(scale),
            exact,
            dimensions: 1,
            distances: true,
            vehicles: (0..u64::from(self.fleet)).map(vehicle).collect(),
            visits: self.customers().map(visit).collect(),
        }
    }
}

/// The straight line between two points.
fn length(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn one(amount: i64) -> Load {
    [amount, 0, 0, 0]
}

fn index(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
