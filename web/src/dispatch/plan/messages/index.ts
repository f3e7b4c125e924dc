// Every word of the timeline and the tools that does not come from the API, in each language.

import { texts } from "../../../shared/locale.svelte";
import { en } from "./en";
import { zh } from "./zh";

export type Messages = typeof en;

export const messages = texts<Messages>({ en, zh });
