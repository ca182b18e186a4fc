import FoundationEssentials
public import PipelineKit

/// Where the texts of pipelines come from.
public struct PipelineSources: Sendable {
    /// A pipeline that comes with the product: its file's name, to be shown, and its text.
    public typealias BuiltIn = (name: String, text: String)

    /// The names that ``builtIn`` knows, for suggestions.
    public var builtInNames: [String]
    public var builtIn: @Sendable (String) -> BuiltIn?
    /// The bytes of a file.
    ///
    /// - Throws: ``Failure/Kind/missing`` with a reason that completes `Cannot read 'base.yaml': `.
    public var read: @Sendable (String) throws(Failure) -> [UInt8]

    public init(
        builtInNames: [String] = [],
        builtIn: @escaping @Sendable (String) -> BuiltIn? = { _ in nil },
        read: @escaping @Sendable (String) throws(Failure) -> [UInt8]
    ) {
        self.builtInNames = builtInNames
        self.builtIn = builtIn
        self.read = read
    }

    /// Reads a regular file of the disk.
    public static let disk: @Sendable (String) throws(Failure) -> [UInt8] = { path throws(Failure) in
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw Failure(.missing, "there is no such file.")
        }
        guard !isDirectory else { throw Failure(.invalidInput, "it is a directory.") }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.denied, "it may not be read.")
        }
        return [UInt8](data)
    }
}
