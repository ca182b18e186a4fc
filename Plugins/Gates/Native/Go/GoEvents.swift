import FoundationEssentials
import GateKit
import PipelineKit

/// The events that `go test -json` prints, a line each:
/// https://pkg.go.dev/cmd/test2json#hdr-Output_Format.
struct GoEvents: Sendable {
    /// A test, an example or a whole package.
    struct Key: Hashable {
        var package: String
        /// Empty for the package.
        var test: String
    }

    private(set) var cases: [TestCase] = []
    /// The errors of compilers, each with the package that could not be built.
    private(set) var buildErrors: [(package: String, finding: Verdict.Finding)] = []
    /// Packages that could not be built.
    private(set) var broken: [String] = []
    /// Names of tests that began and did not end as a test ends.
    private(set) var open: [String] = []
    /// Packages that failed although none of their tests did, with what they printed.
    private(set) var fallen: [(package: String, output: String)] = []

    private var order: [Key] = []
    private var output: [Key: String] = [:]
    private var ends: [Key: (action: String, seconds: Double?)] = [:]
    private var buildOutput = ""

    /// - Parameters:
    ///   - output: Standard output; lines that are no events are passed over.
    ///   - errors: Standard error, on which go before 1.24 reports builds that failed.
    init(output: String, errors: String) {
        for line in output.split(separator: "\n") {
            guard let value = try? JSONValue(parsing: String(line)) else {
                // Before 1.20 a build that failed stands between the events as text.
                noteBroken(line)
                continue
            }
            take(value)
        }
        buildErrors = Self.buildErrors(in: buildOutput + errors)
        close()
    }

    /// Bytes of a test's output, at most.
    private static let outputLimit = 64_000

    private mutating func take(_ value: JSONValue) {
        let text = value["Output"]?.text ?? ""
        let action = value["Action"]?.text ?? ""
        guard action != "build-output" else {
            buildOutput += text
            return
        }
        guard let package = value["Package"]?.text else { return }
        let key = Key(package: package, test: value["Test"]?.text ?? "")
        switch action {
        case "run": order.append(key)
        case "output":
            if output[key, default: ""].utf8.count < Self.outputLimit { output[key, default: ""] += text }
            noteBroken(text[...])
        case "pass", "fail", "skip":
            // `os.Exit` in the middle is told as the end of the test that ran: only its own line says that it passed.
            ends[key] = (action, value["Elapsed"]?.number)
            if key.test.isEmpty, !order.contains(key) { order.append(key) }
        default: break
        }
    }

    /// `FAIL	example.com/calc [build failed]`, also `[setup failed]`.
    private mutating func noteBroken(_ line: Substring) {
        let parts = line.split(whereSeparator: { "\t \n".contains($0) })
        guard parts.count >= 4, parts[0] == "FAIL", ["build", "setup"].contains(parts[2].dropFirst()),
            parts[3] == "failed]", !broken.contains(String(parts[1]))
        else { return }
        broken.append(String(parts[1]))
    }

    private mutating func close() {
        for key in order {
            guard !key.test.isEmpty else {
                closePackage(key)
                continue
            }
            let printed = output[key] ?? ""
            guard let end = ends[key], end.action != "pass" || printed.contains("--- PASS: ") else {
                open.append("\(key.package)::\(key.test)")
                continue
            }
            let outcome: TestCase.Outcome = end.action == "pass" ? .passed : end.action == "skip" ? .skipped : .failed
            let words = outcome == .passed ? "" : Self.message(printed)
            cases.append(TestCase("\(key.package)::\(key.test)", outcome, words, seconds: end.seconds))
        }
        cases += broken.map { TestCase($0, .error, "The package does not build.") }
        cases = cases.numbered
    }

    private mutating func closePackage(_ key: Key) {
        guard ends[key]?.action == "fail", !broken.contains(key.package) else { return }
        let hasFailing = cases.contains { $0.id.hasPrefix("\(key.package)::") && $0.outcome == .failed }
        if !hasFailing { fallen.append((key.package, output[key] ?? "")) }
    }

    /// What a test printed, without the lines of the runner.
    private static func message(_ printed: String) -> String {
        let lines = printed.split(separator: "\n", omittingEmptySubsequences: false)
        let own = lines.filter { line in !["=== ", "--- "].contains { line.drop { $0 == " " }.hasPrefix($0) } }
        return own.map { $0.hasPrefix("    ") ? $0.dropFirst(4) : $0 }.joined(separator: "\n").trimmed.capped(to: 4_000)
    }

    /// `# example.com/calc [example.com/calc.test]`, and below it `./calc.go:2:23: undefined: x`.
    private static func buildErrors(in text: String) -> [(package: String, finding: Verdict.Finding)] {
        var package = ""
        var seen: Set<Verdict.Finding> = []
        return text.split(separator: "\n").compactMap { line in
            if line.hasPrefix("# ") {
                package = line.dropFirst(2).split(separator: " ").first.map(String.init) ?? ""
                return nil
            }
            guard let place = GoPlace(line) else { return nil }
            let finding = Verdict.Finding(.error, place.rest, file: place.file, line: place.line, column: place.column)
            return seen.insert(finding).inserted ? (package, finding) : nil
        }
    }

    /// Where a file is that a test of a package names by its last component.
    static func path(of file: String, in package: String, root: String) -> String {
        guard !file.contains("/") else { return file }
        // The directory of a package is its path behind that of the module; which part that is, the files tell.
        var parts = package.split(separator: "/").map(String.init)
        while !parts.isEmpty {
            let path = (parts + [file]).joined(separator: "/")
            if FileManager.default.fileExists(atPath: "\(root)/\(path)") { return path }
            parts.removeFirst()
        }
        return file
    }
}

/// `calc_test.go:3: words`, `./calc.go:2:23: words`.
struct GoPlace: Sendable {
    let file: String
    let line: Int
    let column: Int?
    let rest: String

    init?(_ text: Substring) {
        guard let range = text.firstRange(of: ".go:") else { return nil }
        let name = String(text[..<range.lowerBound]).trimmed
        let numbers = text[range.upperBound...].prefix { $0.isNumber || $0 == ":" }.split(separator: ":")
        guard !name.isEmpty, !name.contains(" "), let first = numbers.first, let line = Int(first), line > 0,
            let space = text[range.upperBound...].firstRange(of: ": ")
        else { return nil }
        file = "\(name).go"
        self.line = line
        column = numbers.count > 1 ? Int(numbers[1]) : nil
        rest = String(text[space.upperBound...]).trimmed
    }
}
