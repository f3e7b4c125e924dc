// Events in words: who caused them, whom they are about.

import { clock, type Place } from "../../shared/format";
import type { Messages } from "../messages";
import type { Notice } from "../notices.svelte";
import { shortId } from "../words";
import type { LogEvent } from "./log.svelte";

/** Such as `courier:c-1` as the courier's name. */
export function actorWords(
    text: Messages,
    actor: string,
    courierName: (id: string) => string,
): string {
    const [role = "", id = ""] = actor.split(/:(.*)/s);
    const words = text.activity.actors[role];
    if (!words) return actor;
    return words(role === "courier" ? courierName(id) : id);
}

/** The route that an event is about first of all. */
export function routeIdOf({ subject, body }: LogEvent): string | null {
    if (subject.startsWith("rte_")) return subject;
    const { route, to, from } = body as Record<string, unknown>;
    const place = (to ?? from ?? null) as { route?: unknown } | null;
    const named = route ?? place?.route;
    return typeof named === "string" ? named : null;
}

/** What of an event a dispatcher has to hear of at once. */
export function noticeOf(
    text: Messages,
    event: LogEvent,
    place: Place,
    courierName: (id: string) => string,
): Omit<Notice, "id"> | null {
    const body = event.body as {
        courier?: string;
        reason?: string;
        window?: { start: string };
    };
    const who = courierName(body.courier ?? "");
    switch (event.kind) {
        case "visit.at_risk": {
            const time = body.window ? clock(place, body.window.start) : "";
            const words = text.notices.atRisk(who, time);
            return { tone: "bad", text: words, booking: event.subject };
        }
        case "booking.displaced": {
            const words = text.notices.displaced(shortId(event.subject));
            return { tone: "bad", text: words, booking: event.subject };
        }
        case "booking.failed": {
            const reason = text.failReasons[body.reason ?? ""] ?? body.reason ?? "";
            const words = text.notices.failed(who, reason);
            return { tone: "warn", text: words, booking: event.subject };
        }
        case "route.over_cap":
            return { tone: "bad", text: text.notices.overCap(who) };
        default:
            return null;
    }
}
