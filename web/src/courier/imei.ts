// The number that names a mobile device: 15 digits, the last of which checks the others (Luhn).

export type ImeiFault = "digits" | "check_digit";

/** The digits alone: people write spaces and hyphens between them. */
export const imeiDigits = (text: string): string => text.replace(/[\s-]/g, "");

/** What is wrong with an IMEI; null where nothing is. */
export function imeiFault(text: string): ImeiFault | null {
    const digits = imeiDigits(text);
    if (!/^\d{15}$/.test(digits)) return "digits";
    const sum = [...digits].reduce((sum, digit, at) => sum + weighed(Number(digit), at), 0);
    return sum % 10 === 0 ? null : "check_digit";
}

/** Every second digit counts double, by the sum of its digits. */
function weighed(digit: number, at: number): number {
    if (at % 2 === 0) return digit;
    return digit > 4 ? 2 * digit - 9 : 2 * digit;
}

/** What a barcode says: an IMEI, or digits that are as long as one and have a fault. */
export interface Read {
    digits: string;
    isWrong: boolean;
}

/** The first IMEI in what a barcode says: boxes print several numbers beside each other. */
export function imeiIn(text: string): Read | null {
    const candidates = (text.match(/\d{15,16}/g) ?? []).map((digits) => digits.slice(0, 15));
    const right = candidates.find((digits) => !imeiFault(digits));
    if (right) return { digits: right, isWrong: false };
    return candidates[0] ? { digits: candidates[0], isWrong: true } : null;
}
