import type { Messages } from "./index";

export const zh: Messages = {
    loading: "正在加载地图…",
    unavailable: "此处无法显示地图，全部内容见旁边的文字。",
    zoomIn: "放大",
    zoomOut: "缩小",
    zoomAll: "显示全部",
};
