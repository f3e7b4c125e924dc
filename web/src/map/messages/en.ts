export const en = {
    loading: "Loading the map…",
    unavailable: "The map cannot be drawn here. Everything on it is told beside it.",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    zoomAll: "Show everything",
};
