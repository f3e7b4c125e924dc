// Calls of the API with one key. What is polled is asked for with If-None-Match.

/** What the API refused: an RFC 9457 problem. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code;
  }

  /** Another key is needed. */
  get isAboutKey() {
    return this.status === 401 || this.status === 403;
  }
}

/** The service could not be reached, or what answered was not the service. */
export class Unreachable extends Error {}

export class Api {
  #key;
  #tags = new Map();

  constructor(key) {
    this.#key = key;
  }

  regions() {
    return this.#json("GET", "/v1/regions");
  }

  /** The board of a day, or null where it is as it was at the last poll. */
  board(region, date) {
    return this.#poll(dayPath(region, date));
  }

  /** The zones of a day as GeoJSON, or null where they are as they were. */
  zones(region, date) {
    return this.#poll(`${dayPath(region, date)}/zones`);
  }

  replan(region, date) {
    return this.#json("POST", `${dayPath(region, date)}/replan`);
  }

  async #json(method, path) {
    const response = await this.#send(method, path, {});
    return readJson(response);
  }

  async #poll(path) {
    const tag = this.#tags.get(path);
    const response = await this.#send("GET", path, tag ? { "If-None-Match": tag } : {});
    if (response.status === 304) return null;
    const body = await readJson(response);
    this.#tags.set(path, response.headers.get("ETag"));
    return body;
  }

  async #send(method, path, headers) {
    const authorized = { ...headers, Authorization: `Bearer ${this.#key}` };
    const options = { method, headers: authorized, cache: "no-store", redirect: "error" };
    const response = await fetch(path, options).catch(() => {
      throw new Unreachable();
    });
    if (response.ok || response.status === 304) return response;
    throw new Problem(response.status, await response.json().catch(() => ({})));
  }
}

const dayPath = (region, date) =>
  `/v1/regions/${encodeURIComponent(region)}/days/${encodeURIComponent(date)}`;

// A connection may break within a body, too.
const readJson = (response) =>
  response.json().catch(() => {
    throw new Unreachable();
  });
