// Theme, menu, copying, tabs of languages, and which part of the page is in view.
const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Storage may be forbidden: the choice holds for this page.
  }
}

// --- Theme

const themeButton = document.querySelector("button.theme");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);

function nameTheme() {
  themeButton.setAttribute("aria-label", isDark() ? "Switch to the light theme" : "Switch to the dark theme");
}

themeButton.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  keep("vinr.theme", root.dataset.theme);
  nameTheme();
});
prefersDark.addEventListener("change", nameTheme);
nameTheme();

// --- Menu on small screens

const menuButton = document.querySelector("button.menu");
const side = document.getElementById("navigation");

function showMenu(open) {
  menuButton.setAttribute("aria-expanded", String(open));
  root.classList.toggle("menu-open", open);
}

menuButton.addEventListener("click", () => showMenu(menuButton.getAttribute("aria-expanded") !== "true"));
side.addEventListener("click", (event) => event.target.closest("a") && showMenu(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && root.classList.contains("menu-open")) {
    showMenu(false);
    menuButton.focus();
  }
});
const here = side.querySelector('[aria-current="page"]');
if (here && side.scrollHeight > side.clientHeight) {
  side.scrollTop = here.offsetTop - side.clientHeight / 3;
}

// --- Copying

async function copy(button, text) {
  const said = button.textContent;
  try {
    await navigator.clipboard.writeText(await text());
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not copied";
  }
  button.classList.add("done");
  setTimeout(() => {
    button.textContent = said;
    button.classList.remove("done");
  }, 1600);
}

for (const button of all("button.copy")) {
  button.addEventListener("click", () => copy(button, () => `${button.parentElement.querySelector("code").textContent}\n`));
}
for (const button of all("button.copy-page")) {
  button.addEventListener("click", () => copy(button, async () => (await fetch(button.dataset.source)).text()));
}

// --- Tabs: one choice for every block of code

const groups = all(".tabs");

function showLanguage(language) {
  for (const group of groups) {
    const tabs = all("[role=tab]", group);
    const chosen = tabs.find((tab) => tab.dataset.tab === language) ?? tabs[0];
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
  }
}

function choose(tab) {
  const before = tab.getBoundingClientRect().top;
  root.dataset.language = tab.dataset.tab;
  keep("vinr.language", tab.dataset.tab);
  showLanguage(tab.dataset.tab);
  tab.focus({ preventScroll: true });
  scrollBy({ top: tab.getBoundingClientRect().top - before, behavior: "instant" });
}

for (const group of groups) {
  const tabs = all("[role=tab]", group);
  for (const [at, tab] of tabs.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(tabs[(to + tabs.length) % tabs.length]);
    });
  }
}
if (root.dataset.language) showLanguage(root.dataset.language);

// --- Where the reader is

const links = new Map(all(".outline a").map((link) => [link.hash.slice(1), link]));
const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);

function markHere() {
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
  const atEnd = scrollY > 0 && innerHeight + scrollY >= document.body.scrollHeight - 4;
  const current = atEnd ? headings.at(-1) : passed.at(-1);
  for (const [id, link] of links) link.classList.toggle("here", id === current?.id);
}

if (headings.length) {
  let waiting = false;
  addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        markHere();
      });
    },
    { passive: true },
  );
  markHere();
}
