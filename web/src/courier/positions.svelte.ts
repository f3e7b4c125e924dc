// Where the courier is, while the page is open and they have agreed: seldom enough for a battery,
// often enough for an arrival time.

import type { Api, Schemas } from "../shared/api";
import type { Phone } from "./phone";
import { Sender } from "./sender";

type Position = Schemas["PositionBody"];

/** Told at most so often, */
const APART_MS_MIN = 30_000;
/** and only where the courier has moved by so much. */
const MOVED_M_MIN = 50;

const EARTH_M = 6_371_000;

/** Why there are no positions although the courier agreed. */
export type PositionFault = "denied" | "unavailable";

export class Positions {
    fault = $state<PositionFault | null>(null);
    /** The last place seen, told or not. */
    last = $state.raw<Position | null>(null);

    readonly #phone: Phone;
    readonly #api: Api;
    readonly #sender: Sender;
    #told: Position | null = null;
    #watch: number | null = null;

    constructor(phone: Phone, api: Api) {
        this.#phone = phone;
        this.#api = api;
        this.#sender = new Sender("doorstep.courier.positions", () => this.#send());
    }

    start(): void {
        if (this.#watch !== null) return;
        this.fault = null;
        this.#watch = navigator.geolocation.watchPosition(
            (seen) => void this.#saw(seen),
            ({ code, PERMISSION_DENIED }) => {
                this.fault = code === PERMISSION_DENIED ? "denied" : "unavailable";
            },
            { enableHighAccuracy: true, maximumAge: APART_MS_MIN },
        );
    }

    stop(): void {
        if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
        this.#watch = null;
    }

    close(): void {
        this.stop();
        this.#sender.stop();
    }

    async #saw({ coords, timestamp }: GeolocationPosition): Promise<void> {
        this.fault = null;
        const position: Position = {
            at: new Date(timestamp).toISOString(),
            place: { lon: coords.longitude, lat: coords.latitude, datum: "wgs84" },
            accuracy_m: Math.round(coords.accuracy),
        };
        this.last = position;
        if (!isWorthTelling(this.#told, position)) return;
        this.#told = position;
        await this.#phone.addPosition(position);
        this.#sender.ask();
    }

    async #send(): Promise<void> {
        const { positions, keys } = await this.#phone.positions();
        if (positions.length === 0) return;
        await this.#api.POST("/v1/couriers/me/positions", { body: { positions } });
        await this.#phone.dropPositions(keys);
    }
}

export function isWorthTelling(told: Position | null, seen: Position): boolean {
    if (told === null) return true;
    const apart = Date.parse(seen.at) - Date.parse(told.at);
    return apart >= APART_MS_MIN && metresBetween(told.place, seen.place) >= MOVED_M_MIN;
}

/** On a plane: good enough for a few hundred metres. */
function metresBetween(a: Position["place"], b: Position["place"]): number {
    const radians = (degrees: number) => (degrees * Math.PI) / 180;
    const north = radians(b.lat - a.lat);
    const east = radians(b.lon - a.lon) * Math.cos(radians(a.lat));
    return Math.hypot(north, east) * EARTH_M;
}
