// Reading barcodes by camera, where the browser can. Not every one has `BarcodeDetector`, and
// TypeScript's DOM does not know it.

import { imeiIn } from "./imei";

interface Detector {
    detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}

interface DetectorClass {
    new (options: { formats: string[] }): Detector;
}

const Detecting = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;

/** What boxes of phones have their IMEI in. */
const FORMATS = ["code_128", "code_39", "ean_13", "qr_code", "data_matrix"];

const LOOK_AGAIN_MS = 150;

export const canScan = Detecting !== undefined && Boolean(navigator.mediaDevices);

/** Why the camera shows nothing: the courier, or the phone, does not allow it; or it cannot be had. */
export type CameraFault = "denied" | "unavailable";

export function cameraFault(error: unknown): CameraFault {
    return error instanceof DOMException && error.name === "NotAllowedError"
        ? "denied"
        : "unavailable";
}

/**
 * Shows the camera in a video, and answers the first IMEI that it sees; `onWrong` is told of numbers that
 * have a fault. The camera is off again once the signal is aborted.
 */
export async function scan(
    video: HTMLVideoElement,
    signal: AbortSignal,
    onWrong: (digits: string) => void,
): Promise<string | null> {
    if (!Detecting) return null;
    const facing = { video: { facingMode: "environment" } };
    const camera = await navigator.mediaDevices.getUserMedia(facing);
    try {
        signal.throwIfAborted();
        video.srcObject = camera;
        await video.play();
        return await watched(new Detecting({ formats: FORMATS }), video, signal, onWrong);
    } finally {
        for (const track of camera.getTracks()) track.stop();
    }
}

async function watched(
    detector: Detector,
    video: HTMLVideoElement,
    signal: AbortSignal,
    onWrong: (digits: string) => void,
) {
    while (!signal.aborted) {
        const seen = await detector.detect(video);
        const read = seen.map(({ rawValue }) => imeiIn(rawValue)).filter((read) => read !== null);
        const right = read.find(({ isWrong }) => !isWrong);
        if (right) return right.digits;
        if (read[0]) onWrong(read[0].digits);
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    return null;
}
