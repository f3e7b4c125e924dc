// What the API refuses of an order, at the fields of the page. The usual refusals are told in the page's own
// words: what the page checks itself leaves one reason to refuse such a field.

import type { Schemas } from "../shared/api";
import type { Pointer } from "./order.svelte";

/** Why a field was refused: what the page has words for, or the API's own words. */
export type Refused = { refused: "value" | "outside" | "text" } | { detail: string };

/** A problem's fields. What it says of a part of a field is said at the field. */
export function fieldsOf(body: Record<string, unknown>): Record<Pointer, Refused> {
    const errors = body["errors"];
    if (!Array.isArray(errors)) return {};
    const faults = (errors as Schemas["FieldError"][]).flatMap(({ pointer, message }) =>
        pointer ? [[fieldOf(pointer), refusedOf(pointer, message)] as const] : [],
    );
    return Object.fromEntries(faults);
}

function fieldOf(pointer: Pointer): Pointer {
    return pointer === "/place" ? "/place/lon" : pointer.replace(/(\/declared_value)\/.*/, "$1");
}

function refusedOf(pointer: Pointer, message: string): Refused {
    if (pointer === "/place") return { refused: "outside" };
    // An amount it is, and in the shop's currency: it is too high.
    if (/\/declared_value(\/amount)?$/.test(pointer)) return { refused: "value" };
    // Empty it is not: it is too long, or has what nobody can print.
    if (/^\/contact\/|\/(brand|model)$/.test(pointer)) return { refused: "text" };
    return { detail: message };
}
