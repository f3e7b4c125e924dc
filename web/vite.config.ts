// The pages: one entry each, what they share in common chunks. `npm run dev` serves them with the
// API of a service that runs on 127.0.0.1:8080.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const service = "http://127.0.0.1:8080";

export default defineConfig({
    plugins: [svelte()],
    build: {
        outDir: "dist",
        emptyOutDir: true,
        target: "es2022",
        manifest: "manifest.json",
        // An inlined asset would be a data: URL, which the policy allows for pictures alone.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        // The library that draws maps is one piece, loaded with the first map.
        chunkSizeWarningLimit: 1200,
        rolldownOptions: {
            input: ["dispatch.html", "courier.html", "checkout.html", "tracking.html"],
        },
    },
    server: { proxy: { "/v1": service, "/map": service } },
});
