// What a test needs of several modules at once, so that all of it is loaded together.

export { Unreachable } from "../../src/shared/api";
export { Once } from "../../src/shared/once";
