import FoundationEssentials
import GateKit
import PipelineKit

extension CoverageReport {
    /// `<coverage><sources><source>DIRECTORY</source></sources> ... <class filename=><lines>
    /// <line number= hits= branch="true" condition-coverage="50% (1/2)"/>`:
    /// https://github.com/cobertura/web/blob/master/htdocs/xml/coverage-04.dtd.
    static func cobertura(_ bytes: [UInt8], at place: FilePlace) throws(Failure) -> CoverageReport {
        let reader = CoberturaReader()
        try XMLReader.read(withoutDocumentType(bytes)) { reader.take($0) }
        guard reader.isCoverage else { throw Failure(.invalidInput, "It is XML, but no <coverage> of Cobertura.") }
        var report = CoverageReport()
        for (name, file) in reader.files { report.add(file, at: path(of: name, in: reader.sources, place)) }
        return report
    }

    /// The first of the sources in which there is such a file.
    private static func path(of name: String, in sources: [String], _ place: FilePlace) -> String {
        let options = name.hasPrefix("/") ? [name] : sources.map { $0.hasSuffix("/") ? $0 + name : "\($0)/\(name)" }
        return place.shown(options.first { FileManager.default.fileExists(atPath: $0) } ?? name)
    }

    /// Cobertura and gcovr name a definition at another place, which nobody fetches; one that is written out stays, and is
    /// refused.
    private static func withoutDocumentType(_ bytes: [UInt8]) -> [UInt8] {
        let start = Array("<!DOCTYPE".utf8)
        guard let place = bytes.prefix(4_096).firstRange(of: start)?.lowerBound,
            let end = bytes[place...].prefix(4_096).firstIndex(of: UInt8(ascii: ">")),
            !bytes[place..<end].contains(UInt8(ascii: "["))
        else { return bytes }
        var bytes = bytes
        for index in place...end where bytes[index] != UInt8(ascii: "\n") { bytes[index] = UInt8(ascii: " ") }
        return bytes
    }
}

/// Gathers files from the pieces of a report, for the length of one call.
private final class CoberturaReader {
    private(set) var isCoverage = false
    private(set) var sources: [String] = []
    private(set) var files: [String: CoverageReport.File] = [:]
    private var source: String?
    private var name: String?

    func take(_ piece: XMLReader.Piece) {
        switch piece {
        case .start("coverage", _): isCoverage = true
        case .start("source", _): source = ""
        case .start("class", let attributes):
            name = attributes["filename"]
            if let name { files[name, default: CoverageReport.File()].excluded += 0 }
        case .start("line", let attributes): line(attributes)
        case .text(let text): source? += text
        case .end("source"):
            if let source, !source.trimmed.isEmpty { sources.append(source.trimmed) }
            source = nil
        case .end("class"): name = nil
        default: break
        }
    }

    private func line(_ attributes: [String: String]) {
        guard let name, let number = attributes["number"].flatMap({ Int($0) }), number > 0 else { return }
        let hits = attributes["hits"].flatMap { Double($0) } ?? 0
        files[name]?.add(line: number, isCovered: hits > 0)
        guard let branches = attributes["condition-coverage"].flatMap(Self.count) else { return }
        files[name]?.branches[number] = branches
    }

    /// `50% (1/2)`.
    private static func count(_ text: String) -> CoverageReport.Count? {
        let parts = text.split { "(/)".contains($0) }.dropFirst().compactMap { Int($0) }
        guard parts.count == 2, 0...parts[1] ~= parts[0], parts[1] < 1_000_000 else { return nil }
        return CoverageReport.Count(covered: parts[0], total: parts[1])
    }
}
