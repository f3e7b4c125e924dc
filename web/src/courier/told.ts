// What a courier told and the service does not know yet, applied to the route that it answered.
//
// It follows the service's own reading of a courier's reports, so that nothing jumps once they have
// arrived: who sets off elsewhere leaves the door they are at and gives up the one they were on the
// way to; what was come to moves to the front, in the order in which it was come to.

import type { Schemas } from "../shared/api";
import {
    collected,
    handedOver,
    onBoard,
    type Device,
    type Money,
    type Route,
    type Stop,
} from "./route";

export type Told = Schemas["ReportBody"];
export type Inspection = Schemas["InspectionBody"];
export type Evidence = Schemas["EvidenceBody"];
export type FailReason = Extract<Told, { type: "failed" }>["reason"];

/** A route as it is with what was told; the route itself stays as it is. */
export function withTold(route: Route, told: readonly Told[]): Route {
    if (told.length === 0) return route;
    const reading = new Reading(route);
    const inOrder = [...told].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    for (const event of inOrder) reading.take(event);
    return reading.route();
}

class Reading {
    readonly #route: Route;
    readonly #stops: Stop[];
    /** Declared value on board after the last stop that was left. */
    #value: number;

    constructor(route: Route) {
        this.#route = route;
        this.#stops = route.stops.map((stop) => ({ ...stop }));
        this.#value = onBoard(route)?.value ?? 0;
    }

    route(): Route {
        return { ...this.#route, stops: inOrderOfDay(this.#stops) };
    }

    take(event: Told): void {
        switch (event.type) {
            case "at_hub":
                return this.#callAtHub(event.at);
            case "break_started":
            case "break_ended":
                return this.#rest(event);
            default: {
                const stop = this.#stops.find((stop) => stop.booking_id === event.booking_id);
                if (stop) this.#visit(stop, event);
            }
        }
    }

    #visit(stop: Stop, event: Exclude<Told, { type: "at_hub" | `break_${string}` }>): void {
        if (event.type === "departed") return this.#setOff(stop, event.at);
        this.#comeTo(stop, event.at);
        if (event.type === "arrived" || event.type === "inspected") return;
        if (event.type === "delivered" && stop.visit_kind === "exchange" && !stop.left_at) return;
        const isFailed = event.type === "failed";
        stop.left_at = event.at;
        stop.status = isFailed ? "failed" : "completed";
        this.#value += isFailed ? 0 : gained(stop, event);
        const load = isFailed ? stop.load_before : stop.load_after;
        stop.load_after = { ...load, value: this.#value };
    }

    #setOff(stop: Stop, at: string): void {
        this.#leave(at, stop);
        if (stop.arrived_at) return;
        stop.departed_at = at;
        stop.status = "en_route";
        stop.frozen = true;
    }

    #comeTo(stop: Stop, at: string): void {
        this.#leave(at, stop);
        stop.frozen = true;
        if (stop.arrived_at) return;
        stop.arrived_at = at;
        if (stop.booking_id) stop.status = "arrived";
    }

    /** The courier goes elsewhere. */
    #leave(at: string, to: Stop | null): void {
        for (const stop of this.#stops) {
            if (stop === to || stop.left_at) continue;
            if (stop.arrived_at) stop.left_at = at;
            else if (stop.departed_at) this.#giveUp(stop);
        }
    }

    #giveUp(stop: Stop): void {
        delete stop.departed_at;
        stop.status = "confirmed";
        stop.frozen = false;
    }

    #rest(event: Told): void {
        const rest = this.#stops.find((stop) => stop.kind === "break");
        if (!rest) return this.#leave(event.at, null);
        this.#comeTo(rest, event.at);
        if (event.type === "break_ended") rest.left_at = event.at;
    }

    #callAtHub(at: string): void {
        const here = this.#stops.find((stop) => stop.arrived_at && !stop.left_at);
        const hasBegun = this.#stops.some((stop) => stop.arrived_at);
        if (here?.kind === "hub") return this.#leave(at, null);
        if (!hasBegun) return this.#leave(at, null);
        const isLeft = (stop: Stop) => stop.kind === "visit" && !stop.arrived_at;
        const kind = this.#stops.some(isLeft) ? "hub" : "end";
        const call = this.#stops.find((stop) => stop.kind === kind && !stop.arrived_at);
        if (!call) return this.#leave(at, null);
        this.#comeTo(call, at);
        this.#value = call.load_after.value;
    }
}

/** How much declared value came on board at a door, less what was handed over there. */
function gained(stop: Stop, event: Told): number {
    const given = stop.visit_kind === "pickup" ? 0 : sum(handedOver(stop).map(declared));
    if (event.type === "delivered") return -given;
    if (event.type !== "collected") return 0;
    const devices = collected(stop);
    const findings = event.devices?.length ? event.devices : devices.map(asBooked);
    const taken = findings.filter((finding) => finding.accepted);
    const value = (finding: Inspection) =>
        (finding.quote ?? devices[finding.device]?.declared_value)?.amount ?? 0;
    return sum(taken.map(value)) - (event.handed_over === false ? 0 : given);
}

const asBooked = (_: Device, device: number): Inspection => ({ device, accepted: true });
const declared = (device: { declared_value?: Money | null }) => device.declared_value?.amount ?? 0;
const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);

/** Start, what was come to, what is under way, the rest as planned, end. */
function inOrderOfDay(stops: Stop[]): Stop[] {
    const rank = (stop: Stop) => {
        if (stop.kind === "start") return -Infinity;
        if (stop.kind === "end") return Infinity;
        if (stop.arrived_at) return Date.parse(stop.arrived_at);
        return stop.departed_at ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER;
    };
    const ranked = [...stops].sort((a, b) => rank(a) - rank(b) || a.seq - b.seq);
    return ranked.map((stop, index) => ({ ...stop, seq: index + 1 }));
}
