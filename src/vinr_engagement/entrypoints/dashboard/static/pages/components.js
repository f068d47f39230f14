// Every component beside the others, to look at: /dashboard/test/_components. Nothing leads here.

import { html, useState } from "../lib/preact.js";
import * as ui from "../ui/index.js";

const DAYS = Array.from({ length: 30 }, (_, index) => `2026-03-${String(index + 1).padStart(2, "0")}`);
const wave = (size, shift) => DAYS.map((_, index) => Math.round(size * (1.2 + Math.sin((index + shift) / 3))));
const SERIES = [
  { label: "Earned", values: wave(9_000, 0) },
  { label: "Redeemed", values: wave(4_000, 4) },
];
const ROWS = [
  { id: "ptx_06evgt2f0k4x9c2p7r1wz5qjbh", type: "earn", points: 1_250, status: "completed", at: "2026-03-02T10:04:00Z" },
  { id: "ptx_06evgt3m8x4k9c2p7r1wz5qjc0", type: "redeem", points: -500, status: "pending", at: "2026-03-01T16:40:00Z" },
  { id: "ptx_06evgt3m8x4k9c2p7r1wz5qjc1", type: "reverse", points: -20, status: "failed", at: "2026-02-11T08:00:00Z" },
];
const COLUMNS = [
  { key: "type", label: "Transaction" },
  { key: "status", label: "Status", render: ({ status }) => html`<${ui.Status} value=${status} />` },
  { key: "at", label: "When", priority: 2, render: ({ at }) => html`<${ui.Time} value=${at} />` },
  { key: "points", label: "Points", align: "end", render: ({ points }) => html`<${ui.Points} value=${points} signed />` },
];
const STATUSES = ["active", "paused", "archived", "pending", "failed", "merged", "draft", "scheduled", "ended", "processed", "ignored", "duplicate"];
const REFUSAL = Object.assign(new Error("cost must be at least 1."), { code: "parameter_invalid", requestId: "req_8f2c41d09a", param: "cost" });

const echo = async (text) => [{ value: text, label: text, hint: "typed" }];

export default function Components() {
  const [tab, setTab] = useState("pieces");
  const tabs = [["pieces", "Pieces"], ["forms", "Forms"], ["states", "States"]].map(([key, label]) => ({ key, label }));
  const actions = html`<${ui.PeriodPicker} /><${ui.Button} kind="primary" icon="plus">Primary</${ui.Button}>`;
  return html`
    <${ui.Page} title="Components" subtitle="What pages are made of, to look at." actions=${actions} back=${{ to: "", label: "Overview" }}>
      <${ui.Tabs} tabs=${tabs} current=${tab} onChange=${setTab} />
      ${tab === "pieces" && html`<${Pieces} />`}
      ${tab === "forms" && html`<${Forms} />`}
      ${tab === "states" && html`<${States} />`}
    </${ui.Page}>
  `;
}

function Pieces() {
  const parts = [["Bronze", 3_120], ["Silver", 940], ["Gold", 278]].map(([label, value]) => ({ label, value }));
  const items = [["Program", html`<${ui.ProgramName} />`], ["Id", html`<${ui.Id} value="prog_default" />`], ["Nothing", null]];
  return html`
    <${ui.Card}>
      <${ui.Grid} columns=${4}>
        <${ui.Stat} label="Points earned" value="1,204,330" change=${0.124} good="up" was="1,071,000" />
        <${ui.Stat} label="Points expired" value="12,004" change=${0.31} good="down" hint="after 12 months without a purchase" />
        <${ui.Stat} label="Liability" value="€83,865.56" to="finance" change=${0} />
        <${ui.Stat} label="Loading" loading />
      </${ui.Grid}>
    </${ui.Card}>
    <${ui.Grid} columns=${2}>
      <${ui.Card} title="Earned and redeemed" subtitle="by day"><${ui.Chart} kind="line" x=${DAYS} series=${SERIES} label="Points by day" /></${ui.Card}>
      <${ui.Card} title="Stacked"><${ui.Chart} kind="stacked" x=${DAYS} series=${SERIES} label="Points by day, one on the other" /></${ui.Card}>
      <${ui.Card} title="Bars"><${ui.Chart} kind="bar" x=${DAYS.slice(0, 12)} series=${SERIES} label="Points by day, side by side" /></${ui.Card}>
      <${ui.Card} title="Tiers">
        <${ui.Stack}>
          <${ui.Bar} parts=${parts} label="Members by tier" />
          <${ui.Progress} value=${320} max=${500} label="To Silver" />
          <${ui.DefinitionList} items=${items} />
        </${ui.Stack}>
      </${ui.Card}>
    </${ui.Grid}>
    <${ui.Card} title="Transactions" flush actions=${html`<${ui.Button} size="small" icon="download">Export</${ui.Button}>`}>
      <${ui.Table} caption="Transactions" columns=${COLUMNS} rows=${ROWS} rowHref=${({ id }) => `members/${id}`} />
    </${ui.Card}>
    <${ui.Card} title="Badges and buttons">
      <${ui.Stack}>
        <${ui.Row}>${STATUSES.map((value) => html`<${ui.Status} key=${value} value=${value} />`)}</${ui.Row}>
        <${ui.Row}>
          ${["primary", "secondary", "quiet", "danger"].map((kind) => html`<${ui.Button} key=${kind} kind=${kind}>${kind}</${ui.Button}>`)}
          <${ui.Button} busy kind="primary">Busy</${ui.Button}><${ui.Button} disabled>Disabled</${ui.Button}>
          <${ui.Menu} label="Menu" items=${[{ label: "Edit", onSelect() {} }, { label: "Delete", danger: true, hint: "For good", onSelect() {} }]} />
          <${ui.Button} onClick=${() => ui.toast("Saved")}>Toast</${ui.Button}>
        </${ui.Row}>
      </${ui.Stack}>
    </${ui.Card}>
    <${ui.Card} title="JSON"><${ui.JsonView} value=${{ id: "evt_1", amount: 1250, live: false, data: { customer: null } }} /></${ui.Card}>
  `;
}

