import GateKit
import PipelineKit

/// What Vitest and Bun write down in JUnit's format, in one form.
enum JavaScriptReport {
    /// `src/calc.test.ts::sums::small`: the file, what is around the test, the test.
    ///
    /// For Vitest `classname` is the file and the name holds the rest (`sums > small`); for Bun `classname` is what is
    /// around the test, and `file` the file.
    static func id(_ name: JUnitReport.Name) -> String {
        let test = name.attributes["name"] ?? ""
        let group = name.attributes["classname"] ?? ""
        let file = name.attributes["file"] ?? group
        let around = group == file ? [] : [group]
        return ([file] + around + [test]).filter { !$0.isEmpty }.joined(separator: "::").replacing(" > ", with: "::")
    }

    /// The cases with their files, and the line that a failure names.
    ///
    /// - Parameters:
    ///   - root: Absolute path of the workspace; what it is in front of in messages is left out.
    ///   - path: Makes a path relative to the workspace.
    static func cases(_ report: JUnitReport, root: String, path: (String) -> String) -> [TestCase] {
        report.cases.map { test in
            var test = test
            let parts = test.id.components(of: "::")
            let file = test.file ?? parts.first ?? ""
            test.file = path(file)
            test.id = ([path(file)] + parts.dropFirst()).joined(separator: "::")
            test.message = test.message.replacing("file://\(root)/", with: "").replacing("\(root)/", with: "").trimmed
            test.line = test.line ?? line(in: test.message, of: file)
            return test
        }.numbered
    }

    /// ` ❯ src/calc.test.ts:20:28` names a line of the file.
    private static func line(in message: String, of file: String) -> Int? {
        guard let range = message.firstRange(of: "\(file):") else { return nil }
        return Int(message[range.upperBound...].prefix(while: \.isNumber))
    }
}

extension String {
    /// The parts between a separator.
    fileprivate func components(of separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
