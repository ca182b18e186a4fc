import FoundationEssentials
import GateKit
import Glibc
import PipelineKit

/// A file that says which packages a project uses, read for one of them.
struct ManifestFile: Sendable {
    /// A line that names the package.
    struct Mention: Sendable, Hashable {
        /// From 1.
        var line: Int
        var text: String
    }

    let path: String
    private(set) var mentions: [Mention] = []
    /// Whether one of the mentions has the version.
    private(set) var holds = false

    /// Whether it says what is installed, and not what may be.
    var isLock: Bool {
        let name = path.split(separator: "/").last ?? ""
        return name.hasSuffix(".lock") || name.contains("-lock.") || name.contains(".lock.") || name == "mix.lock"
            || name == "Package.resolved" || name == "go.mod"
    }

    /// By the package managers' own documentation.
    static let known = [
        "package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock",
        "*requirements*.txt", "*constraints*.txt", "pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "Pipfile.lock",
        "poetry.lock", "uv.lock", "pdm.lock", "environment.yml", "go.mod", "Cargo.toml", "Cargo.lock", "Gemfile",
        "Gemfile.lock", "*.gemspec", "composer.json", "composer.lock", "mix.exs", "mix.lock", "Package.swift",
        "Package.resolved", "pom.xml", "*.gradle", "*.gradle.kts", "libs.versions.toml", "gradle.lockfile", "*.csproj",
        "*.fsproj", "Directory.Packages.props", "packages.lock.json", "pubspec.yaml", "pubspec.lock", "conanfile.txt",
        "conanfile.py", "vcpkg.json",
    ]

    /// Directories with what was fetched or built.
    private static let skipped: Set = [
        ".git", "node_modules", ".venv", "venv", "target", "vendor", "build", "dist", ".build",
    ]

    /// Of all regular files, those of fetched packages left out, relative to the root; links are not followed.
    static func paths(below root: String) -> [String] {
        var found: [String] = []
        collect(root, "", depth: 0, &found)
        return found
    }

    private static func collect(_ root: String, _ prefix: String, depth: Int, _ found: inout [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(prefix)")) ?? []
        for name in names.sorted() where found.count < 100_000 {
            var status = stat()
            guard lstat("\(root)/\(prefix)\(name)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR where depth < 12 && !skipped.contains(name):
                collect(root, "\(prefix)\(name)/", depth: depth + 1, &found)
            case S_IFREG: found.append("\(prefix)\(name)")
            default: break
            }
        }
    }

    /// - Returns: `nil` for what is no file of a size that a manifest has.
    init?(_ path: String, in root: String, naming package: String, _ version: String) {
        guard let bytes = ReportFile.bytes(at: "\(root)/\(path)") else { return nil }
        self.init(path, String(decoding: bytes, as: UTF8.self), naming: package, version)
    }

    init(_ path: String, _ text: String, naming package: String, _ version: String) {
        self.path = path
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(ManifestLine.init)
        for (number, line) in lines.enumerated() {
            guard let end = line.end(ofPackage: package) else { continue }
            mentions.append(Mention(line: number + 1, text: line.text.trimmed.shortened(to: 100)))
            // In a list of one line for each package the next line is another package's.
            let below = lines.dropFirst(number + 1).prefix(Self.further).prefix { !$0.isBlank }
            let further = path.hasSuffix(".txt") ? [] : below
            let rests = [line.from(end)] + further
            guard let said = rests.first(where: { $0.names(version: version) || $0.hasSomeVersion }) else { continue }
            if said.names(version: version) { holds = true }
        }
    }

    /// How many lines below its name the version of a package stands at most, as in Swift's Package.resolved.
    private static let further = 6
}

/// A line of a manifest without its comment.
private struct ManifestLine {
    let text: String
    private let bytes: [UInt8]

    init(_ line: Substring) {
        let trimmed = String(line).trimmed
        let isComment = ["#", "//", ";", "<!--"].contains { trimmed.hasPrefix($0) }
        let end = [" #", "\t#", " // "].compactMap { line.firstRange(of: $0)?.lowerBound }.min() ?? line.endIndex
        self.init(text: isComment ? "" : String(line[..<end]))
    }

    private init(text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    var isBlank: Bool { bytes.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }

    func from(_ place: Int) -> ManifestLine { ManifestLine(text: String(decoding: bytes[place...], as: UTF8.self)) }

    /// Where the name of a package ends; names are taken as Python's index takes them, which suits all.
    func end(ofPackage package: String) -> Int? {
        let (line, name) = (Self.folded(bytes), Self.folded(Array(package.utf8)))
        return Self.places(of: name, in: line).first { start in
            let end = start + name.count
            guard start == 0 || Self.mayStandBefore(line, start) else { return false }
            guard end < line.count else { return true }
            let isDotted = line[end] == UInt8(ascii: ".") && end + 1 < line.count && Self.isWord(line[end + 1])
            let isRepository = line[end...].starts(with: ".git".utf8)
            return !Self.isWord(line[end]) && line[end] != UInt8(ascii: "/") && (!isDotted || isRepository)
        }.map { $0 + name.count }
    }

    /// A slash is a part of the name, `@types/react`, but for addresses, the directory of packages, and at the beginning
    /// of a line.
    private static func mayStandBefore(_ line: [UInt8], _ start: Int) -> Bool {
        let before = line[..<(start - 1)]
        guard line[start - 1] == UInt8(ascii: "/") else {
            // A table of TOML: [dependencies.serde].
            let isInTable = line[start - 1] == UInt8(ascii: ".") && before.first == UInt8(ascii: "[")
            return isInTable || !isWord(line[start - 1]) && line[start - 1] != UInt8(ascii: ".")
        }
        return before.reversed().starts(with: "node-modules".utf8.reversed()) || !before.contains(where: isWord)
            || !places(of: Array("://".utf8), in: Array(before)).isEmpty
    }

    func names(version: String) -> Bool {
        let wanted = Array(version.utf8)
        return Self.places(of: wanted, in: bytes).contains { start in
            let end = start + wanted.count
            var before = start - 1
            if before >= 0, bytes[before] == UInt8(ascii: "v") { before -= 1 }
            guard before < 0 || !Self.isWord(bytes[before]) && bytes[before] != UInt8(ascii: ".") else { return false }
            guard end < bytes.count else { return true }
            let isLonger = [UInt8(ascii: "."), UInt8(ascii: "+")].contains(bytes[end])
            return !Self.isWord(bytes[end]) && !(isLonger && end + 1 < bytes.count && Self.isWord(bytes[end + 1]))
        }
    }

    /// Whether two numbers stand there with a point between.
    var hasSomeVersion: Bool {
        bytes.indices.dropFirst().dropLast().contains { place in
            bytes[place] == UInt8(ascii: ".") && Self.isDigit(bytes[place - 1]) && Self.isDigit(bytes[place + 1])
        }
    }

    private static func places(of word: [UInt8], in line: [UInt8]) -> [Int] {
        guard !word.isEmpty, line.count >= word.count else { return [] }
        return (0...(line.count - word.count)).filter { line[$0..<($0 + word.count)].elementsEqual(word) }
    }

    private static func folded(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { byte in
            if byte == UInt8(ascii: "_") { return UInt8(ascii: "-") }
            return (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || [UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
    }
}
