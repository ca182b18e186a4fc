import FoundationEssentials
import PipelineKit

/// Finds the files of shared libraries, as dlopen(3) does for a program without a path of its own.
enum LibraryFile {
    /// The absolute path of a library.
    ///
    /// - Parameters:
    ///   - name: A path, absolute or from the project; or a name such as `libm.so.6`, that the system looks up.
    ///   - project: Absolute path of the directory that paths start from.
    /// - Returns: `nil` when there is none.
    static func path(of name: String, in project: String) -> String? {
        if name.contains("/") {
            let path = name.hasPrefix("/") ? name : "\(project)/\(name)"
            let real = URL(fileURLWithPath: path).standardizedFileURL.path
            return FileManager.default.fileExists(atPath: real) ? real : nil
        }
        return directories().map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
    }

    /// Whether a library, or one that is loaded with it, exports a function.
    static func exports(_ function: String, _ library: ELFLibrary) -> Bool {
        var (known, waiting): (Set<String>, [ELFLibrary]) = ([], [library])
        while let next = waiting.popLast() {
            if next.functions.contains(function) { return true }
            for name in next.needed where known.insert(name).inserted {
                if let path = path(of: name, in: "/"), let library = try? ELFLibrary(path) { waiting.append(library) }
            }
        }
        return false
    }

    /// Where ld.so(8) looks: what ld.so.conf names, then the trusted directories.
    private static let directories = Once { () -> [String] in
        named(in: "/etc/ld.so.conf", depth: 0) + ["/lib64", "/usr/lib64", "/lib", "/usr/lib"]
    }

    private static func named(in file: String, depth: Int) -> [String] {
        guard depth < 4, let text = try? String(contentsOfFile: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").map(\.trimmed).filter { !$0.isEmpty && !$0.hasPrefix("#") }.flatMap { line in
            guard line.hasPrefix("include ") else { return line.hasPrefix("/") ? [line] : [] }
            let pattern = String(line.dropFirst("include ".count)).trimmed
            let directory = String(pattern[..<(pattern.lastIndex(of: "/") ?? pattern.startIndex)])
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            return names.filter { $0.hasSuffix(".conf") }.sorted().flatMap {
                named(in: "\(directory)/\($0)", depth: depth + 1)
            }
        }
    }
}
