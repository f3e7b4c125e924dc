// Every word on the page that does not come from the API. Another language is another such module.

export const locale = "en-GB";

const plural = (number, one, many) => (number === 1 ? `1 ${one}` : `${number} ${many}`);

export const text = {
  // What stands in index.html, by its `data-text` and `data-label`.
  page: {
    heading: "Dispatch",
    skip: "Skip to the couriers",
    region: "Region",
    date: "Date",
    replan: "Re-plan the day",
    key: "Key",
    keyLabel: "Dispatcher's key",
    keyNote: "Kept in this tab alone, until it is closed.",
    keyUse: "Use this key",
    api: "API",
    summary: "The day in numbers",
    violations: "Violations",
    map: "Map",
    mapLabel: "Map of zones, routes and stops. Arrow keys move it, plus and minus zoom, 0 shows all.",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    zoomAll: "Show all",
    legendZone: "zone, its share of a shift's work",
    legendHub: "hub",
    legendVisit: "visit",
    legendHeld: "held only",
    couriers: "Couriers",
    order: "Order by",
    orderVisits: "visits",
    orderFree: "free time",
    orderLate: "lateness",
    orderName: "name",
    barDoor: "at doors",
    barRoad: "on the road",
    barRest: "break",
    barFree: "free",
    timeline: "Timeline",
    laneLate: "late",
    laneWindow: "promised window (of the chosen courier)",
    stops: "Stops",
    stopNumber: "No.",
    stopTime: "Time",
    stopWhat: "What",
    stopPromise: "Promised",
    stopStatus: "Status",
    stopTravel: "Travel",
    stopParcels: "Parcels after",
    unassigned: "Without a place",
  },

  title: (region, date) => `${region}, ${date}`,
  unknownDay: "No day chosen",
  keyNeeded: "Enter a dispatcher's key to see the board.",
  keyRefused: (detail) => `The key was not accepted: ${detail}`,
  loading: "Loading…",
  live: "Live",
  paused: "Paused",
  unreachable: (version) =>
    version === null
      ? "The service cannot be reached. Trying again every few seconds."
      : `The service cannot be reached. Trying again every few seconds; what you see is version ${version}.`,
  refused: (detail, version) => (version === null ? detail : `${detail} What you see is version ${version}.`),
  broken: "Something in this page failed: reload it, and report what the browser's console says.",
  replanning: "Planning the day anew…",
  replanFailed: (detail) => `Re-planning failed: ${detail}`,
  replanned: (report) =>
    `Re-planned as version ${report.version}: ${plural(report.changed, "route", "routes")} changed` +
    `${report.dropped ? `, ${report.dropped} left as they had moved on` : ""}. ` +
    `Travel ${report.hoursBefore} h → ${report.hoursAfter} h, ` +
    `${report.kmBefore} km → ${report.kmAfter} km. ` +
    `${report.unassigned ? `${report.unassigned} without a place.` : "Every visit has a place."}`,
  unreachableNow: "the service cannot be reached",

  version: "Version",
  visits: "Visits",
  confirmed: "Confirmed",
  held: "Held",
  withoutPlace: "Without a place",
  couriersUsed: "Couriers out",
  outOf: (some, all) => `${some} of ${all}`,
  travel: "Travel",
  distance: "Distance",
  violations: "Violations",
  noViolations: "None",
  hours: (number) => `${number} h`,
  kilometres: (number) => `${number} km`,
  metres: (number) => `${number} m`,
  minutes: (number) => `${number} min`,
  hoursMinutes: (hours, minutes) => `${hours} h ${String(minutes).padStart(2, "0")} min`,

  zone: (number, share, bookings) =>
    `Zone ${number}: ${share} of a shift's work, ${plural(bookings, "booking", "bookings")}`,
  hub: (name) => `Hub ${name}`,
  route: (number, name, visits) => `${number} ${name}: ${plural(visits, "visit", "visits")}`,
  mapVisit: (seq, name, start, promise, status) =>
    `${name}, stop ${seq} at ${start}, promised ${promise}, ${status}`,
  mapHint: "Point at something to read about it.",
  noVisits: "No visits yet.",

  stopsCount: (number) => plural(number, "visit", "visits"),
  working: (door, road, free) => `${door} at doors, ${road} on the road, ${free} free`,
  peak: (parcels, parcelsMax, value, valueMax) =>
    `Peak load ${parcels} of ${parcelsMax ?? "any"} parcels, ${value} of ${valueMax ?? "any value"}`,
  onTime: "on time",
  late: (amount) => `late by ${amount}`,
  vehicles: { ebike: "e-bike", tricycle: "tricycle", van: "van" },

  lane: (name, from, to, visits) =>
    `${name}: shift ${from} to ${to}, ${plural(visits, "visit", "visits")}`,
  blockVisit: (from, to, promise, status) => `${from}–${to} at the door, promised ${promise}, ${status}`,
  blockBreak: (from, to) => `${from}–${to} break`,
  blockTravel: (duration, until) => `${duration} on the road, until ${until}`,

  stopsOf: (name) => `Stops of ${name}`,
  chooseCourier: "Choose a courier to see the stops.",
  kinds: { start: "Leaves the hub", hub: "At the hub", break: "Break", end: "Back at the hub" },
  visit: (devices) => devices || "Visit",
  device: (number, category) => `${number} × ${category}`,
  statuses: {
    held: "held",
    confirmed: "confirmed",
    en_route: "under way",
    arrived: "at the door",
    completed: "done",
    failed: "failed",
    expired: "expired",
    cancelled: "cancelled",
  },
  fixed: "fixed",

  allPlaced: "Every booking has a place.",
  booking: (id) => `Booking ${id}`,
  noReason: "No reason is known.",
  closest: (reason, courier) => (courier ? `${reason} (closest: ${courier})` : reason),
  reasons: {
    no_shift: () => "Nobody works then",
    time_window: (by) => (by ? `A promised window would be missed by ${by}` : "A promised window would be missed"),
    shift_end: (by) => (by ? `The shift would end ${by} too late` : "The shift would end too late"),
    break: (by) => (by ? `The break would come ${by} too late` : "The break would come too late"),
    skill: (_, skill) => (skill ? `Nobody free has the skill “${skill}”` : "Nobody free has the skill"),
    load_parcels: (by) => (by ? `${by} too many on board` : "Too many parcels on board"),
    load_weight: (by) => (by ? `${by} too heavy` : "Too heavy"),
    load_volume: (by) => (by ? `${by} too bulky` : "Too bulky"),
    value_at_risk: (by) => (by ? `${by} over the insured value` : "Over the insured value"),
    max_stops: () => "The route is full",
    hub_closed: (by) => (by ? `The hub would have closed ${by} before` : "The hub would be closed"),
    unreachable: () => "No way leads there",
    frozen: () => "The courier is under way already",
    precedence: () => "What is to be handed over is at the hub or with another courier: this one has left without it",
    outside_region: () => "It is outside the operating area",
    past_cutoff: () => "It is too late to book it",
  },
  unknownReason: (code) => code.replaceAll("_", " "),
  amounts: {
    by_parcels: (number) => plural(number, "parcel", "parcels"),
    by_g: (number) => `${number} g`,
    by_ml: (number) => `${number} ml`,
    by_stops: (number) => plural(number, "stop", "stops"),
  },
  relaxations: {
    start: (by) => `Would fit if the window started ${by} earlier.`,
    end: (by) => `Would fit if the window ended ${by} later.`,
  },
};
