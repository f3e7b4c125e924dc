// The languages, and what `Intl` and the `lang` attribute call them.

export type Locale = "en" | "zh";

export const TAGS: Record<Locale, string> = { en: "en-GB", zh: "zh-CN" };
