// Calls of the API, typed by its own document (`npm run generate` makes `api-types.ts` of it).

import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { components, paths } from "./api-types";

export type Schemas = components["schemas"];
export type Api = Client<paths>;

/** What the API refused: an RFC 9457 problem. */
export class Problem extends Error {
    readonly status: number;
    readonly code: string;
    readonly body: Record<string, unknown>;

    constructor(status: number, body: Record<string, unknown>) {
        super(String(body["detail"] ?? body["title"] ?? `HTTP ${status}`));
        this.status = status;
        this.code = String(body["code"] ?? "");
        this.body = body;
    }

    /** Another key is needed. */
    get isAboutKey(): boolean {
        return this.status === 401 || this.status === 403;
    }
}

/** The service could not be reached, or what answered was not the service. */
export class Unreachable extends Error {}

/** A client that sends a key, and throws `Problem` or `Unreachable` instead of answering errors. */
export function api(key: string | null, base = ""): Api {
    const client = createClient<paths>({ baseUrl: base, fetch: reach, cache: "no-store" });
    client.use(refusing);
    if (key !== null) client.use(authorized(key));
    return client;
}

async function reach(request: Request): Promise<Response> {
    try {
        return await fetch(request);
    } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") throw error;
        throw new Unreachable(undefined, { cause: error });
    }
}

const authorized = (key: string): Middleware => ({
    onRequest({ request }) {
        request.headers.set("Authorization", `Bearer ${key}`);
        return request;
    },
});

const refusing: Middleware = {
    async onResponse({ response }) {
        if (response.ok || response.status === 304) return undefined;
        const body: unknown = await response.json().catch(() => null);
        const isProblem = typeof body === "object" && body !== null;
        throw new Problem(response.status, isProblem ? (body as Record<string, unknown>) : {});
    },
};

/** The content of an answer that was not refused. */
export function given<Data>(answer: { data?: Data }): Data {
    if (answer.data === undefined) throw new Unreachable("the answer had no content");
    return answer.data;
}

/** A key for a request that is sent again until it is answered. */
export function idempotencyKey(): string {
    return crypto.randomUUID();
}
