// What is told to the reader: mostly in the page's language, and in English where the service says what the
// page has no words for.

export interface Told {
    text: string;
    /** Of a text in another language than the page's. */
    lang?: string;
}

/** The service's own words, which are English. */
export const inEnglish = (text: string): Told => ({ text, lang: "en" });
