import FoundationEssentials
import GateKit
import PipelineKit
import ProcessKit

/// Sends requests with the program curl, in the sandbox of a workspace: there, and only there, listens what a gate has
/// started.
struct Curl: Sendable {
    private let program: String
    private let workspace: Workspace
    private let headers: String

    /// Bytes of an answer that are read.
    static let most = 10 << 20

    /// - Throws: ``Failure/Kind/missing`` when curl is not installed.
    init(in workspace: Workspace, scratch: String) throws(Failure) {
        program = try Runner("curl", in: workspace.project, install: "apt-get install curl").program
        self.workspace = workspace
        headers = "\(scratch)/headers"
    }

    /// - Throws: ``Failure`` when curl itself could not be run.
    func send(_ call: HTTPCall) async throws(Failure) -> HTTPOutcome {
        try? FileManager.default.removeItem(atPath: headers)
        let command = Command(
            program,
            words(call),
            in: workspace,
            input: call.body ?? [],
            timeout: call.timeout + .seconds(10),
            limit: OutputLimit(head: Self.most, tail: 0)
        )
        let finished = try await run(command)
        return Self.outcome(finished, headers: ReportFile.bytes(at: headers) ?? [])
    }

    /// curl(1). The first word keeps it from reading settings of its own; of the body `@` and line breaks are kept.
    private func words(_ call: HTTPCall) -> [String] {
        var words = [
            "--disable", "--silent", "--globoff", "--path-as-is", "--proto", "=http,https", "--proto-redir",
            "=http,https", "--max-time", "\(call.timeout.seconds)", "--dump-header", headers,
            "--write-out", "%{stderr}%{json}", "--header", "Expect:",
        ]
        // A HEAD that is only named would wait for a body.
        words += call.method == "HEAD" ? ["--head", "--output", "/dev/null"] : ["--request", call.method]
        if call.body != nil { words += ["--data-binary", "@-"] }
        if call.follows { words += ["--location", "--max-redirs", "10"] }
        for (name, value) in call.headers.sorted(by: { $0.key < $1.key }) {
            words += ["--header", value.isEmpty ? "\(name);" : "\(name): \(value)"]
        }
        return words + ["--url", call.url]
    }

    /// What curl says of itself is on standard error, in JSON; curl(1), `--write-out`.
    static func outcome(_ finished: Finished, headers: [UInt8]) -> HTTPOutcome {
        let text = finished.errors.text
        let begin = text.firstIndex(of: "{") ?? text.endIndex
        let said = (try? JSONValue(parsing: String(text[begin...]))) ?? .null
        let isConnected = (said["time_connect"]?.number ?? 0) > 0
        if finished.output.isCut {
            return .failed("The answer has more than \(most >> 20) MB.", isConnected: isConnected)
        }
        guard finished.status == 0, let status = said["http_code"]?.integer, status > 0 else {
            let words = said["errormsg"]?.text ?? text.trimmed
            let why = words.isEmpty ? "curl exited with \(finished.status)" : words
            return .failed("There was no answer: \(why).", isConnected: isConnected)
        }
        let seconds = said["time_total"]?.number ?? 0
        let answer = HTTPAnswer(
            status: status,
            headers: Self.headers(headers),
            body: finished.output.bytes,
            seconds: seconds
        )
        return .answered(answer)
    }

    /// Those of the last answer, where redirections were followed.
    private static func headers(_ bytes: [UInt8]) -> [String: String] {
        var found: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard !line.hasPrefix("HTTP/") else {
                found = [:]
                continue
            }
            guard let colon = line.firstIndex(of: ":") else { continue }
            found[line[..<colon].lowercased()] = String(line[line.index(after: colon)...]).trimmed
        }
        return found
    }
}
