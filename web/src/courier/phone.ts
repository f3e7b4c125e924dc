// What the page keeps on the courier's phone, in IndexedDB: the route as it was read last, what was
// told and not yet sent, what is being filled in at a door, photos, and where the courier was.

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Schemas } from "../shared/api";
import type { Route } from "./route";
import type { Told } from "./told";

/** The route as the service answered it. */
export interface KeptRoute {
    route: Route;
    tag: string | null;
    /** When, by the phone's clock. */
    readAt: number;
}

/** Something told. It stays until a route that was read after its answer has it. */
export interface Entry {
    seq: number;
    event: Told;
    /** Whose door it is about, for the courier to recognise it; null where it is about none. */
    who: string | null;
    /**
     * `sent` was taken in by the service, `known` is on the route that was read since, `refused` would
     * be refused again.
     */
    state: "waiting" | "sent" | "known" | "refused";
    /** Why it was refused, or what is odd about it, until the courier has read it. */
    remark: { code: string; detail: string } | null;
}

/** A picture that the courier took. */
export interface Photo {
    sha256: string;
    booking: string;
    kind: "photo" | "signature";
    picture: Blob;
    takenAt: number;
}

/** A device as it is being looked at. */
export interface DeviceDraft {
    imei: string;
    verdict: "taken" | "refused" | null;
    /** As typed, in major units; empty is as declared. */
    quote: string;
}

/** What is being filled in at a door. */
export interface DoorDraft {
    booking: string;
    step: "inspect" | "hand_over";
    devices: DeviceDraft[];
    isHandedOver: boolean;
    photos: string[];
    signature: string | null;
    /** That the customer read out, as typed. */
    code: string;
    calls: number;
    note: string;
    /** When the courier told that they were there, by the phone's clock. */
    since: number;
}

export interface Settings {
    /** The service's key that all else here belongs to. */
    key: string | null;
    /** The courier whose key that is, once the service has said so. */
    courier: string | null;
    navigation: Navigation;
    isPositionTold: boolean;
}

const AT_FIRST: Settings = { key: null, courier: null, navigation: "geo", isPositionTold: false };

export type Navigation = keyof Schemas["NavigationView"];

interface Schema extends DBSchema {
    kept: { key: "route" | "seen" | "settings"; value: KeptRoute | Route | Settings };
    outbox: { key: number; value: Entry };
    doors: { key: string; value: DoorDraft };
    photos: { key: string; value: Photo; indexes: { booking: string } };
    positions: { key: number; value: Schemas["PositionBody"] };
}

const STORES = ["kept", "outbox", "doors", "photos", "positions"] as const;

/** Photos are kept as long as the service takes reports of a day. */
const PHOTOS_KEPT_MS = 7 * 24 * 3600_000;

/** More positions than that are not kept while nothing can be sent: the oldest go. */
const POSITIONS_MAX = 1_000;

export class Phone {
    readonly #db: IDBPDatabase<Schema>;

    private constructor(db: IDBPDatabase<Schema>) {
        this.#db = db;
    }

    static async open(): Promise<Phone> {
        const db = await openDB<Schema>("doorstep-courier", 1, {
            upgrade(db) {
                db.createObjectStore("kept");
                db.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
                db.createObjectStore("doors", { keyPath: "booking" });
                db.createObjectStore("photos", { keyPath: "sha256" }).createIndex(
                    "booking",
                    "booking",
                );
                db.createObjectStore("positions", { autoIncrement: true });
            },
        });
        return new Phone(db);
    }

    /** Forgets everything. */
    async forget(): Promise<void> {
        const all = this.#db.transaction(STORES, "readwrite");
        await Promise.all([...STORES.map((store) => all.objectStore(store).clear()), all.done]);
    }

    async settings(): Promise<Settings> {
        const kept = (await this.#db.get("kept", "settings")) as Settings | undefined;
        return { ...AT_FIRST, ...kept };
    }

    async change(settings: Partial<Settings>): Promise<void> {
        const change = this.#db.transaction("kept", "readwrite");
        const kept = (await change.store.get("settings")) as Settings | undefined;
        await change.store.put({ ...AT_FIRST, ...kept, ...settings }, "settings");
        await change.done;
    }

    async route(): Promise<KeptRoute | null> {
        return ((await this.#db.get("kept", "route")) as KeptRoute | undefined) ?? null;
    }

    async keepRoute(route: KeptRoute): Promise<void> {
        await this.#db.put("kept", route, "route");
    }

    /** The route as the courier last knew it. */
    async seen(): Promise<Route | null> {
        return ((await this.#db.get("kept", "seen")) as Route | undefined) ?? null;
    }

    async keepSeen(route: Route): Promise<void> {
        await this.#db.put("kept", route, "seen");
    }

    /** Everything told that is not settled, in the order in which it was told. */
    entries(): Promise<Entry[]> {
        return this.#db.getAll("outbox");
    }

    async add(entry: Omit<Entry, "seq">): Promise<void> {
        await this.#db.add("outbox", entry as Entry);
    }

    async put(entries: readonly Entry[]): Promise<void> {
        const change = this.#db.transaction("outbox", "readwrite");
        await Promise.all([...entries.map((entry) => change.store.put(entry)), change.done]);
    }

    async remove(entries: readonly Entry[]): Promise<void> {
        const change = this.#db.transaction("outbox", "readwrite");
        await Promise.all([...entries.map(({ seq }) => change.store.delete(seq)), change.done]);
    }

    async door(booking: string): Promise<DoorDraft | null> {
        return (await this.#db.get("doors", booking)) ?? null;
    }

    async keepDoor(draft: DoorDraft): Promise<void> {
        await this.#db.put("doors", draft);
    }

    async dropDoor(booking: string): Promise<void> {
        await this.#db.delete("doors", booking);
    }

    async keepPhoto(photo: Photo): Promise<void> {
        await this.#db.put("photos", photo);
    }

    photos(booking: string): Promise<Photo[]> {
        return this.#db.getAllFromIndex("photos", "booking", booking);
    }

    /** Drops photos that are too old to be asked for. */
    async tidy(now: number): Promise<void> {
        const change = this.#db.transaction("photos", "readwrite");
        for await (const cursor of change.store) {
            if (cursor.value.takenAt < now - PHOTOS_KEPT_MS) await cursor.delete();
        }
        await change.done;
    }

    async addPosition(position: Schemas["PositionBody"]): Promise<void> {
        const change = this.#db.transaction("positions", "readwrite");
        await change.store.add(position);
        const keys = await change.store.getAllKeys();
        const surplus = keys.slice(0, Math.max(0, keys.length - POSITIONS_MAX));
        await Promise.all([...surplus.map((key) => change.store.delete(key)), change.done]);
    }

    /** The positions that are not sent, with what to drop them by. */
    async positions(): Promise<{ positions: Schemas["PositionBody"][]; keys: number[] }> {
        const { store } = this.#db.transaction("positions");
        const [positions, keys] = await Promise.all([store.getAll(), store.getAllKeys()]);
        return { positions, keys };
    }

    async dropPositions(keys: readonly number[]): Promise<void> {
        const change = this.#db.transaction("positions", "readwrite");
        await Promise.all([...keys.map((key) => change.store.delete(key)), change.done]);
    }
}
