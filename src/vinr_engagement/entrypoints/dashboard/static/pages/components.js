// Every component beside the others, to look at: /dashboard/test/_components. Nothing leads here.

import { html, useState } from "../lib/preact.js";
import * as ui from "../ui/index.js";

export default function Components() {
  return html`<${ui.Page} title="Components" subtitle="What pages are made of"></${ui.Page}>`;
}
