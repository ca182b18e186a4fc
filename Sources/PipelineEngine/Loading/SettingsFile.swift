public import PipelineKit
import YAML

/// Settings that a person wrote down in YAML, checked against the group that declares them.
public enum SettingsFile {
    /// What the file gives, by the names of the group's fields.
    ///
    /// - Parameter further: What is wrong with a group that could be read.
    /// - Throws: every mistake of the file, each with its line.
    public static func read<Group: Fields>(
        _ path: String,
        as type: Group.Type,
        _ read: (String) throws(Failure) -> [UInt8],
        further: (Group) -> [Finding] = { _ in [] }
    ) throws(Diagnostics) -> [String: JSONValue] {
        let bytes: [UInt8]
        do throws(Failure) { bytes = try read(path) } catch {
            throw Diagnostics([Diagnostic(.error, "Cannot read this file: \(error.message)", in: path)])
        }
        let file = SourceFile(name: path, bytes: bytes)
        let document = YAMLDocument(bytes)
        var problems = document.problems
        guard let root = document.root else {
            guard problems.isEmpty else { throw Diagnostics(problems.map { Located($0) }.diagnostics(in: [file])) }
            return [:]
        }
        let json = JSONValue(root, &problems)
        var located = problems.map { Located($0) }
        let whole = PipelineDocument(root, json: json, files: [file])
        do throws(FieldProblems) { located += further(try Group(json: json)).map(whole.located) } catch {
            located += error.all.map { whole.located(Finding($0)) }
        }
        guard located.isEmpty else { throw Diagnostics(located.diagnostics(in: [file])) }
        return json.members
    }
}
