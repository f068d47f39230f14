// Short messages that come and go at the edge of the page.

import { observable, useObservable } from "../lib/observable.js";
import { html } from "../lib/preact.js";
import { classes } from "./classes.js";
import { Icon } from "./icon.js";

const SECONDS = { green: 5, red: 10 };
const shown = observable([]);
let count = 0;

/**
 * Tells the reader something, aloud too.
 * @param {string} message
 * @param {"green"|"red"} [tone]
 */
export function toast(message, tone = "green") {
  const id = (count += 1);
  shown.set([...shown.get(), { id, message, tone }]);
  setTimeout(() => dismiss(id), SECONDS[tone] * 1_000);
}

function dismiss(id) {
  shown.set(shown.get().filter((each) => each.id !== id));
}

/** Where they are shown: once on the page. */
export function Toasts() {
  const toasts = useObservable(shown);
  return html`
    <div class="toasts" role="status" aria-live="polite">
      ${toasts.map(({ id, message, tone }) => html`
        <div key=${id} class=${classes("toast", tone)}>
          <${Icon} name=${tone === "red" ? "alert" : "check"} />
          <span>${message}</span>
          <button type="button" class="plain" aria-label="Dismiss" onClick=${() => dismiss(id)}><${Icon} name="close" /></button>
        </div>
      `)}
    </div>
  `;
}
