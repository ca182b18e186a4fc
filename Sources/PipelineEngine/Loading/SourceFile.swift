import PipelineKit
import YAML

/// A file that took part in a pipeline, kept to show its lines.
struct SourceFile: Sendable, Hashable {
    /// As the person, or the file that extends it, named it.
    var name: String
    var bytes: [UInt8]

    /// A part of the file, to the end of its line at most.
    func place(from start: YAMLMark, length: Int) -> SourcePlace {
        let text = line(start.line)
        let room = text.unicodeScalars.count - start.column + 1
        return SourcePlace(line: start.line, column: start.column, length: max(1, min(length, room)), text: text)
    }

    /// A line by its number, without its end; bytes that are no UTF-8 are replaced.
    func line(_ number: Int) -> String {
        var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        for _ in 1..<max(1, number) {
            guard let end = rest.firstIndex(where: Self.endsLine) else { return "" }
            let isPair = rest[end] == 0x0D && rest[(end + 1)...].first == 0x0A
            rest = rest[(end + (isPair ? 2 : 1))...]
        }
        return String(decoding: rest.prefix { !Self.endsLine($0) }, as: UTF8.self)
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}
