// What lies on the map: a collection of features for each source, made anew where something of it changed.

import { untrack } from "svelte";
import { percent } from "../../shared/format";
import { tag } from "../../shared/locale.svelte";
import { areaFeatures, closedWords } from "./areas";
import { collection, courierFeatures, hubFeatures, laneFeatures, point } from "./features";
import { messages } from "../messages";
import type { Board } from "../state.svelte";
import type { ZoneReader } from "./zones.svelte";

/** Large ones, which are laid as often as the machine can draw them. */
export const CALM = ["zones", "zone-labels", "routes", "stops", "couriers"];

export class DaySources {
    /** The service's time of the couriers' places. */
    moment = $state(0);
    readonly #board: Board;
    readonly #zones: ZoneReader;

    /** Lanes with visits. */
    readonly used = $derived.by(() => this.#board.lanes.filter((lane) => lane.visits.length > 0));

    readonly chosen = $derived.by(() =>
        [...this.#board.selection.routes].flatMap((id) => {
            const lane = this.#board.lane(id);
            return lane && lane.visits.length > 0 ? [lane] : [];
        }),
    );

    readonly #zoneLabels = $derived.by(() =>
        collection(
            this.#zones.zones.labels.features.map((feature) => ({
                ...feature,
                properties: {
                    ...feature.properties,
                    label: percent(tag(), Number(feature.properties?.["share_of_target"])),
                },
            })),
        ),
    );

    readonly #areas = $derived.by(() => {
        const { upsets, place } = this.#board;
        return collection(areaFeatures(upsets.areas, this.moment, place, messages().map));
    });

    readonly #routes = $derived(collection(this.used.map((lane) => laneFeatures(lane).line)));

    readonly #stops = $derived(collection(this.used.flatMap((lane) => laneFeatures(lane).stops)));

    readonly #chosenFeatures = $derived(
        collection(
            this.chosen.flatMap((lane) => [laneFeatures(lane).line, ...laneFeatures(lane).stops]),
        ),
    );

    readonly #waiting = $derived.by(() =>
        collection(
            (this.#board.day.board?.unassigned ?? []).flatMap(({ booking_id: booking }) => {
                const place = this.#board.bookings.known(booking)?.place;
                return place ? [point([place.lon, place.lat], booking, { booking })] : [];
            }),
        ),
    );

    readonly #picked = $derived.by(() =>
        collection(
            [...this.#board.selection.bookings].flatMap((id) => {
                const place = this.placeOf(id);
                return place ? [point([place.lon, place.lat], id, {})] : [];
            }),
        ),
    );

    readonly #hubs = $derived.by(() => {
        const { lanes, upsets, place } = this.#board;
        const words = closedWords(upsets.closed, place, messages().map);
        return collection(hubFeatures(lanes, words));
    });

    // By the clock, by the phones and by who is out: a change of a route alone is not waited for by the map.
    readonly #couriers = $derived.by(() => {
        const { positions, upsets } = this.#board;
        void upsets.out;
        const shown = untrack(() => this.#board.lanes).filter(
            ({ visits, isOut }) => visits.length > 0 || isOut,
        );
        return collection(
            courierFeatures(shown, positions.seen, this.moment, messages().map.courierOut),
        );
    });

    constructor(board: Board, zones: ZoneReader) {
        this.#board = board;
        this.#zones = zones;
    }

    get all() {
        return {
            zones: this.#zones.zones.areas,
            "zone-labels": this.#zoneLabels,
            areas: this.#areas,
            routes: this.#routes,
            stops: this.#stops,
            chosen: this.#chosenFeatures,
            waiting: this.#waiting,
            picked: this.#picked,
            hubs: this.#hubs,
            couriers: this.#couriers,
        };
    }

    /** Where a booking is, as far as that is known. */
    placeOf(booking: string): { lon: number; lat: number } | null {
        const { spot, bookings } = {
            spot: this.#board.spot(booking),
            bookings: this.#board.bookings,
        };
        return spot?.visit.place ?? bookings.known(booking)?.place ?? null;
    }
}
