// Finds couriers and bookings by what the page knows of them: names and numbers, the ends of booking ids
// and IMEIs, and of bookings that were looked at, order numbers and the ends of phone numbers.

import type { Board, Lane, Spot } from "../state.svelte";

export type Found =
    | { kind: "courier"; key: string; lane: Lane }
    | { kind: "booking"; key: string; id: string; spot: Spot | null; imei: string | null };

/** So many are listed. */
export const MOST = 12;

/** Fewer digits say nothing about an IMEI or a phone number. */
const TAIL_MIN = 4;

export function find(board: Board, wanted: string): Found[] {
    const words = wanted.trim().toLowerCase();
    if (!words) return [];
    return [...couriers(board, words), ...bookings(board, words)].slice(0, MOST);
}

function* couriers(board: Board, words: string): Generator<Found> {
    for (const lane of board.lanes) {
        const { name, id } = lane.route.courier;
        const isNamed = name.toLowerCase().includes(words) || id.toLowerCase().includes(words);
        if (isNamed || String(lane.number) === words) {
            yield { kind: "courier", key: lane.route.id, lane };
        }
    }
}

function* bookings(board: Board, words: string): Generator<Found> {
    const tail = words.replace(/^…|^\.\.\./, "");
    for (const lane of board.lanes) {
        for (const visit of lane.visits) {
            const id = visit.booking_id;
            const imei = imeiOf(visit.devices ?? [], tail);
            if (imei || isOf(board, id, tail)) {
                yield { kind: "booking", key: id, id, spot: { lane, visit }, imei };
            }
        }
    }
    for (const { booking_id: id } of board.day.board?.unassigned ?? []) {
        const imei = imeiOf(board.bookings.known(id)?.devices ?? [], tail);
        if (imei || isOf(board, id, tail)) {
            yield { kind: "booking", key: id, id, spot: null, imei };
        }
    }
}

function imeiOf(devices: readonly { imei?: string | null }[], tail: string): string | null {
    if (tail.length < TAIL_MIN) return null;
    return devices.find(({ imei }) => imei?.endsWith(tail))?.imei ?? null;
}

function isOf(board: Board, id: string, tail: string): boolean {
    if (id === tail || (tail.length >= TAIL_MIN && id.endsWith(tail))) return true;
    const known = board.bookings.known(id);
    if (!known || tail.length < TAIL_MIN) return false;
    const phone = known.contact?.phone.replace(/\D/g, "") ?? "";
    return phone.endsWith(tail) || known.external_id?.toLowerCase() === tail;
}
