/// What is laid beside a session of Node's own test runner, so that it can be judged.
///
/// The reporter runs in the process that starts the test files, and writes down what it hears, event by event
/// (https://nodejs.org/docs/latest-v20.x/api/test.html#class-testsstream); the code under test runs in a process per
/// file. There a second program notes which files came to their end by themselves: for Node a file that leaves with
/// `process.exit(0)` before its first test is a test that passed.
enum NodeReporter {
    /// File names below the scratch directory.
    static let program = "reporter.mjs"
    static let watch = "watch.cjs"
    static let report = "report.jsonl"
    static let ended = "ended"

    /// Lines `{"event": "pass", "name": ..., "nesting": 0, ...}`, and at last `{"event": "end", "lines": 12}`.
    ///
    /// What a process appends to the file besides is counted out by the last line.
    static let source = """
        import { appendFileSync } from "node:fs";

        const report = new URL("\(report)", import.meta.url);
        const events = new Set(["enqueue", "start", "pass", "fail"]);
        let lines = 0;

        function write(line) {
          appendFileSync(report, JSON.stringify(line) + "\\n");
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
    static let watchSource = """
        if (process.env.NODE_TEST_CONTEXT) {
          const { appendFileSync } = require("node:fs");
          const { join } = require("node:path");
          const path = join(__dirname, "\(ended)");
          const file = process.argv[1];
          process.once("beforeExit", () => appendFileSync(path, file + "\\n"));
        }

        """
}
