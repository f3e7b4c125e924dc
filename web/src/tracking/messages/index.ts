// Every word of the page that does not come from the API, in each language.

import { texts } from "../../shared/locale.svelte";
import { en } from "./en";
import { zh } from "./zh";

export type Messages = typeof en;

/** Of choosing a time, whatever for. */
export type ChoiceWords = Messages["change"]["choice"];

export const messages = texts<Messages>({ en, zh });
