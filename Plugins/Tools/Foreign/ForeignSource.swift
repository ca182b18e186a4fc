import FoundationEssentials
public import PipelineKit

/// C functions that a pipeline declares as its tools: `foreign: {libm.so.6: {cos: "double(double)"}}`.
///
/// They are called in a helper process, by libffi. Whether a library and its functions are there is read out of its file.
public struct ForeignSource: ModuleSource {
    public let key = "foreign"
    public let summary = "C functions that are tools of the pipeline, by library and name."
    public var schema: ValueSchema { .mapping(.mapping(ForeignDeclaration.schema)) }
    public var example: JSONValue { ["libm.so.6": ["cos": "double(double x)"]] }

    /// The program of the helper process, and its arguments.
    private let host: [String]

    /// - Parameter host: A program that calls ``ModuleHost/run()``; an absolute path, and its arguments.
    public init(host: [String]) { self.host = host }

    public func modules(of json: JSONValue, in project: String?) -> BroughtModules {
        var (found, reader) = (BroughtModules(), FieldReader())
        for (library, functions) in json.members.sorted(by: { $0.key < $1.key }) {
            guard let all = reader.read([String: ForeignDeclaration].self, functions, key: library) else { continue }
            let place = FieldPath().appending(library)
            let declared = all.sorted { $0.key < $1.key }
            let path = project.flatMap { LibraryFile.path(of: library, in: $0) }
            if project != nil { found.problems += problems(with: library, at: path, declared.map(\.key), place) }
            let requests = declared.map { name, declaration in
                HostRequest.load(library: path ?? library, symbol: name, signature: declaration.text)
            }
            let helper = HelperProcess(host: host, files: [path].compactMap(\.self), first: requests)
            found.tools += declared.enumerated().map { index, pair in
                let tool = ForeignTool(index, pair.key, of: library, pair.value, helper)
                return Brought(ToolFactory(tool.declared), at: place.appending(pair.key))
            }
        }
        found.problems += reader.problems
        return found
    }

    private func problems(with name: String, at path: String?, _ functions: [String], _ place: FieldPath)
        -> [FieldProblem]
    {
        guard let path else {
            let hint = name.contains("/") ? "" : " A library that the system does not know is named by its path."
            return [FieldProblem(place, "There is no library '\(name)'.\(hint)", in: .key)]
        }
        do throws(Failure) {
            let library = try ELFLibrary(path)
            return functions.filter { !LibraryFile.exports($0, library) }.map { function in
                FieldProblem(place.appending(function), missing(function, of: library, name), in: .key)
            }
        } catch {
            return [FieldProblem(place, "'\(name)' \(error.message)", in: .key)]
        }
    }

    private func missing(_ function: String, of library: ELFLibrary, _ name: String) -> String {
        guard !library.data.contains(function) else { return "'\(function)' of '\(name)' is no function." }
        return "'\(name)' has no function '\(function)'.\(Suggestion.sentence(for: function, among: library.functions))"
    }
}
