// The words of a page, as the page itself has them: what a flow presses and reads in each language.

import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

/** `{en, zh}` of a page, such as `courier`. */
export async function wordsOf(page) {
  const load = async (language) => {
    const module = new URL(`../../src/${page}/messages/${language}.ts`, import.meta.url);
    const loaded = await runnerImport(fileURLToPath(module), { configFile: false });
    return loaded.module[language];
  };
  return { en: await load("en"), zh: await load("zh") };
}
