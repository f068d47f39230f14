// The bar on top: search, the store, its clock, the stream of events, and who is signed in.

import { dateTime } from "../lib/format.js";
import { useEvents, useLiveState } from "../lib/live.js";
import { useObservable } from "../lib/observable.js";
import { html } from "../lib/preact.js";
import { href, navigate, usePlace } from "../lib/router.js";
import { useClock, useEnvironment, useSession } from "../lib/session.js";
import { chosenTheme, chooseTheme } from "../lib/theme.js";
import { Icon } from "../ui/icon.js";
import { Menu } from "../ui/menu.js";
import { toast } from "../ui/toast.js";
import { Search } from "./search.js";

/** @param {{opener: object, isOpen: boolean, onOpen: () => void}} props  of the navigation's drawer */
export function Top({ opener, isOpen, onOpen }) {
  return html`
    <header class="top">
      <button
        ref=${opener} type="button" class="button quiet icon-only open-side" aria-label="Navigation" aria-controls="navigation"
        aria-expanded=${isOpen ? "true" : "false"} onClick=${onOpen}
      ><${Icon} name="menu" /></button>
      <${Search} />
      <div class="spring"></div>
      <${Clock} />
      <${Live} />
      <${Environments} />
      <${Person} />
    </header>
  `;
}

function Clock() {
  const { now, frozen } = useClock();
  if (!frozen) return null;
  return html`
    <a class="frozen wide-only" href=${href("clock")} title="The test clock stands still">
      <${Icon} name="clock" /><span class="visually-hidden">The test clock stands at </span>${dateTime(now)}
    </a>
  `;
}

const LIVE = {
  live: ["Connected", "Events arrive as they happen"],
  connecting: ["Connecting", ""],
  offline: ["Offline", "The stream of events is interrupted"],
};

function Live() {
  const state = useLiveState();
  useEvents({}, () => {});
  const [word, meaning] = LIVE[state];
  return html`<span class=${`stream ${state} wide-only`} title=${meaning} role="status"><i></i>${word}</span>`;
}

/** Links to the same kind of page in the other store: an object of one is not in the other. */
function Environments() {
  const { environments } = useSession();
  const current = useEnvironment();
  const { path } = usePlace();
  if (environments.length < 2) return null;
  const [list] = path.split("/");
  return html`
    <nav class="switcher" aria-label="Store">
      ${environments.map((name) => html`
        <a key=${name} class=${name} href=${href(list, name)} aria-current=${name === current ? "true" : undefined}>
          ${name === "test" ? "Test" : "Live"}
        </a>
      `)}
    </nav>
  `;
}

const THEMES = [["light", "Light"], ["dark", "Dark"], ["system", "As the system has it"]];

function Person() {
  const { person, signOut } = useSession();
  const chosen = useObservable(chosenTheme);
  const name = person.name ?? person.email;
  const items = [
    { label: name, hint: `${person.email} · ${person.role}`, onSelect: () => navigate("account") },
    { label: "Change password", onSelect: () => navigate("account") },
    { label: "Documentation", onSelect: () => location.assign("/docs") },
    { separator: "Theme" },
    ...THEMES.map(([key, label]) => ({ label, checked: key === chosen, onSelect: () => chooseTheme(key) })),
    { separator: "" },
    { label: "Sign out", onSelect: () => signOut().catch(({ message }) => toast(message, "red")) },
  ];
  const initials = name.split(/[\s@.]+/).slice(0, 2).map((word) => word[0]?.toUpperCase() ?? "").join("");
  const avatar = html`<span class="avatar" aria-hidden="true">${initials}</span>`;
  return html`<${Menu} kind="quiet" label=${avatar} name=${`You: ${name}`} items=${items} />`;
}
