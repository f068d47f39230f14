/** Server-sent events, read from bytes as they come. */

/** What stands between two empty lines. What it does not say is undefined. */
export interface Block {
  id?: string;
  event?: string;
  data?: string;
  /** Milliseconds. */
  retry?: number;
}

/** Makes blocks of one connection's bytes, wherever those are cut. A block that never ends is never given. */
export class Blocks {
  readonly #decoder = new TextDecoder();
  #line = "";
  #afterReturn = false;
  #block: Block = {};

  /** The blocks that end within these bytes. */
  *within(bytes: Uint8Array): Generator<Block, void, undefined> {
    for (const line of this.#linesWithin(bytes)) {
      if (line !== "") this.#add(line);
      else if (Object.keys(this.#block).length > 0) yield this.#ended();
    }
  }

  #linesWithin(bytes: Uint8Array): string[] {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === "") return [];
    // The second half of a line's end.
    if (this.#afterReturn && text.startsWith("\n")) text = text.slice(1);
    this.#afterReturn = text.endsWith("\r");
    const lines = (this.#line + text).split(/\r\n|\r|\n/);
    this.#line = lines.pop() ?? "";
    return lines;
  }

  #add(line: string): void {
    const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    const block = this.#block;
    if (name === "data") block.data = block.data === undefined ? value : `${block.data}\n${value}`;
    else if (name === "event") block.event = value;
    else if (name === "id" && !value.includes("\0")) block.id = value;
    else if (name === "retry" && /^\d+$/.test(value)) block.retry = Number(value);
  }

  #ended(): Block {
    const block = this.#block;
    this.#block = {};
    return block;
  }
}
