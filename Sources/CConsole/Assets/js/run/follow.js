// Follows one run: all of its history, then what happens, over one connection that is opened again when it breaks.

import { paths, request } from "../api.js";
import { EventReader } from "../events.js";

const longestWait = 8000;

/// Calls `onEvent` with each event once and in order, `onPiece` with what is still being written, and `onState` with
/// `connecting`, `live`, `lost` (and the milliseconds until the next try), `ended` or `refused` (and why).
///
/// `hasEnded` tells whether the history ends the run; only then is the end of the stream not a loss.
export class Follower {
  #run;
  #calls;
  #last = 0;
  #failures = 0;
  #stop = new AbortController();
  #timer;

  constructor(run, calls) {
    this.#run = run;
    this.#calls = calls;
  }

  /// Begins; also to be called when a run that had ended goes on.
  start() { return this.#connect(); }

  stop() {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  async #connect() {
    this.#calls.onState("connecting");
    try {
      const response = await this.#open();
      this.#failures = 0;
      this.#calls.onState("live");
      await this.#read(response.body);
      this.#over();
    } catch (error) {
      this.#failed(error);
    }
  }

  #open() {
    const headers = { accept: "text/event-stream" };
    if (this.#last) headers["last-event-id"] = String(this.#last);
    return request(paths.run(this.#run, "/stream"), { headers, signal: this.#stop.signal, cache: "no-store" });
  }

  async #read(body) {
    const reader = new EventReader((message) => this.#take(message));
    const texts = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await texts.read();
      if (done) return;
      reader.read(value);
    }
  }

  #take(message) {
    const body = JSON.parse(message.data);
    if (message.event === "piece") return this.#calls.onPiece(body);
    if (!(body.sequence > this.#last)) return;
    this.#last = body.sequence;
    this.#calls.onEvent(body);
  }

  #over() {
    if (this.#calls.hasEnded()) this.#calls.onState("ended");
    else this.#again();
  }

  #failed(error) {
    if (this.#stop.signal.aborted) return;
    if (error.status >= 400 && error.status < 500 && error.status !== 429) this.#calls.onState("refused", error);
    else this.#again();
  }

  #again() {
    const wait = Math.min(longestWait, 500 * 2 ** this.#failures++);
    this.#calls.onState("lost", wait);
    this.#timer = setTimeout(() => this.#connect(), wait);
  }
}
