// The slot picker that any checkout can embed: one file with a name that stays. It is not built as a
// library, whose white space would be kept.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
    plugins: [svelte()],
    publicDir: false,
    build: {
        outDir: "dist/embed",
        emptyOutDir: true,
        target: "es2022",
        modulePreload: { polyfill: false },
        rolldownOptions: {
            input: "src/picker/element.ts",
            output: { entryFileNames: "doorstep-slots.js", codeSplitting: false },
        },
    },
});
