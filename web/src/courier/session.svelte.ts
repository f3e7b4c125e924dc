// Everything of a courier who has signed in: their day, what they tell, where they are.

import { api, type Api } from "../shared/api";
import type { Place } from "../shared/format";
import { tag } from "../shared/locale.svelte";
import { CourierDay } from "./day.svelte";
import { Outbox, type Happening } from "./outbox.svelte";
import { Phone, type Settings } from "./phone";
import { Positions } from "./positions.svelte";
import type { Stop } from "./route";

export type View = "next" | "stops" | "map" | "more";

/** On a desk the next stop is always beside what is looked at. */
const hasTwoColumns = () => matchMedia("(min-width: 60rem)").matches;

export class Session {
    readonly api: Api;
    readonly phone: Phone;
    readonly outbox: Outbox;
    readonly day: CourierDay;
    readonly positions: Positions;
    settings = $state() as Settings;
    view = $state<View>(hasTwoColumns() ? "stops" : "next");
    /** Another view was chosen over the next stop: Back goes to that. */
    isOverNext = $state(false);
    /** A door that the courier opens again: they left it without saying how it ended. */
    reopened = $state.raw<Stop | null>(null);

    /** How moments of the route are told; the phone's own zone only while there is no route. */
    readonly place = $derived.by<Place>(() => ({
        tag: tag(),
        zone: this.day.route?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    }));

    private constructor(phone: Phone, key: string, date: string | null, settings: Settings) {
        const client = api(key);
        this.api = client;
        this.phone = phone;
        this.settings = settings;
        this.outbox = new Outbox(phone, client, () => void this.day.refresh());
        this.day = new CourierDay(client, key, phone, this.outbox, date);
        this.positions = new Positions(phone, client);
    }

    static async begin(key: string, date: string | null): Promise<Session> {
        const phone = await Phone.open();
        const settings = await phone.settings();
        const session = new Session(phone, key, date, settings);
        await phone.tidy(Date.now());
        const isOwn = settings.key === key;
        if (isOwn) {
            await session.outbox.open();
            session.outbox.release();
        }
        await session.day.start(isOwn);
        if (settings.isPositionTold) session.positions.start();
        return session;
    }

    end(): void {
        this.day.stop();
        this.outbox.stop();
        this.positions.close();
    }

    async change(settings: Partial<Settings>): Promise<void> {
        Object.assign(this.settings, settings);
        await this.phone.change(settings);
        if (settings.isPositionTold === true) this.positions.start();
        if (settings.isPositionTold === false) this.positions.stop();
    }

    show(view: View): void {
        this.isOverNext =
            view !== "next" && !hasTwoColumns() && (this.isOverNext || this.view === "next");
        this.view = view;
    }

    /** From a door back to the list of all. */
    leaveForList(): void {
        this.view = "stops";
        this.isOverNext = false;
    }

    reopen(stop: Stop): void {
        this.reopened = stop;
        if (!hasTwoColumns()) this.show("next");
    }

    async tell(happening: Happening, stop: Stop | null): Promise<void> {
        await this.outbox.tell(happening, stop?.contact?.name ?? null);
    }
}
