// The slot picker that any checkout can embed: one file with a name that stays.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
    plugins: [svelte()],
    publicDir: false,
    build: {
        outDir: "dist/embed",
        emptyOutDir: true,
        target: "es2022",
        lib: {
            entry: "src/picker/element.ts",
            formats: ["es"],
            fileName: () => "doorstep-slots.js",
        },
    },
});
