// Keeps the courier's page on the phone, so that it opens without a network. The build puts in what
// the page consists of (`build/service-worker.js`); what the API answers is never kept here.

declare const PRECACHE: { version: string; files: string[] };

const worker = self as unknown as ServiceWorkerGlobalScope;

const PAGE = "/courier";
const PREFIX = "doorstep-courier-";
const CACHE = PREFIX + PRECACHE.version;

worker.addEventListener("install", (event) => {
    event.waitUntil(precache());
});

worker.addEventListener("activate", (event) => {
    event.waitUntil(dropOthers().then(() => worker.clients.claim()));
});

worker.addEventListener("message", (event) => {
    if (event.data === "take over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin) return;
    if (request.mode === "navigate") {
        if (pathname === PAGE) event.respondWith(kept(PAGE, request));
    } else if (PRECACHE.files.includes(pathname)) {
        event.respondWith(kept(pathname, request));
    } else if (pathname.startsWith("/assets/")) {
        event.respondWith(keptOnceUsed(request));
    }
});

/** All of it or nothing: a page of two versions would not work. */
async function precache(): Promise<void> {
    const cache = await caches.open(CACHE);
    const files = [PAGE, ...PRECACHE.files];
    await cache.addAll(files.map((file) => new Request(file, { cache: "no-cache" })));
}

async function dropOthers(): Promise<void> {
    const names = await caches.keys();
    const others = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(others.map((name) => caches.delete(name)));
}

async function kept(path: string, request: Request): Promise<Response> {
    return (await caches.match(path, { cacheName: CACHE })) ?? fetch(request);
}

/** What is loaded late, such as the map: its name carries a hash, so that it never changes. */
async function keptOnceUsed(request: Request): Promise<Response> {
    const cache = await caches.open(CACHE);
    const known = await cache.match(request);
    if (known) return known;
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
}
