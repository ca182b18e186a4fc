import GateKit
import PipelineKit

extension CoverageReport {
    /// `SF:FILE`, then `DA:LINE,HITS` and `BRDA:LINE,BLOCK,BRANCH,TAKEN`, until `end_of_record`; TAKEN is `-` where the
    /// line was never reached: https://manpages.debian.org/bookworm/lcov/geninfo.1.en.html#FILES.
    static func lcov(_ bytes: [UInt8], at place: FilePlace) throws(Failure) -> CoverageReport {
        var report = CoverageReport()
        var open: (path: String, file: File)?
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let (key, value) = parts(line)
            switch key {
            case "SF": open = (place.shown(String(value)), File())
            case "DA": open?.file.hit(value.split(separator: ","))
            case "BRDA": open?.file.branch(value.split(separator: ","))
            case "end_of_record":
                if let open { report.add(open.file, at: open.path) }
                open = nil
            default: break
            }
        }
        if open != nil { throw Failure(.invalidInput, "It ends in the middle of a file.") }
        guard !report.files.isEmpty else {
            throw Failure(.invalidInput, "It is neither Cobertura's XML, nor JSON of coverage.py, nor LCOV.")
        }
        return report
    }

    private static func parts(_ line: Substring) -> (key: Substring, value: Substring) {
        guard let colon = line.firstIndex(of: ":") else { return (line, "") }
        return (line[..<colon], line[line.index(after: colon)...])
    }
}

extension CoverageReport.File {
    fileprivate mutating func hit(_ fields: [Substring]) {
        guard fields.count >= 2, let number = Int(fields[0]), number > 0, let hits = Double(fields[1]) else { return }
        add(line: number, isCovered: hits > 0)
    }

    fileprivate mutating func branch(_ fields: [Substring]) {
        guard fields.count == 4, let number = Int(fields[0]), number > 0 else { return }
        branches[number, default: CoverageReport.Count()].total += 1
        if fields[3] != "-", fields[3] != "0" { branches[number]?.covered += 1 }
    }
}
