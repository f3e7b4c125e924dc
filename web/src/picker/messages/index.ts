// The picker's texts by language. Unlike a page's they follow the element, not the document.

import type { Locale } from "../../shared/tags";
import { en } from "./en";
import { zh } from "./zh";

export type Words = typeof en;

export const WORDS: Record<Locale, Words> = { en, zh };
