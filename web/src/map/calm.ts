// Lays large sources anew no more often than the machine can draw them: where there is no graphics
// card, a large day takes seconds, and everything else on the page would wait for it.

import type { Features, Surface } from "./surface";

/** After a drawing there is a pause of so many times as long as it took, but not longer than the most. */
const PAUSE = 3;
const PAUSE_MS_MAX = 2_000;

export class CalmLayer {
    readonly #surface: Surface;
    readonly #waiting = new Map<string, Features>();
    #isDrawing = false;
    #frame = 0;
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(surface: Surface) {
        this.#surface = surface;
    }

    lay(source: string, features: Features): void {
        this.#waiting.set(source, features);
        if (!this.#isDrawing) this.#frame ||= requestAnimationFrame(() => this.#onFrame());
    }

    stop(): void {
        cancelAnimationFrame(this.#frame);
        clearTimeout(this.#timer);
    }

    // Lists and tables that show the same change are drawn first.
    #onFrame(): void {
        this.#frame = 0;
        this.#timer ??= setTimeout(() => this.#draw(), 0);
    }

    #draw(): void {
        this.#timer = undefined;
        this.#isDrawing = true;
        const began = performance.now();
        for (const [source, features] of this.#waiting) this.#surface.setFeatures(source, features);
        this.#waiting.clear();
        this.#surface.drawing.once("idle", () => this.#drawn(performance.now() - began));
    }

    #drawn(took: number): void {
        this.#timer = setTimeout(
            () => {
                this.#timer = undefined;
                this.#isDrawing = false;
                if (this.#waiting.size > 0) this.#draw();
            },
            Math.min(PAUSE * took, PAUSE_MS_MAX),
        );
    }
}
