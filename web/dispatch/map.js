// The map: zones, routes, stops and hubs in metres around the day's first hub. It asks nobody for
// tiles: what is drawn is what the API told.

import { byId, replaceInside, s } from "./dom.js";
import { clockTime, percent, shortId, span } from "./format.js";
import { text } from "./strings.js";
import { Viewport } from "./viewport.js";

const METRES_PER_DEGREE = 111_195;
const SCALE_PX_MAX = 110;

/** Shares of a shift's work from which a zone is drawn as fuller. */
const FULLNESS = [0.5, 0.8, 1.1];

export class RouteMap {
  #svg = byId("map");
  #caption = byId("map-caption");
  #layers = {};
  #origin = null;
  #viewport;
  #hint = text.mapHint; // what is told while nothing is pointed at

  constructor(onSelect) {
    for (const name of ["zones", "routes", "stops", "zone-labels", "hubs", "labels"]) {
      this.#layers[name] = this.#svg.appendChild(s("g", { class: name }));
    }
    this.#viewport = new Viewport(this.#svg, {
      onView: (unit) => this.#scaled(unit),
      onTap: (element) => onSelect(element?.closest?.("[data-route]")?.dataset.route ?? null),
    });
    byId("zoom-in").addEventListener("click", () => this.#viewport.zoomIn());
    byId("zoom-out").addEventListener("click", () => this.#viewport.zoomOut());
    byId("zoom-all").addEventListener("click", () => this.#viewport.reset());
    for (const event of ["pointerover", "focusin"]) {
      this.#svg.addEventListener(event, ({ target }) => this.#tell(target));
    }
    this.#svg.addEventListener("pointerleave", () => this.#tell(this.#svg));
    this.#tell(this.#svg);
  }

  /** Forgets what was shown: another region or day follows. */
  clear() {
    this.#origin = null;
    this.#viewport.clear();
    for (const layer of Object.values(this.#layers)) layer.replaceChildren();
    this.#hint = text.mapHint;
    this.#tell(this.#svg);
  }

  show(couriers, zones, selected) {
    if (couriers.length === 0) return;
    this.#origin ??= couriers[0].route.hub.place;
    this.#showZones(zones);
    this.#showRoutes(couriers, selected);
    this.#showHubs(couriers);
    this.#viewport.fit(this.#bounds());
  }

  #xy({ lon, lat }) {
    const { lon: lon0, lat: lat0 } = this.#origin;
    const narrowing = Math.cos((lat0 * Math.PI) / 180);
    return {
      x: Math.round((lon - lon0) * narrowing * METRES_PER_DEGREE),
      y: Math.round((lat0 - lat) * METRES_PER_DEGREE),
    };
  }

  #path(places) {
    const points = places.map((place) => this.#xy(place)).map(({ x, y }) => `${x} ${y}`);
    return `M${points.join("L")}`;
  }

  // A point is a line of no length with round or square ends: its size does not follow the zoom.
  #dot(place, attributes, title) {
    const { x, y } = this.#xy(place);
    return s("path", { d: `M${x} ${y}h0`, ...attributes }, s("title", {}, title));
  }

  #label(place, attributes, words) {
    return s("text", { ...this.#xy(place), ...attributes, "aria-hidden": "true" }, words);
  }

  #showZones(zones) {
    const features = zones?.features ?? [];
    const outlines = features.map((feature) => this.#zone(feature));
    this.#layers.zones.replaceChildren(...outlines);
    const labels = features.map(({ geometry, properties }) =>
      this.#label(middle(geometry), {}, percent(properties.share_of_target)),
    );
    this.#layers["zone-labels"].replaceChildren(...labels);
  }

  #zone({ geometry, properties }) {
    const rings = polygons(geometry).flat();
    const d = rings.map((ring) => `${this.#path(ring.map(toPlace))}Z`).join("");
    const share = properties.share_of_target;
    const title = text.zone(properties.zone, percent(share), properties.bookings);
    const fullness = FULLNESS.filter((from) => share >= from).length;
    return s("path", { d, class: `zone full-${fullness}` }, s("title", {}, title));
  }

  #showRoutes(couriers, selected) {
    const out = couriers.filter(({ visits }) => visits.length > 0);
    // What is drawn last lies on top.
    out.sort((a, b) => Number(a.route.id === selected) - Number(b.route.id === selected));
    const chosen = out.find(({ route }) => route.id === selected);
    this.#svg.classList.toggle("has-selected", Boolean(chosen));
    this.#rest(chosen);
    this.#layers.routes.replaceChildren(...out.flatMap((of) => this.#line(of, of === chosen)));
    replaceInside(this.#layers.stops, out.flatMap((of) => this.#visits(of, of === chosen)));
    const numbers = (chosen?.visits ?? []).map((stop) =>
      this.#label(stop.place, { dx: "0.75em", dy: "-0.4em" }, stop.ordinal),
    );
    this.#layers.labels.replaceChildren(...numbers);
  }

  // Under the map stands the chosen route, until something is pointed at.
  #rest(chosen) {
    const hint = chosen ? titleOf(chosen) : text.mapHint;
    if (hint === this.#hint) return;
    this.#hint = hint;
    this.#tell(this.#svg);
  }

  #line(of, isSelected) {
    const { route, number, hue } = of;
    const places = route.stops.filter(({ kind }) => kind !== "break").map(({ place }) => place);
    const common = { d: this.#path(places), "data-route": route.id, vars: { "--hue": hue } };
    const state = `${isSelected ? " selected" : ""} dash-${number % 3}`;
    return [
      s("path", { ...common, class: `route${state}` }),
      s("path", { ...common, class: "route-hit" }, s("title", {}, titleOf(of))),
    ];
  }

  #visits({ route, hue, visits }, isSelected) {
    return visits.map((stop) => {
      const title = text.mapVisit(
        stop.ordinal,
        route.courier.name,
        clockTime(stop.start_at),
        span(stop.promise),
        text.statuses[stop.status] ?? stop.status,
      );
      const reachable = { tabindex: "0", role: "img", "aria-label": title, "data-key": stop.stop_id };
      return this.#dot(
        stop.place,
        {
          class: `stop ${stop.status === "held" ? "held" : ""}${isSelected ? " selected" : ""}`,
          "data-route": route.id,
          vars: { "--hue": hue },
          ...(isSelected ? reachable : {}),
        },
        `${title} (${shortId(stop.booking_id)})`,
      );
    });
  }

  #showHubs(couriers) {
    const hubs = new Map(couriers.map(({ route }) => [route.hub.id, route.hub]));
    const marks = [...hubs.values()].map(({ id, name, place }) => {
      const title = text.hub(name);
      const reachable = { tabindex: "0", role: "img", "aria-label": title, "data-key": id };
      return this.#dot(place, { class: "hub", ...reachable }, title);
    });
    replaceInside(this.#layers.hubs, marks);
  }

  #bounds() {
    const layers = [this.#layers.routes, this.#layers.zones, this.#layers.hubs];
    const boxes = layers.filter((layer) => layer.childElementCount > 0).map((layer) => layer.getBBox());
    return {
      left: Math.min(...boxes.map((box) => box.x)),
      top: Math.min(...boxes.map((box) => box.y)),
      right: Math.max(...boxes.map((box) => box.x + box.width)),
      bottom: Math.max(...boxes.map((box) => box.y + box.height)),
    };
  }

  #tell(element) {
    const title = element.querySelector?.(":scope > title")?.textContent;
    this.#caption.textContent = title ?? this.#hint;
  }

  // Labels and the scale bar keep their size on the screen.
  #scaled(unit) {
    this.#svg.style.setProperty("--unit", unit);
    const metres = roundDown(SCALE_PX_MAX * unit);
    byId("scale-bar").style.setProperty("width", `${metres / unit}px`);
    byId("scale-text").textContent =
      metres >= 1000 ? text.kilometres(metres / 1000) : text.metres(metres);
  }
}

const titleOf = ({ route, number, visits }) =>
  text.route(number, route.courier.name, visits.length);

const toPlace = ([lon, lat]) => ({ lon, lat });

const polygons = ({ type, coordinates }) => (type === "Polygon" ? [coordinates] : coordinates);

/** The mean of the corners of a geometry's longest ring: near enough for a label. */
function middle(geometry) {
  const rings = polygons(geometry).map(([outer]) => outer);
  const longest = rings.reduce((best, ring) => (ring.length > best.length ? ring : best));
  const mean = (axis) => longest.reduce((sum, point) => sum + point[axis], 0) / longest.length;
  return { lon: mean(0), lat: mean(1) };
}

/** 1, 2 or 5 times a power of ten. */
function roundDown(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  return [5, 2, 1].find((digit) => digit * power <= number) * power;
}
