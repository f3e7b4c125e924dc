// The service worker, which keeps the page on the phone, and its next version. A new one takes over
// only when the courier says so: never while they are filling something in.

export const update = $state({ isReady: false });

let waiting: ServiceWorker | null = null;

export function install(): void {
    if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
    void navigator.serviceWorker.register("/courier/sw.js", { scope: "/courier" }).then(watch);
}

function watch(registration: ServiceWorkerRegistration): void {
    const look = () => {
        // The first version has nothing to take over from.
        if (!registration.waiting || !navigator.serviceWorker.controller) return;
        waiting = registration.waiting;
        update.isReady = true;
    };
    look();
    registration.addEventListener("updatefound", () => {
        registration.installing?.addEventListener("statechange", look);
    });
}

export function applyUpdate(): void {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
    waiting?.postMessage("take over");
}
