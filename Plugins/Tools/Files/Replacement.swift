import PipelineKit

/// A piece of a file and what takes its place.
struct Replacement {
    let result: [UInt8]
    /// `Replaced 1 occurrence in 'a.py', at line 3.`
    let summary: String

    /// - Throws: ``Failure/Kind/invalidInput`` when the old text is not there, or it is not clear which is meant.
    init(_ arguments: PatchFileTool.Arguments, in bytes: [UInt8]) throws(Failure) {
        let old = Array(arguments.old.utf8)
        guard !old.isEmpty else {
            throw Failure(.invalidInput, "The text to replace is empty; use file_insert to add lines.")
        }
        guard arguments.old != arguments.new || !old.elementsEqual(arguments.new.utf8) else {
            throw Failure(.invalidInput, "The old text and the new are the same, so nothing would change.")
        }
        let all = Self.places(of: old, in: bytes)
        guard !all.isEmpty else { throw Self.notFound(arguments, in: bytes) }
        let chosen = try Self.choose(arguments, from: all, in: bytes)
        result = Self.replace(chosen, old.count, by: Array(arguments.new.utf8), in: bytes)
        let lines = chosen.prefix(10).map { "\(Self.line(of: $0, in: bytes))" }.joined(separator: ", ")
        let more = chosen.count > 10 ? " and more" : ""
        let place = chosen.count == 1 ? "line \(lines)" : "lines \(lines)\(more)"
        summary = "Replaced \(chosen.count.counted("occurrence")) in '\(arguments.path)', at \(place)."
    }

    private static func choose(
        _ arguments: PatchFileTool.Arguments,
        from all: [Int],
        in bytes: [UInt8]
    ) throws(Failure) -> [Int] {
        let found = "The text occurs \(all.count.counted("time")) in '\(arguments.path)'"
        switch arguments.occurrence {
        case nil where all.count > 1:
            let lines = all.prefix(10).map { "\(line(of: $0, in: bytes))" }.joined(separator: ", ")
            let advice = "give more of the text around it, or an occurrence (0 for all)"
            throw Failure(.invalidInput, "\(found), at lines \(lines); \(advice).")
        case nil, 0?: return all
        case let number? where 1...all.count ~= number: return [all[number - 1]]
        case let number?: throw Failure(.invalidInput, "\(found), so there is no occurrence \(number).")
        }
    }

    /// Where a text begins, each time; occurrences do not overlap.
    static func places(of text: [UInt8], in bytes: [UInt8]) -> [Int] {
        var places: [Int] = []
        var index = 0
        while index + text.count <= bytes.count {
            if bytes[index] == text[0], bytes[index..<index + text.count].elementsEqual(text) {
                places.append(index)
                index += text.count
            } else {
                index += 1
            }
        }
        return places
    }

    private static func replace(_ places: [Int], _ length: Int, by new: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var end = 0
        for place in places {
            result += bytes[end..<place] + new
            end = place + length
        }
        return result + bytes[end...]
    }

    static func line(of place: Int, in bytes: [UInt8]) -> Int {
        bytes[..<place].count { $0 == UInt8(ascii: "\n") } + 1
    }

    private static func notFound(_ arguments: PatchFileTool.Arguments, in bytes: [UInt8]) -> Failure {
        let hint = NearestText(arguments.old, in: bytes).sentence
        return Failure(.invalidInput, "'\(arguments.path)' does not hold the text.\(hint)")
    }
}
