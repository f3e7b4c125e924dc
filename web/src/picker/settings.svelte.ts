// What an element's attributes say, for its component to follow.

import type { Locale } from "../shared/tags";

export function settings(): { locale: Locale } {
    const values = $state<{ locale: Locale }>({ locale: "en" });
    return values;
}
