// Light or dark: as the reader's system has it, unless they chose one. early.js applies it before the first paint.

import { keep, kept } from "./kept.js";
import { observable } from "./observable.js";

const system = matchMedia("(prefers-color-scheme: dark)");
const shownNow = () => document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");

/** What is shown. */
export const theme = observable(shownNow());
/** What was chosen. */
export const chosenTheme = observable(kept("theme") ?? "system");

system.addEventListener("change", () => theme.set(shownNow()));

/** @param {"light"|"dark"|"system"} choice */
export function chooseTheme(choice) {
  keep("theme", choice === "system" ? null : choice);
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  chosenTheme.set(choice);
  theme.set(shownNow());
}
