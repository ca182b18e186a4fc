// Server-sent events over fetch, so that a key can go along; the format is that of WHATWG HTML, section 9.2.

/// Reads the text of a stream in pieces however they are cut, and hands over whole messages.
export class EventReader {
  #rest = "";
  #message = { id: undefined, event: "message", data: [] };
  #receive;

  constructor(receive) { this.#receive = receive; }

  read(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
  }

  #line(line) {
    if (line === "") return this.#end();
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#message.data.push(value);
    else if (name === "event") this.#message.event = value;
    else if (name === "id") this.#message.id = value;
  }

  #end() {
    const { id, event, data } = this.#message;
    this.#message = { id: undefined, event: "message", data: [] };
    if (data.length) this.#receive({ id, event, data: data.join("\n") });
  }
}
