/// What is laid beside a session of Node's own test runner, so that it can be judged.
///
/// The reporter runs in the process that starts the test files, and writes down what it hears, event by event, to the
/// descriptor of ``ProcessKit/Command/report`` (https://nodejs.org/docs/latest-v20.x/api/test.html#class-testsstream); the
/// code under test runs in a process per file, which does not get that descriptor. There a second program notes which files came to their end by themselves: for Node a file that leaves with
/// `process.exit(0)` before its first test is a test that passed.
enum NodeReporter {
    /// File names below the scratch directory.
    static let program = "reporter.mjs"
    static let watch = "watch.cjs"
    static let ended = "ended"

    /// Lines `{"event": "pass", "name": ..., "nesting": 0, ...}`, and at last `{"event": "end", "lines": 12}`.
    static let source = """
        import { writeSync } from "node:fs";

        const events = new Set(["enqueue", "start", "pass", "fail"]);
        let lines = 0;

        function write(line) {
          let rest = Buffer.from(JSON.stringify(line) + "\\n");
          while (rest.length > 0) rest = rest.subarray(writeSync(3, rest));
          lines += 1;
        }

        function words(error) {
          const cause = error?.cause;
          const text = cause instanceof Error || typeof cause?.stack === "string" ? cause.stack : cause ?? error?.message;
          return String(text ?? "").slice(0, 4000);
        }

        export default async function* (source) {
          for await (const { type, data } of source) {
            const event = type.slice("test:".length);
            if (!events.has(event)) continue;
            const error = data.details?.error;
            write({
              event, name: data.name, nesting: data.nesting, file: data.file, line: data.line,
              milliseconds: data.details?.duration_ms, suite: data.details?.type === "suite",
              skip: data.skip, todo: data.todo,
              failure: error?.failureType, message: error && words(error), status: error?.exitCode, signal: error?.signal,
            });
          }
          write({ event: "end", lines });
        }

        """

    /// Loaded first in the process of each test file; what it uses it takes before anything can stand in for it.
    ///
    /// What assertions are made of stays as it is: who puts something else in its place is told so, where it happens.
    static let watchSource = """
        if (process.env.NODE_TEST_CONTEXT) {
          const assert = require("node:assert");
          const keep = (object, name, value) => Object.defineProperty(object, name, {
            configurable: false, enumerable: true,
            get: () => value,
            set() { throw new Error(`'assert.${name}' judges; code under test may not replace it.`); },
          });
          for (const object of [assert, assert.strict]) {
            for (const name of Object.keys(object)) {
              if (typeof object[name] === "function") keep(object, name, object[name]);
            }
          }
          const { appendFileSync } = require("node:fs");
          const { join } = require("node:path");
          const path = join(__dirname, "\(ended)");
          const file = process.argv[1];
          process.once("beforeExit", () => appendFileSync(path, file + "\\n"));
        }

        """
}
