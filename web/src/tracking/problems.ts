// What went wrong, in the customer's words.

import { Problem, Unreachable } from "../shared/api";
import { messages } from "./messages";

export function wordsFor(error: Error): string {
    const { problems } = messages();
    if (error instanceof Unreachable) return problems.unreachable;
    if (!(error instanceof Problem)) return problems.other;
    if (error.status === 503 || error.status === 429) return problems.overloaded;
    if (error.code === "under_way" || error.code === "state_conflict") return problems[error.code];
    return problems.other;
}
