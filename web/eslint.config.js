import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default ts.config(
  { ignores: ["dist/", "src/shared/api-types.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    files: ["src/**"],
    languageOptions: { globals: globals.browser },
    rules: { "no-console": "error" },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ["tests/**", "build/**"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    rules: {
      eqeqeq: "error",
      "max-lines": ["error", { max: 400, skipComments: true }],
      "@typescript-eslint/no-non-null-assertion": "error",
      // Sets and maps here are values: a change makes a new one.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
);
