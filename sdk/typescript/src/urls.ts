/** Paths and queries of requests. */
import { toWire } from "./casing.js";

/** Makes a path. Throws a `TypeError` for what cannot be an id: within the call, so that it is what the call throws. */
export type Path = () => string;

/** A path with ids in it, each escaped. */
export function path(texts: TemplateStringsArray, ...ids: string[]): Path {
  return () => texts.reduce((before, text, index) => before + segment(ids[index - 1]) + text);
}

function segment(id: unknown): string {
  // A browser's rules for URLs would take "." and ".." for folders, and an empty id would lead to the list.
  if (typeof id !== "string" || id === "" || id === "." || id === "..") {
    throw new TypeError(`An id is a text such as "loy_06evgt3m8x4k9c2p7r1wz5qjbh", not ${JSON.stringify(id) ?? typeof id}.`);
  }
  return encodeURIComponent(id);
}

/** The query of a URL, with its `?`; empty for no parameters. Lists become `name[]`, objects `name[key]`. */
export function query(params: object): string {
  const search = new URLSearchParams();
  append(search, "", toWire(params));
  const text = search.toString();
  return text && `?${text}`;
}

function append(search: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (typeof value !== "object") {
    search.append(name, String(value));
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    const inner = Array.isArray(value) ? `${name}[]` : name ? `${name}[${key}]` : key;
    append(search, inner, child);
  }
}
