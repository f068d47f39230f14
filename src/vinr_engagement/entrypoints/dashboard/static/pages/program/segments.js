// The segments of the program: who is in each, in a sentence.

import { html } from "../../lib/preact.js";
import { useList } from "../../lib/query.js";
import { useProgram, useSession } from "../../lib/session.js";
import { Button, Card, Empty, ListTable, Page, Time } from "../../ui/index.js";
import { useWords } from "./names.js";
import { segmentSentence } from "./sentence.js";

/** The page `segments`. */
export default function Segments() {
  const { program } = useProgram();
  const words = useWords(program);
  const { can } = useSession();
  const list = useList(program ? "/loyalty/segments" : null, { program: program?.id });
  const make = can("segments:write") && html`<${Button} kind="primary" icon="plus" to="segments/new">New segment<//>`;
  const columns = [
    { key: "name", label: "Segment", width: "26%", render: (segment) => segment.name },
    { key: "says", label: "Who is in it", render: (segment) => segmentSentence(segment, words) },
    { key: "updated_at", label: "Changed", width: "150px", priority: 3, render: (segment) => html`<${Time} value=${segment.updated_at} relative />` },
  ];
  return html`
    <${Page} title="Segments" subtitle="Groups of members by what they are and do. Whoever meets the conditions is in, nobody has to be added."
      actions=${make}>
      <${Card} flush>
        <${ListTable} list=${list} caption="Segments" columns=${columns} rowHref=${(segment) => `segments/${segment.id}`}
          empty=${html`<${Empty} icon="segments" title="No segments yet" action=${make}>Rules, campaigns and rewards can be for a segment alone.<//>`} />
      <//>
    <//>
  `;
}
