// Search in the browser: every section of every page, scored by where its words stand.
const dialog = document.querySelector("dialog.finder");
const input = dialog.querySelector("input");
const list = dialog.querySelector("ul");
const status = dialog.querySelector(".status");
const MOST = 12;
let index = null;
let chosen = -1;

const singular = (word) => (word.length > 3 ? word.replace(/s$/, "") : word);
const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

async function load() {
  index ??= fetch(document.body.dataset.search)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))))
    .then(({ pages, sections }) =>
      sections.map(([page, anchor, heading, text]) => ({
        address: pages[page][0] + (anchor ? `#${anchor}` : ""),
        title: pages[page][1],
        group: pages[page][2],
        heading,
        text,
        titleWords: words(pages[page][1]),
        headingWords: words(heading),
        low: text.toLowerCase(),
      })),
    );
  try {
    return await index;
  } catch (error) {
    index = null; // Asked for again with the next key.
    throw error;
  }
}

// How well one word fits a section: 0 for not at all.
function fit(word, section) {
  const beginning = (each) => each.startsWith(word) || each.includes(`_${word}`);
  const exact = (each) => singular(each) === singular(word);
  let score = 0;
  if (section.headingWords.some(exact)) score += 60;
  else if (section.headingWords.some(beginning)) score += 35;
  if (section.titleWords.some(exact)) score += section.heading ? 25 : 70;
  else if (section.titleWords.some(beginning)) score += section.heading ? 12 : 35;
  const at = section.low.indexOf(word);
  if (at >= 0) {
    const starts = at === 0 || !/[\p{L}\p{N}]/u.test(section.low[at - 1]);
    score += (starts ? 10 : 3) + Math.min(6, section.low.split(word).length - 2);
  }
  return score;
}

function find(sections, asked) {
  const wanted = words(asked);
  const whole = asked.trim().toLowerCase();
  const found = [];
  for (const section of sections) {
    let score = 0;
    for (const word of wanted) {
      const part = fit(word, section);
      if (!part) {
        score = 0;
        break;
      }
      score += part;
    }
    if (!score) continue;
    if (wanted.length > 1 && section.low.includes(whole)) score += 30;
    if (singular((section.heading || section.title).toLowerCase()) === singular(whole)) score += section.heading ? 60 : 100;
    found.push({ section, score });
  }
  return found.sort((one, other) => other.score - one.score).slice(0, MOST).map(({ section }) => section);
}

function marked(text, wanted) {
  const piece = document.createDocumentFragment();
  const pattern = new RegExp(`(${wanted.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "giu");
  for (const [at, part] of text.split(pattern).entries()) {
    if (at % 2) {
      const mark = document.createElement("mark");
      mark.textContent = part;
      piece.append(mark);
    } else piece.append(part);
  }
  return piece;
}

function around(section, wanted) {
  const places = wanted.map((word) => section.low.indexOf(word)).filter((at) => at >= 0);
  const start = Math.max(0, Math.min(...(places.length ? places : [0])) - 40);
  const from = start && section.text.indexOf(" ", start) + 1;
  return (from ? "…" : "") + section.text.slice(from, from + 140);
}

function row(section, at, wanted) {
  const item = document.createElement("li");
  item.id = `found-${at}`;
  item.setAttribute("role", "option");
  const link = document.createElement("a");
  link.href = section.address;
  link.tabIndex = -1;
  const where = document.createElement("small");
  where.textContent = [section.group, section.heading && section.title].filter(Boolean).join(" › ");
  const name = document.createElement("b");
  name.append(marked(section.heading || section.title, wanted));
  const text = document.createElement("span");
  text.append(marked(around(section, wanted), wanted));
  link.append(where, name, text);
  item.append(link);
  return item;
}

function choose(at) {
  const items = [...list.children];
  chosen = items.length ? (at + items.length) % items.length : -1;
  for (const [number, item] of items.entries()) item.setAttribute("aria-selected", String(number === chosen));
  if (chosen >= 0) {
    input.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

async function update() {
  const asked = input.value;
  const wanted = words(asked);
  let found = [];
  try {
    found = wanted.length ? find(await load(), asked) : [];
  } catch {
    status.textContent = "The index cannot be loaded now.";
    return;
  }
  if (asked !== input.value) return; // Typed on meanwhile.
  list.replaceChildren(...found.map((section, at) => row(section, at, wanted)));
  input.setAttribute("aria-expanded", String(found.length > 0));
  choose(0);
  if (!wanted.length) status.textContent = "";
  else status.textContent = found.length ? `${found.length} results` : `Nothing about “${asked.trim()}”.`;
}

function open() {
  if (dialog.open) return;
  dialog.showModal();
  input.select();
  load().catch(() => {});
}

document.querySelector("header button.search").addEventListener("click", open);
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if ((event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    open();
  }
});
input.addEventListener("input", update);
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Escape") dialog.close(); // Else the first one would only empty the field.
  else if (event.key === "Enter") list.children[chosen]?.querySelector("a").click();
  else return;
  event.preventDefault();
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("li a")) dialog.close();
});
