// Tells ledger rows in words, as the dashboard does: node tell.mjs FOLDER_OF_THE_PAGE ROWS.json, the words on standard output.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [page, rowsFile] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${page}/${path}`).href);
const { explain, textOf } = await load("pages/members/explain.js");
const { namesOf } = await load("pages/members/names.js");

const { program, rows } = JSON.parse(readFileSync(rowsFile, "utf8"));
const names = namesOf(program, rows);
const told = rows.map((row) => {
  const { kind, title, sentence, steps, notes } = explain(row, names);
  const lines = steps.map(({ label, value }) => `${label}: ${textOf(value)}`);
  return { id: row.id, kind, title, sentence: textOf(sentence), steps: lines, notes: notes.map(textOf) };
});
process.stdout.write(JSON.stringify(told));
