import type { Messages } from "./index";

export const zh: Messages = {
    title: "路线",
};
