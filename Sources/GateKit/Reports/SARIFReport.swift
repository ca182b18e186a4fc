public import PipelineKit

/// What a tool found, in the Static Analysis Results Interchange Format, version 2.1.0.
///
/// Section numbers are those of https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html.
public struct SARIFReport: Sendable, Hashable {
    public struct Result: Sendable, Hashable {
        public var finding: Verdict.Finding
        /// Whether a comment in the code or a list outside it suppresses the result, and nobody has refused that
        /// (3.27.23, 3.35.3).
        public var isSuppressed: Bool
    }

    /// Those of all runs, in their order, without those that say that something was found in order (`kind`, 3.27.9).
    public var results: [Result]
    /// What the tools of the runs are called.
    public var tools: [String]
    /// What a tool says of its own failure; `nil` when every run was successful (3.20.14).
    public var failure: String?

    /// - Throws: `.invalidInput` when it is no SARIF log of this version, saying why.
    public init(_ bytes: [UInt8], at place: FilePlace) throws(Failure) {
        let log: JSONValue
        do throws(JSONError) {
            log = try JSONValue(parsing: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes)
        } catch {
            throw Failure(.invalidInput, "\(error)")
        }
        guard let version = log["version"]?.text, version.hasPrefix("2.1"), case .array(let runs)? = log["runs"] else {
            throw Failure(.invalidInput, "It is no SARIF log: it has no 'version' 2.1.0, or no 'runs'.")
        }
        guard !runs.isEmpty else { throw Failure(.invalidInput, "It holds no run of a tool.") }
        let read = runs.map { SARIFRun($0, at: place) }
        results = read.flatMap(\.results)
        tools = read.map(\.tool)
        failure = read.lazy.compactMap(\.failure).first
    }
}

/// One run of a tool (3.14).
private struct SARIFRun {
    let run: JSONValue
    let place: FilePlace
    /// The rules of the driver (3.19.23), in whose order `ruleIndex` counts.
    let rules: [JSONValue]
    let named: [String: JSONValue]

    init(_ run: JSONValue, at place: FilePlace) {
        self.run = run
        self.place = place
        rules = run["tool"]?["driver"]?["rules"]?.elements ?? []
        named = Dictionary(rules.map { ($0["id"]?.text ?? "", $0) }) { first, _ in first }
    }

    var tool: String { run["tool"]?["driver"]?["name"]?.text ?? "" }

    var results: [SARIFReport.Result] { (run["results"]?.elements ?? []).compactMap(result) }

    var failure: String? {
        let failed = (run["invocations"]?.elements ?? []).first { $0["executionSuccessful"]?.boolean == false }
        guard let failed else { return nil }
        let notes =
            (failed["toolExecutionNotifications"]?.elements ?? [])
            + (failed["toolConfigurationNotifications"]?.elements ?? [])
        let words = notes.first { $0["level"]?.text == "error" } ?? notes.first
        return words?["message"]?["text"]?.text ?? failed["exitCodeDescription"]?.text ?? "it does not say why"
    }

    private func result(_ result: JSONValue) -> SARIFReport.Result? {
        guard ["fail", "open", "review"].contains(result["kind"]?.text ?? "fail") else { return nil }
        let id = result["ruleId"]?.text ?? result["rule"]?["id"]?.text
        let index = result["ruleIndex"]?.integer ?? result["rule"]?["index"]?.integer
        let rule = index.flatMap { rules.indices.contains($0) ? rules[$0] : nil } ?? id.flatMap { named[$0] }
        guard let level = level(of: result, rule) else { return nil }
        let location = result["locations"]?.elements.first?["physicalLocation"]
        let region = location?["region"]
        let finding = Verdict.Finding(
            level,
            message(of: result, rule),
            rule: id ?? rule?["id"]?.text,
            file: location?["artifactLocation"].flatMap(path),
            line: region?["startLine"]?.integer,
            column: region?["startColumn"]?.integer
        )
        return SARIFReport.Result(finding: finding, isSuppressed: isSuppressed(result))
    }

    /// Its own, else what the rule's configuration says, else a warning (3.27.10); `nil` for `none`.
    private func level(of result: JSONValue, _ rule: JSONValue?) -> Verdict.Finding.Level? {
        let word = result["level"]?.text ?? rule?["defaultConfiguration"]?["level"]?.text ?? "warning"
        return word == "none" ? nil : Verdict.Finding.Level(rawValue: word) ?? .warning
    }

    /// Its own text, or that of the rule under its id, arguments filled in (3.11.5, 3.11.7).
    private func message(of result: JSONValue, _ rule: JSONValue?) -> String {
        let message = result["message"]
        let pattern = message?["id"]?.text.flatMap { rule?["messageStrings"]?[$0]?["text"]?.text }
        let text = message?["text"]?.text ?? pattern ?? message?["markdown"]?.text ?? ""
        let arguments = message?["arguments"]?.elements ?? []
        return arguments.enumerated().reduce(text) { $0.replacing("{\($1.offset)}", with: $1.element.text ?? "") }
    }

    /// A URI, relative to what `uriBaseId` stands for in this run (3.4.4, 3.14.14).
    private func path(_ location: JSONValue) -> String? {
        guard let uri = location["uri"]?.text ?? linked(location) else { return nil }
        let base = location["uriBaseId"]?.text.flatMap { run["originalUriBaseIds"]?[$0]?["uri"]?.text } ?? ""
        let isWhole = uri.hasPrefix("/") || uri.contains("://")
        return place.shown(Self.decoded(isWhole ? uri : base + uri))
    }

    /// An index into the run's list of files (3.4.5).
    private func linked(_ location: JSONValue) -> String? {
        guard let index = location["index"]?.integer, let files = run["artifacts"]?.elements,
            files.indices.contains(index)
        else { return nil }
        return files[index]["location"]?["uri"]?.text
    }

    private func isSuppressed(_ result: JSONValue) -> Bool {
        let all = result["suppressions"]?.elements ?? []
        return !all.isEmpty && all.allSatisfy { ($0["status"]?.text ?? "accepted") == "accepted" }
    }

    /// Without percent signs, RFC 3986, 2.1.
    private static func decoded(_ uri: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(uri.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
