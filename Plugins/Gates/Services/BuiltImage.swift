import GateKit
import PipelineKit

/// A build of images that has ended.
struct BuiltImage: Sendable {
    var end: RunnerEnd
    /// As a person would type it: `docker build .`
    var line: String
    var isConfined = false

    /// - Parameter path: Makes a path relative to the workspace.
    /// - Throws: ``Failure/Kind/unavailable`` without a daemon, ``Failure/Kind/missing`` without a part of the builder.
    func verdict(path: (String) -> String) throws(Failure) -> Verdict {
        if end.status == 0 { return success }
        if let failure = Self.failure(of: end.name, lines, isConfined: isConfined) { throw failure }
        return .broken(Self.findings(lines, path: path), end: end)
    }

    private var lines: [Substring] { end.output.split(whereSeparator: \.isNewline) }

    private var success: Verdict {
        // Compose exits with 0 when no service has anything to build.
        guard !end.output.contains("No services to build") else {
            return Verdict(.failed, "'\(line)' built nothing: no service of the compose file has a 'build'.", score: 0)
        }
        return .passed("'\(line)' exited with 0.", score: 1)
    }

    /// What clients say when nobody is there who builds, at the beginning of a line.
    private static let absences = [
        "cannot connect to the docker daemon", "failed to connect to the docker api", "error during connect",
        "permission denied while trying to connect to the docker", "cannot connect to podman",
        "unable to connect to podman",
    ]

    /// What they say when a part of them is not installed.
    private static let gaps = [
        "docker: unknown command: docker", "docker: 'compose' is not a docker command", "unknown command: docker",
        "buildkit is enabled but the buildx component is missing", "looking up compose provider failed",
    ]

    private static func failure(of name: String, _ lines: [Substring], isConfined: Bool) -> Failure? {
        for line in lines {
            let words = bare(line)
            let lower = words.lowercased()
            if absences.contains(where: lower.hasPrefix) {
                let hint = isConfined ? " In the sandbox its socket must be under 'workspace: writable'." : ""
                return Failure(.unavailable, "\(name) has nobody who builds: \(words)\(hint)")
            }
            if gaps.contains(where: lower.hasPrefix) {
                return Failure(.missing, "\(name) lacks a part of itself: \(words)")
            }
        }
        return nil
    }

    /// A line without the words that only say that it is about a mistake.
    private static func bare(_ line: Substring) -> String {
        var rest = line
        let openings = ["ERROR: ", "Error: ", "error: ", "Error response from daemon: "]
        while let opening = openings.first(where: rest.hasPrefix) { rest = rest.dropFirst(opening.count) }
        return String(rest)
    }

    /// What does not build, with its place.
    ///
    /// BuildKit prints the place with some lines around it, and then the mistake:
    /// `Dockerfile:3`, `--------------------`, `   3 | >>> RUN false`, ..., `ERROR: failed to solve: ...`
    /// (https://docs.docker.com/reference/dockerfile, https://github.com/moby/buildkit). The older builder and podman say
    /// `dockerfile parse error line 3: ...`, or name no line.
    static func findings(_ lines: [Substring], path: (String) -> String) -> [Verdict.Finding] {
        var findings: [Verdict.Finding] = []
        var place: (file: String, line: Int)?
        for (index, line) in lines.enumerated() {
            if index + 1 < lines.count, isRule(lines[index + 1]), let found = self.place(line) {
                place = found
                continue
            }
            guard let message = mistake(line) else { continue }
            let at = parsed(message) ?? place
            let finding = Verdict.Finding(.error, message, file: at.map { path($0.file) }, line: at?.line)
            // Compose says it for the service, and once more for all.
            if !findings.contains(where: { $0.message == message }) { findings.append(finding) }
            place = nil
        }
        return findings
    }

    private static func isRule(_ line: Substring) -> Bool { line.count >= 10 && line.allSatisfy { $0 == "-" } }

    /// `app/Dockerfile:3`.
    private static func place(_ line: Substring) -> (file: String, line: Int)? {
        guard let colon = line.lastIndex(of: ":"), let number = Int(line[line.index(after: colon)...]), number > 0
        else { return nil }
        return (String(line[..<colon]), number)
    }

    private static func mistake(_ line: Substring) -> String? {
        // What a step prints begins with its number: `#7 0.312 ERROR: no such package`.
        guard !line.hasPrefix("#") else { return nil }
        let marker = "failed to solve: "
        if let range = line.firstRange(of: marker) { return String(line[range.upperBound...]) }
        let isMistake = ["ERROR: ", "Error: ", "Error response from daemon: "].contains(where: line.hasPrefix)
        let isStep = line.hasPrefix("The command '") && line.contains("' returned a non-zero code: ")
        return isMistake ? bare(line) : isStep ? String(line) : nil
    }

    /// The 3 of `dockerfile parse error on line 3: unknown instruction: RUM`.
    private static func parsed(_ message: String) -> (file: String, line: Int)? {
        guard let range = message.lowercased().firstRange(of: "dockerfile parse error") else { return nil }
        let digits = message[range.upperBound...].drop { !$0.isNumber }.prefix { $0.isNumber }
        return Int(digits).map { ("Dockerfile", $0) }
    }
}
