// What the customer fills in, and what the API is asked with it.

import type { Schemas } from "../shared/api";
import { CURRENCY, MINOR, type Category, type Datum } from "./shop";

export type Kind = "pickup" | "delivery" | "exchange";

export interface Device {
    /** For lists that change. */
    id: number;
    category: Category;
    brand: string;
    model: string;
    /** In whole or broken units of the currency, as it is typed. */
    value: string;
}

/** Which field: the API's pointer to it, such as `/devices/0/model`. */
export type Pointer = string;

export type Missing = "name" | "phone" | "address" | "place" | "value" | "slot";

/** No number has fewer. */
const PHONE_DIGITS_MIN = 5;

export interface Fault {
    pointer: Pointer;
    missing: Missing;
}

export class Order {
    kind = $state<Kind>("pickup");
    devices = $state<Device[]>([]);
    handover = $state<Device[]>([]);
    lon = $state("");
    lat = $state("");
    datum = $state<Datum>("gcj02");
    address = $state("");
    name = $state("");
    phone = $state("");
    notes = $state("");
    #lastId = 0;

    constructor() {
        this.devices.push(this.device());
        this.handover.push(this.device());
    }

    device(): Device {
        return { id: ++this.#lastId, category: "phone", brand: "Huawei", model: "", value: "" };
    }

    /** Sum of the declared values, in minor units. */
    get worth(): number {
        return this.devices.reduce((sum, device) => sum + (minor(device.value) ?? 0), 0);
    }

    /** What slots are searched for; null while something for it is missing or cannot be read. */
    search(): Schemas["SlotSearchBody"] | null {
        const isReadable = this.faults().every(({ pointer }) => pointer.startsWith("/contact/"));
        if (!isReadable) return null;
        return {
            kind: this.kind,
            place: { lon: Number(this.lon), lat: Number(this.lat), datum: this.datum },
            devices: this.devices.map(body),
            flexible: true,
            ...(this.kind === "exchange" ? { handover: this.handover.map(body) } : {}),
        };
    }

    contact(): Schemas["ContactBody"] {
        const notes = this.notes.trim();
        return {
            name: this.name.trim(),
            phone: this.phone.trim(),
            address: this.address.trim(),
            ...(notes ? { notes } : {}),
        };
    }

    /** What has to be filled in still, in the order of the page. */
    faults(): Fault[] {
        return [...this.#itemFaults(), ...this.#doorFaults(), ...this.#personFaults()];
    }

    #itemFaults(): Fault[] {
        const lists =
            this.kind === "exchange" ? (["devices", "handover"] as const) : ["devices" as const];
        return lists.flatMap((list) =>
            this[list].flatMap(({ value }, at) =>
                minor(value) === undefined ? [fault(`/${list}/${at}/declared_value`, "value")] : [],
            ),
        );
    }

    #doorFaults(): Fault[] {
        const faults: Fault[] = [];
        if (!this.address.trim()) faults.push(fault("/contact/address", "address"));
        if (!isDegrees(this.lon, 180)) faults.push(fault("/place/lon", "place"));
        if (!isDegrees(this.lat, 90)) faults.push(fault("/place/lat", "place"));
        return faults;
    }

    #personFaults(): Fault[] {
        const faults: Fault[] = [];
        if (!this.name.trim()) faults.push(fault("/contact/name", "name"));
        if (!isNumber(this.phone)) faults.push(fault("/contact/phone", "phone"));
        return faults;
    }
}

const fault = (pointer: Pointer, missing: Missing): Fault => ({ pointer, missing });

/** Minor units of what was typed; null where nothing was, undefined where it is no amount. */
function minor(text: string): number | null | undefined {
    const typed = text.trim();
    if (!typed) return null;
    const amount = Math.round(Number(typed) * MINOR);
    return Number.isSafeInteger(amount) && amount >= 0 ? amount : undefined;
}

/** A number to call, which may be a masked one: such as 138****1234. */
function isNumber(text: string): boolean {
    return (text.match(/[\d*]/g) ?? []).length >= PHONE_DIGITS_MIN;
}

function isDegrees(text: string, most: number): boolean {
    return text.trim() !== "" && Math.abs(Number(text)) <= most;
}

function body(device: Device): Schemas["DeviceBody"] {
    const [brand, model] = [device.brand.trim(), device.model.trim()];
    const amount = minor(device.value);
    return {
        category: device.category,
        ...(brand ? { brand } : {}),
        ...(model ? { model } : {}),
        ...(typeof amount === "number" ? { declared_value: { amount, currency: CURRENCY } } : {}),
    };
}
