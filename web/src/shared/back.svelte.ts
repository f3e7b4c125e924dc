// The phone's Back closes what was opened over a page, the last first, and leaves the page only when
// nothing is open. Each opened layer has an entry of its own in the history. Made when the reader opens it:
// browsers skip entries that a page adds unasked.

const DEPTH = "doorstep.layers";

interface Layer {
    close: () => void;
}

/** What is open, the last opened last. */
const layers: Layer[] = [];

/** Entries of layers that the history has behind the page's own: also those of before a reload. */
let depth = depthOf(history.state);
/** The history is going where the layers are; it tells when it is there. */
let isMoving = false;
let isAsked = false;

/** While something is open, Back closes it. For components: ends with them. */
export function closedByBack(isOpen: () => boolean, close: () => void): void {
    const isLayer = $derived(isOpen());
    $effect(() => (isLayer ? opened(close) : undefined));
}

/** Puts a layer on top; answers what takes it away. */
export function opened(close: () => void): () => void {
    const layer = { close };
    layers.push(layer);
    soon();
    return () => {
        const at = layers.indexOf(layer);
        if (at >= 0) layers.splice(at, 1);
        soon();
    };
}

/** Layers change together, such as a sheet and the door below it: the history follows once. */
function soon(): void {
    if (isAsked) return;
    isAsked = true;
    queueMicrotask(() => {
        isAsked = false;
        settle();
    });
}

function settle(): void {
    if (isMoving) return;
    while (depth < layers.length) {
        depth += 1;
        history.pushState({ [DEPTH]: depth }, "");
    }
    if (depth > layers.length) {
        isMoving = true;
        history.go(layers.length - depth);
    }
}

function depthOf(state: unknown): number {
    return Number((state as Record<string, unknown> | null)?.[DEPTH] ?? 0);
}

window.addEventListener("popstate", ({ state }) => {
    const from = depth;
    depth = depthOf(state);
    if (isMoving) isMoving = false;
    // An entry of before a reload, whose layer is gone: Back means the one before.
    else if (layers.length === 0 && depth < from) history.back();
    else while (layers.length > depth) layers.pop()?.close();
    settle();
});
