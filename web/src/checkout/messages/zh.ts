import type { Messages } from "./index";

export const zh: Messages = {
    title: "结账",
};
