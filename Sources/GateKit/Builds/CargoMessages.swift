public import PipelineKit

/// What cargo says of a build that failed.
public enum CargoMessages {
    /// The compiler's errors in lines of JSON, `"reason": "compiler-message"`; each once, as a library is compiled with
    /// and without its tests. https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages
    public static func errors(in output: String, path: (String) -> String) -> [Verdict.Finding] {
        var seen: Set<Verdict.Finding> = []
        return output.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("{"), let value = try? JSONValue(parsing: String(line)),
                value["reason"]?.text == "compiler-message", let finding = finding(value["message"], path)
            else { return nil }
            return seen.insert(finding).inserted ? finding : nil
        }
    }

    /// What cargo itself cannot do: `error: failed to parse manifest at ...`.
    public static func complaints(in output: String) -> [Verdict.Finding] {
        output.split(separator: "\n").filter { $0.hasPrefix("error: ") }.map {
            Verdict.Finding(.error, String($0.dropFirst("error: ".count)))
        }
    }

    /// An error with a place; those without one only sum up: `aborting due to 2 previous errors`.
    private static func finding(_ message: JSONValue?, _ path: (String) -> String) -> Verdict.Finding? {
        guard let message, message["level"]?.text?.hasPrefix("error") == true, let words = message["message"]?.text,
            let span = message["spans"]?.elements.first(where: { $0["is_primary"]?.boolean == true })
        else { return nil }
        return Verdict.Finding(
            .error,
            words,
            rule: message["code"]?["code"]?.text,
            file: span["file_name"]?.text.map(path),
            line: span["line_start"]?.integer,
            column: span["column_start"]?.integer
        )
    }
}
