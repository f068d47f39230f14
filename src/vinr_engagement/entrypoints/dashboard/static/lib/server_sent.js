// Server-sent events out of a stream of bytes, as the HTML standard (section 9.2.6) has them read.

/**
 * The blocks of a stream, as they come.
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} [onBytes]  called whenever anything arrives
 * @returns {AsyncGenerator<{id?: string, event?: string, data?: string}>}
 */
export async function* blocksOf(body, onBytes = () => {}) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      onBytes();
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      yield* blocks.map(fieldsOf);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function fieldsOf(block) {
  const fields = {};
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (!name) continue;
    fields[name] = name === "data" && "data" in fields ? `${fields.data}\n${value}` : value;
  }
  return fields;
}
