// Pictures: made small, named by their SHA-256, and kept on the phone.

import type { Phone, Photo } from "./phone";

/** Enough to read a serial number, and small enough for a day's worth of them. */
const SIDE_PX_MAX = 1_600;
const QUALITY = 0.8;

/** Keeps a picture; its SHA-256, which is what the service is told of it. */
export async function keep(
    phone: Phone,
    booking: string,
    kind: Photo["kind"],
    picture: Blob,
): Promise<string> {
    const sha256 = await digest(picture);
    await phone.keepPhoto({ sha256, booking, kind, picture, takenAt: Date.now() });
    return sha256;
}

async function digest(picture: Blob): Promise<string> {
    const bytes = await crypto.subtle.digest("SHA-256", await picture.arrayBuffer());
    return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A photo at a size to keep, without what the camera wrote into it (place, owner). */
export async function reduced(file: Blob): Promise<Blob> {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, SIDE_PX_MAX / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return drawn(canvas, "image/jpeg");
}

/** What is drawn on a canvas. */
export function drawn(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
    return new Promise((resolve, reject) => {
        const take = (blob: Blob | null) =>
            blob ? resolve(blob) : reject(new Error("the canvas could not be read"));
        canvas.toBlob(take, type, QUALITY);
    });
}
