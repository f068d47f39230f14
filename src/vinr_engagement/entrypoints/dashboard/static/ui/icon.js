// Icons: lines on a grid of 16 by 16, drawn for this page.

import { html } from "../lib/preact.js";

const PATHS = {
  "arrow-left": "M13 8H3m4-4L3 8l4 4",
  "arrow-right": "M3 8h10M9 4l4 4-4 4",
  "chevron-down": "m4 6 4 4 4-4",
  "chevron-right": "m6 4 4 4-4 4",
  "chevron-up": "m4 10 4-4 4 4",
  alert: "M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.6v.1",
  audit: "M4 2h8v12H4zM6.5 5.5h3M6.5 8h3M6.5 10.5h2",
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1 1H3zM6.8 14h2.4",
  bolt: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z",
  calendar: "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3",
  campaigns: "M2.5 6.5v3h2l6 3.5V3l-6 3.5zM12.5 6.5a2 2 0 0 1 0 3M5 9.5v3.5h2v-2.4",
  check: "m3 8.5 3.5 3.5L13 4.5",
  clock: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 5v3.2l2 1.3",
  close: "m4 4 8 8M12 4l-8 8",
  code: "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  download: "M8 2.5v8M4.5 7 8 10.5 11.5 7M3 13.5h10",
  edit: "M10.5 3 13 5.5 5.5 13H3v-2.5z",
  events: "M2.5 4h11M2.5 8h11M2.5 12h7",
  external: "M9 3h4v4M13 3 7.5 8.5M11 9v4H3V5h4",
  filter: "M2.5 4h11M4.5 8h7M6.5 12h3",
  finance: "M2.5 13.5h11M4 11V7M8 11V3M12 11V5.5",
  gift: "M2.5 6h11v3h-11zM3.5 9v4.5h9V9M8 6v7.5M8 6C5 6 4 4.8 4.6 3.6S7.4 3.2 8 6c.6-2.8 2.8-3.6 3.4-2.4S11 6 8 6z",
  info: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 7.5V11M8 5.1v.1",
  key: "M10.5 2.5a3 3 0 1 1-1.9 5.3L3 13.5H2v-2h1.5V10H5l2.7-2.7a3 3 0 0 1 2.8-4.8zM11 5v.1",
  link: "M6.5 9.5 9.5 6.5M7 4.5 8.5 3a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3.2 3.2 0 0 1 3 8.5L4.5 7",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  members:
    "M6 3a2.3 2.3 0 1 1 0 4.6A2.3 2.3 0 0 1 6 3zM1.8 13c.3-2.4 2-3.6 4.2-3.6s3.9 1.2 4.2 3.6M10.5 3.3a2.2 2.2 0 0 1 0 4.1" +
    "M11.8 9.6c1.4.5 2.3 1.7 2.5 3.4",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  minus: "M3.5 8h9",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7z",
  more: "M3.5 8h.1M8 8h.1M12.5 8h.1",
  overview: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M4.5 3v10l8-5z",
  plus: "M8 3v10M3 8h10",
  program: "M2.5 4.5h7M12.5 4.5h1M2.5 11.5h1M6.5 11.5h7M11 3v3M5 10v3",
  received: "M8 2.5v7M5 6.5l3 3 3-3M2.5 9.5v4h11v-4",
  referrals: "M4.5 6.3a1.8 1.8 0 1 0 0-.1M11.5 4.3a1.8 1.8 0 1 0 0-.1M11.5 12.1a1.8 1.8 0 1 0 0-.1M6.1 7l3.8 3.6M6.2 5.9 9.8 4.6",
  refresh: "M13 8a5 5 0 1 1-1.5-3.5L13 6M13 2.5V6H9.5",
  reports: "M3.5 2h6l3 3v9h-9zM9.5 2v3h3M6 8.5h4M6 11h4",
  rewards: "M2.5 5.5h11v2a1.5 1.5 0 0 0 0 2.6v2h-11v-2a1.5 1.5 0 0 0 0-2.6zM9.5 6v6",
  rules: "M3 4h6M3 8h10M3 12h4M11.5 2.5v3M9.5 10.5v3",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2",
  segments: "M8 2a6 6 0 1 0 6 6H8zM10.5 2.2a6 6 0 0 1 3.3 3.3h-3.3z",
  settings: "M2.5 4.5h7M12.5 4.5h1M2.5 11.5h1M6.5 11.5h7M11 3v3M5 10v3",
  "sign-out": "M6.5 2.5h-4v11h4M6.5 8h7M10.5 5l3 3-3 3",
  simulate: "M2.5 4h11v8h-11zM2.5 7h11M5 9.8h2",
  star: "m8 2.3 1.7 3.6 4 .5-2.9 2.7.7 3.9L8 11.1 4.5 13l.7-3.9L2.3 6.4l4-.5z",
  sun: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7",
  tiers: "m8 2.5 5.5 3L8 8.5l-5.5-3zM2.5 8.2 8 11.2l5.5-3M2.5 10.8 8 13.8l5.5-3",
  trash: "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7v4M9.3 7v4",
  user: "M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4zM2.8 13.5c.3-2.7 2.4-4 5.2-4s4.9 1.3 5.2 4",
  wallet: "M2.5 4.5h10v8.5h-10zM2.5 4.5l8-2v2M10 8.7h.1",
  webhooks: "M5.2 6.8 8 2.5l2.8 4.3M3.5 13.5 8 6.3M12.5 13.5H4.5M8 6.3l4.5 7.2",
};

/**
 * @param {{name: string}} props  without a text beside it, what it is in needs an `aria-label`
 */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}

/** The names that there are. */
export const ICONS = Object.keys(PATHS);
