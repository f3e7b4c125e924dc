// A visit as a calendar file (RFC 5545), made here: no other host learns of it.

export interface Visit {
    id: string;
    slot: { start: string; end: string };
    /** Path of the customer's link. */
    url: string;
}

export interface Texts {
    summary: string;
    description: string;
}

const LINE_BYTES_MAX = 75;

export function calendarFile(visit: Visit, texts: Texts, origin: string, now: Date): string {
    const link = new URL(visit.url, origin).href;
    const lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Doorstep//Tracking//EN",
        "BEGIN:VEVENT",
        `UID:${visit.id}@doorstep`,
        `DTSTAMP:${moment(now)}`,
        `DTSTART:${moment(new Date(visit.slot.start))}`,
        `DTEND:${moment(new Date(visit.slot.end))}`,
        `SUMMARY:${escaped(texts.summary)}`,
        `DESCRIPTION:${escaped(`${texts.description} ${link}`)}`,
        `URL:${link}`,
        "END:VEVENT",
        "END:VCALENDAR",
    ];
    return lines.map((line) => `${folded(line)}\r\n`).join("");
}

/** In UTC, which needs no description of a time zone. */
const moment = (at: Date) => at.toISOString().replace(/[-:]|\.\d+/g, "");

const escaped = (text: string) => text.replace(/[\\;,]/g, "\\$&").replace(/\n/g, "\\n");

/** Lines are at most 75 bytes long; what is longer goes on after a space, never inside a character. */
function folded(line: string): string {
    const encoder = new TextEncoder();
    let [out, bytes] = ["", 0];
    for (const character of line) {
        const more = encoder.encode(character).length;
        if (bytes + more > LINE_BYTES_MAX) [out, bytes] = [`${out}\r\n `, 1];
        out += character;
        bytes += more;
    }
    return out;
}

/** Has the browser save a text as a file. */
export function saveFile(name: string, type: string, text: string): void {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
}
