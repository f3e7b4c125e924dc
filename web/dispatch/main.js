// The dispatcher's board: reads the day every two seconds while it is looked at, and shows it.

import { Api, Problem, Unreachable } from "./api.js";
import { CourierList, couriersOf } from "./couriers.js";
import { byId, h } from "./dom.js";
import { todayIn } from "./format.js";
import { RouteMap } from "./map.js";
import { showStops } from "./stops.js";
import { locale, text } from "./strings.js";
import { clearSummary, replanWords, showSummary } from "./summary.js";
import { Timeline } from "./timeline.js";
import { showUnassigned } from "./unassigned.js";

const POLL_MS = 2_000;
const KEY = "doorstep.key";

const map = new RouteMap(select);
const list = new CourierList(select, () => show());
const timeline = new Timeline(select);

/** What is looked at with which key; another day or key is another session. */
let session = null;
/** The id of the chosen route, or null. */
let selected = null;
let timer = 0;

function open(key, region, date) {
  clearTimeout(timer);
  selected = null;
  session = { api: new Api(key), regions: null, region, date, board: null, zones: null, zonesOf: null };
  map.clear();
  clearSummary();
  show();
  byId("report").textContent = "";
  byId("key-panel").open = !key;
  if (key) {
    say(text.loading);
    refresh();
  } else {
    say(text.keyNeeded, "bad");
  }
}

/** Polls, shows what is new, and comes back while the page is visible. */
async function refresh() {
  clearTimeout(timer);
  const now = session;
  if (document.hidden || now.isBusy) return;
  now.isBusy = true;
  const again = await poll(now).then(
    () => now === session && heard(),
    (error) => now === session && failed(error),
  );
  now.isBusy = false;
  if (again && now === session) timer = setTimeout(refresh, POLL_MS);
}

async function poll(now) {
  if (!now.regions) {
    now.regions = await now.api.regions();
    if (now === session) showChoice();
  }
  const board = await now.api.board(now.region, now.date);
  now.board = board ?? now.board;
  if (now.zonesOf !== now.board.version) {
    const { version } = now.board;
    now.zones = (await now.api.zones(now.region, now.date)) ?? now.zones;
    now.zonesOf = version;
  }
  if (board && now === session) show();
}

function heard() {
  say(text.live, "good");
  return true;
}

/** Says what is wrong and keeps what is shown; true where trying again may help. */
function failed(error) {
  const version = session.board?.version ?? null;
  if (error instanceof Problem && error.isAboutKey) {
    say(text.keyRefused(error.message), "bad");
    byId("key-panel").open = true;
    byId("key").focus();
    return false;
  }
  if (error instanceof Problem) say(text.refused(error.message, version), "bad");
  else if (error instanceof Unreachable) say(text.unreachable(version), "bad");
  else {
    say(text.broken, "bad");
    throw error;
  }
  return true;
}

// A status is read aloud only when it changes.
function say(words, tone = "") {
  const status = byId("status");
  if (status.textContent !== words) status.textContent = words;
  status.className = tone;
}

function select(route) {
  selected = route === selected ? null : route;
  show();
}

function show() {
  const { board, zones, regions, region } = session;
  const couriers = board ? couriersOf(board) : [];
  const currency = regions?.find(({ id }) => id === region)?.currency ?? "XXX";
  if (board) showSummary(board);
  byId("replan").disabled = !board;
  byId("board").classList.toggle("empty", !board);
  map.show(couriers, zones, selected);
  list.show(couriers, selected, currency);
  timeline.show(couriers, selected, board?.time_zone);
  showStops(couriers.find(({ route }) => route.id === selected));
  showUnassigned(board?.unassigned ?? [], couriers, currency);
}

/** Fills the choosers; a link that names no region or date gets the first one, today. */
function showChoice() {
  const { regions } = session;
  session.region ||= regions[0]?.id ?? "";
  const current = regions.find(({ id }) => id === session.region);
  session.date ||= todayIn(current?.time_zone ?? "UTC");
  const names = regions.map(({ id, name }) => h("option", { value: id }, name));
  if (!current) names.unshift(h("option", { value: session.region }, session.region));
  byId("region").replaceChildren(...names);
  byId("region").value = session.region;
  byId("date").value = session.date;
  document.title = `${text.title(current?.name ?? session.region, session.date)} · Doorstep`;
  writeHash();
}

function translate() {
  document.documentElement.lang = locale;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text.page[element.dataset.text];
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text.page[element.dataset.label]);
  }
}

const readKey = () => sessionStorage.getItem(KEY) ?? "";

// The key does not stay in the address, where it would be copied, bookmarked and kept.
function writeHash() {
  const { region, date } = session;
  const hash = new URLSearchParams(Object.entries({ region, date }).filter(([, value]) => value));
  history.replaceState(null, "", `#${hash}`);
}

function readHash() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const key = hash.get("key");
  if (key) sessionStorage.setItem(KEY, key);
  open(readKey(), hash.get("region") ?? "", hash.get("date") ?? "");
  writeHash();
}

async function replan() {
  const now = session;
  const [button, report] = [byId("replan"), byId("report")];
  button.disabled = true;
  report.textContent = text.replanning;
  const words = await now.api.replan(now.region, now.date).then(replanWords, (error) =>
    text.replanFailed(error.message || text.unreachableNow),
  );
  if (now !== session) return;
  button.disabled = false;
  report.textContent = words;
  refresh();
}

byId("replan").addEventListener("click", replan);
byId("choice").addEventListener("change", () => {
  const [region, date] = [byId("region").value, byId("date").value];
  if (region && date) open(readKey(), region, date);
});
byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, byId("key").value.trim());
  byId("key").value = "";
  open(readKey(), session.region, session.date);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
addEventListener("hashchange", readHash);
translate();
readHash();