function Forms() {
  const given = { name: "£5 off", cost: 0, price: 1_250, factor: "1.25", type: "b", on: true, at: "2026-04-01T09:00:00Z", more: { a: "b" } };
  const [values, set] = useState(given);
  const [asked, ask] = useState(null);
  const bind = (name) => ({ value: values[name], onChange: (value) => set({ ...values, [name]: value }) });
  const types = [["a", "Discount"], { label: "Products", options: [["b", "Free product"], ["c", "Gift"]] }];
  return html`
    <${ui.Card} title="A form that the API refused">
      <${ui.Form} error=${REFUSAL} onSubmit=${() => ask("confirm")}>
        <${ui.Field} name="name" label="Name" hint="Members read it."><${ui.TextInput} ...${bind("name")} /></${ui.Field}>
        <${ui.Field} name="cost" label="Cost"><${ui.NumberInput} after="points" ...${bind("cost")} /></${ui.Field}>
        <${ui.Field} name="price" label="Value" optional><${ui.MoneyInput} currency="GBP" ...${bind("price")} /></${ui.Field}>
        <${ui.Field} name="factor" label="Factor"><${ui.DecimalInput} before="×" ...${bind("factor")} /></${ui.Field}>
        <${ui.Field} name="type" label="Type"><${ui.Select} options=${types} ...${bind("type")} /></${ui.Field}>
        <${ui.Field} name="at" label="Starts"><${ui.DateTimeInput} zone="Europe/London" ...${bind("at")} /></${ui.Field}>
        <${ui.Field} name="note" label="Note" optional><${ui.TextArea} ...${bind("note")} /></${ui.Field}>
        <${ui.Field} name="member" label="Member"><${ui.Combobox} search=${echo} ...${bind("member")} /></${ui.Field}>
        <${ui.Checkbox} label="A checkbox" hint="With a hint" ...${bind("on")} />
        <${ui.Switch} label="A switch" ...${bind("on")} />
        <${ui.Field} name="metadata" label="Metadata" optional><${ui.KeyValues} ...${bind("more")} /></${ui.Field}>
        <${ui.Row} justify="end">
          <${ui.Button} onClick=${() => ask("dialog")}>Dialog</${ui.Button}><${ui.Button} kind="primary" type="submit">Save</${ui.Button}>
        </${ui.Row}>
      </${ui.Form}>
    </${ui.Card}>
    ${asked === "dialog" && html`<${ui.Dialog} title="A dialog" onClose=${() => ask(null)}><p>Some words.</p></${ui.Dialog}>`}
    ${asked === "confirm" && html`
      <${ui.Confirm} title="Erase this member?" confirm="Erase" danger type="cust_1" onConfirm=${() => {}} onClose=${() => ask(null)}>
        <p>This cannot be undone.</p>
      </${ui.Confirm}>
    `}
  `;
}

function States() {
  const action = html`<${ui.Button} kind="primary" icon="plus">New reward</${ui.Button}>`;
  const busy = { code: "service_unavailable", requestId: "req_8f2c41d09a" };
  const error = Object.assign(new Error("The database is busy; send the request again."), busy);
  return html`
    <${ui.Grid} columns=${2}>
      <${ui.Card}>
        <${ui.Empty} icon="gift" title="No rewards yet" action=${action}>What points buy: a discount, a product, store credit.</${ui.Empty}>
      </${ui.Card}>
      <${ui.Card} title="On its way"><${ui.Skeleton} lines=${5} /></${ui.Card}>
    </${ui.Grid}>
    <${ui.ErrorNotice} error=${error} retry=${() => {}} />
    ${["neutral", "green", "amber", "red", "blue", "violet"].map((tone) => html`
      <${ui.Notice} key=${tone} tone=${tone} title=${`A notice, ${tone}`}>It says something, and perhaps what to do about it.</${ui.Notice}>
    `)}
  `;
}
