import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  { files: ["dispatch/**"], languageOptions: { globals: globals.browser } },
  { files: ["tests/**"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  { rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error" } },
];
