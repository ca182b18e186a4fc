import Glibc
import HTTPKit
import PipelineKit
import WorkspaceKit

/// The files of a run as they are before a call, for a person to see beside what they are to hold.
struct FilesBefore: Sendable {
    enum Content: Sendable, Hashable {
        case text(String)
        /// There is no such file.
        case nothing
        /// There may be one: why it is not shown, in a sentence.
        case hidden(String)
    }

    /// How the directory that the run works in is called, which agents of other makers name files by.
    private let roots: [String]
    private let read: @Sendable (_ name: String) -> Content

    /// - Parameter read: What a file beneath the directory holds.
    init(in directory: String?, read: @escaping @Sendable (_ name: String) -> Content) {
        // A program finds out where it is without any symbolic link.
        roots = directory.map { [$0, Self.real($0)] } ?? []
        self.read = read
    }

    init(in directory: String) {
        self.init(in: directory) { Self.content(of: $0, in: directory) }
    }

    /// A path as it is called beneath the directory; one that leads elsewhere as it stands.
    func name(of path: String) -> String {
        guard let root = roots.first(where: { path.hasPrefix("\($0)/") }) else { return path }
        let name = path.dropFirst(root.count).drop { $0 == "/" }
        return name.isEmpty ? path : String(name)
    }

    func content(of path: String) -> Content {
        let name = name(of: path)
        return name.hasPrefix("/") ? .hidden("'\(name.shown)' is outside of the workspace.") : read(name)
    }

    private static func content(of name: String, in directory: String) -> Content {
        do throws(Failure) {
            let bytes = try ConfinedDirectory(directory).read(name)
            return String(validating: bytes, as: UTF8.self).map(Content.text)
                ?? .hidden("'\(name.shown)' is no text.")
        } catch {
            let mayBeThere = error.kind != .invalidInput || (try? ConfinedDirectory(directory))?.holds(name) == true
            return mayBeThere ? .hidden(error.message) : .nothing
        }
    }

    private static func real(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
