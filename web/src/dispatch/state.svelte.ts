// What the panels of the page share: the day, what is chosen on it, and what time it is.

import { getContext, setContext } from "svelte";
import type { Api, Schemas } from "../shared/api";
import type { Place } from "../shared/format";
import { tag } from "../shared/locale.svelte";
import { ActivityLog, type LogEvent } from "./activity/log.svelte";
import { noticeOf } from "./activity/words";
import { Bookings } from "./bookings.svelte";
import { Day, type Stop } from "./day.svelte";
import { messages } from "./messages";
import { laneMaker, type Lane, type Visit } from "./lanes";
import { Notices } from "./notices.svelte";
import { ORDERS, matches, type Filter, type Order } from "./order";
import { Positions } from "./positions.svelte";
import { Selection } from "./selection.svelte";
import { ServiceClock } from "./service-clock.svelte";
import { Upsets } from "./upsets.svelte";

export type Region = Schemas["RegionView"];

/** The tools of the right panel. */
export type Pane = "details" | "unassigned" | "tools" | "activity";

/** What a phone shows, one at a time. */
export type View = "couriers" | "map" | "pane" | "timeline";

/** Where a booking is. */
export interface Spot {
    lane: Lane;
    visit: Visit;
}

export class Board {
    readonly api: Api;
    readonly region: Region;
    readonly day: Day;
    readonly bookings: Bookings;
    readonly activity: ActivityLog;
    readonly positions: Positions;
    readonly upsets: Upsets;
    readonly selection = new Selection();
    readonly clock = new ServiceClock();
    readonly notices = new Notices();
    pane = $state<Pane>("details");
    view = $state<View>("map");
    order = $state<Order>("number");
    filter = $state<Filter>("all");
    /** Words that a courier's name, number or id has to have. */
    wanted = $state("");

    readonly #lanesOf = laneMaker();

    /** Every shift of the day, by the couriers' numbers. */
    readonly lanes = $derived.by((): readonly Lane[] =>
        this.#lanesOf(this.day.board?.routes ?? [], this.upsets.out),
    );

    /** Those that the lists and the timeline show, in their order. */
    readonly shown = $derived(
        this.lanes
            .filter((lane) => matches(lane, this.filter, this.wanted))
            .sort(ORDERS[this.order]),
    );

    readonly #byRoute = $derived(new Map(this.lanes.map((lane) => [lane.route.id, lane])));

    readonly #byCourier = $derived(
        new Map(this.lanes.map((lane) => [lane.route.courier.id, lane])),
    );

    readonly #byBooking = $derived(
        new Map(
            this.lanes.flatMap((lane) =>
                lane.visits.map((visit): [string, Spot] => [visit.booking_id, { lane, visit }]),
            ),
        ),
    );

    constructor(api: Api, key: string, region: Region, date: string) {
        this.api = api;
        api.use({ onResponse: ({ response }) => this.clock.heard(response.headers.get("Date")) });
        this.region = region;
        this.bookings = new Bookings(api);
        this.day = new Day(api, key, region.id, date);
        this.activity = new ActivityLog(api, this.day.path);
        this.positions = new Positions(api, this.day.path);
        this.upsets = new Upsets(api, this.day.path);
    }

    /** How moments of the day are told. */
    get place(): Place {
        return { tag: tag(), zone: this.region.time_zone };
    }

    /** The service's time, in milliseconds since 1970. */
    get now(): number {
        return this.clock.now;
    }

    lane(route: string): Lane | undefined {
        return this.#byRoute.get(route);
    }

    /** A courier's lane; of several shifts, the last one. */
    laneOfCourier(courier: string): Lane | undefined {
        return this.#byCourier.get(courier);
    }

    courierName(courier: string): string {
        return this.laneOfCourier(courier)?.route.courier.name ?? courier;
    }

    spot(booking: string): Spot | undefined {
        return this.#byBooking.get(booking);
    }

    /** The lane of the one route that is chosen. */
    get chosen(): Lane | null {
        const [only] = this.selection.routes;
        return (this.selection.routes.size === 1 && only && this.lane(only)) || null;
    }

    /** Chooses a booking, wherever it is. */
    choose(booking: string): void {
        const spot = this.spot(booking);
        this.selection.chooseBooking(booking, spot?.lane.route.id ?? null);
        this.pane = spot ? "details" : "unassigned";
    }

    chooseRoute(route: string, isOneMore = false): void {
        this.selection.toggleRoute(route, isOneMore);
        this.pane = "details";
    }

    /** Chooses several bookings, and shows the routes that they are on. */
    chooseBookings(ids: readonly string[]): void {
        this.selection.chooseBookings(ids);
        const routes = ids.flatMap((id) => this.spot(id)?.lane.route.id ?? []);
        this.selection.routes = new Set(routes);
        this.pane = "details";
    }

    start(): () => void {
        const unlisten = this.day.onEvent((event) => {
            this.activity.heard(event);
            this.upsets.heard(event.kind);
            if (event.kind !== "hello") this.#heard(event.data as LogEvent);
        });
        this.clock.start();
        this.positions.start();
        this.upsets.start();
        this.day.start();
        return () => {
            unlisten();
            this.clock.stop();
            this.positions.stop();
            this.day.stop();
        };
    }

    #heard(event: LogEvent): void {
        this.bookings.forget(event.subject);
        const name = (id: string) => this.courierName(id);
        const notice = noticeOf(messages(), event, this.place, name);
        if (notice) this.notices.tell(notice);
    }
}

export type { Lane, Stop, Visit };

/** The date of a region's clocks at a moment, such as 2026-03-02. */
export function dateOf({ time_zone: timeZone }: Region, moment: number): string {
    return new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date(moment));
}

const CONTEXT = Symbol("board");

export function provideBoard(board: Board): Board {
    return setContext(CONTEXT, board);
}

/** The page's board, for each component inside. */
export function useBoard(): Board {
    return getContext<Board>(CONTEXT);
}
