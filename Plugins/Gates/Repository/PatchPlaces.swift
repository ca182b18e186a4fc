/// Where a patch without context changes files, section by section.
///
/// `diff --git a/x b/x` begins a section, `@@ -3,0 +4,2 @@` a hunk of it, and each further line begins with `+`, `-` or
/// `\`; git-diff(1), "Generating patch text with -p".
struct PatchPlaces: Sendable {
    struct Section: Sendable, Hashable {
        /// The first line that differs, from 1.
        var first: Int?
        /// Those that were added and are marks of a conflict, from 1.
        var markers: [Int] = []
    }

    /// In the order of the patch.
    private(set) var sections: [Section] = []

    init(_ patch: [UInt8]) {
        var line = 0
        for bytes in patch.split(separator: UInt8(ascii: "\n")) {
            if bytes.starts(with: "diff --git ".utf8) {
                sections.append(Section())
                line = 0
            } else if sections.isEmpty {
                continue
            } else if bytes.starts(with: "@@ ".utf8) {
                line = max(1, Self.start(of: bytes))
                if sections[sections.count - 1].first == nil { sections[sections.count - 1].first = line }
            } else if line > 0, bytes.first == UInt8(ascii: "+") {
                if ChangedFile.isMarker(bytes.dropFirst()) { sections[sections.count - 1].markers.append(line) }
                line += 1
            }
        }
    }

    /// The 4 of `@@ -3,0 +4,2 @@`.
    private static func start(of header: ArraySlice<UInt8>) -> Int {
        let words = String(decoding: header, as: UTF8.self).split(separator: " ")
        let new = words.first { $0.hasPrefix("+") }?.dropFirst().prefix { $0 != "," }
        return new.flatMap { Int($0) } ?? 0
    }
}
