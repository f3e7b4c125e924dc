// A live stream (server-sent events) with a key. It comes back by itself, with the last event's id.

import { createEventSource } from "eventsource-client";

export type Connection = "connecting" | "live" | "lost";

export interface StreamEvent {
    /** Name of the event, `message` where it has none. */
    kind: string;
    /** Its content, read as JSON; null where it is none. */
    data: unknown;
}

export interface StreamOptions {
    url: string;
    /** A bearer key; null where the address is the key. */
    key: string | null;
    onEvent: (event: StreamEvent) => void;
    onConnection?: (connection: Connection) => void;
    /** The service refused, and would again: the stream does not come back. */
    onRefused?: (status: number) => void;
}

/** Nothing for so long, not even one of the comments of every 15 s: the connection is dead. */
const SILENCE_MS_MAX = 40_000;

/** Follows a stream until the function that it answers is called. */
export function follow(options: StreamOptions): () => void {
    const { url, key, onEvent, onConnection, onRefused } = options;
    let watchdog: ReturnType<typeof setTimeout> | undefined;

    const reach: typeof fetch = async (input, init) => {
        const response = await fetch(input, init);
        if (response.ok) return response;
        // Busy is worth another try; a key that is no longer good is not.
        if (response.status >= 400 && response.status < 500 && response.status !== 429) {
            stop();
            onConnection?.("lost");
            onRefused?.(response.status);
        }
        throw new Error(`the stream answered ${response.status}`);
    };

    const source = createEventSource({
        url: new URL(url, location.href),
        headers: key === null ? {} : { Authorization: `Bearer ${key}` },
        fetch: reach as never,
        onConnect: () => heard(),
        onComment: () => heard(),
        onScheduleReconnect: () => onConnection?.("lost"),
        onMessage: ({ event, data }) => {
            heard();
            onEvent({ kind: event ?? "message", data: parsed(data) });
        },
    });

    function heard(): void {
        onConnection?.("live");
        clearTimeout(watchdog);
        watchdog = setTimeout(again, SILENCE_MS_MAX);
    }

    function again(): void {
        onConnection?.("lost");
        source.close();
        source.connect();
    }

    function stop(): void {
        clearTimeout(watchdog);
        source.close();
    }

    return stop;
}

function parsed(data: string): unknown {
    try {
        return JSON.parse(data);
    } catch {
        return null;
    }
}
