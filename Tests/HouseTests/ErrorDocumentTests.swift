import PipelineEngine
import PipelineKit
import Testing

/// `Docs/Errors` has a section for everything that can go wrong by name, in the words a person sees.
struct ErrorDocumentTests {
    @Test func everyKindOfFailureHasASection() throws {
        let kinds = Failure.Kind.allCases.map(\.rawValue)
        #expect(try titles("Docs/Errors/Failures.md") == Set(kinds))
    }

    private static let refusals: [String: Refusal] = [
        "notStarted": .notStarted, "alreadyStarted": .alreadyStarted, "alreadyFinished": .alreadyFinished(.achieved),
        "notFinished": .notFinished, "unknownApproval": .unknownApproval("a1"),
        "alreadyResolved": .alreadyResolved("a1", Resolution(.approved, by: "ada")),
        "shownDiffers": .shownDiffers("a1"), "notACall": .notACall("a1"),
        "wrongAnswer": .wrongAnswer("a1", "'city' is missing: text."), "takesNoAnswer": .takesNoAnswer("a1"),
        "notExpired": .notExpired("a1"),
        "unknownCall": .unknownCall("3.1"),
        "outdated": .outdated, "unknownIteration": .unknownIteration(7), "underWay": .underWay, "goalHeld": .goalHeld,
        "notApplied": .notApplied("What run 'k3n8' changed cannot be brought to '/srv/calc':"),
        "notTaken": .notTaken("Report 1: The call 'c1' has begun already."),
    ]

    @Test func everyRefusalHasASectionWithItsSentence() throws {
        let cases = try cases(of: "Refusal", in: "Sources/PipelineEngine/History/RunCommand.swift")
        #expect(Set(Self.refusals.keys) == cases)
        let sections = document("Docs/Errors/Refusals.md").sections(2)
        #expect(Set(sections.map { $0.title.replacing("`", with: "") }) == cases)
        for (name, refusal) in Self.refusals {
            let section = sections.first { $0.title == "`\(name)`" }?.text ?? ""
            #expect(section.contains("> \(refusal)"), "Docs/Errors/Refusals.md does not quote: \(refusal)")
        }
    }

    @Test func everyErrorOfStoresHasASection() throws {
        let cases = try cases(of: "StoreError", in: "Sources/PipelineEngine/Storing/StoreError.swift")
        #expect(cases.count >= 3)
        #expect(try titles("Docs/Errors/Stores.md") == cases)
    }

    @Test func everyExitStatusHasARow() throws {
        let source = try House.text("Sources/sluice/Line/CommandLineError.swift")
        let numbers = source.matches(of: /case \w+ = (\d+)/).map { String($0.1) }
        let rows = try House.text("Docs/Errors/ExitStatus.md").matches(of: /(?m)^\| (\d+) \|/).map { String($0.1) }
        #expect(numbers.count >= 5)
        #expect(rows == numbers)
    }

    private func document(_ path: String) -> Documents.Document {
        Documents.Document(path: path, text: (try? House.text(path)) ?? "")
    }

    private func titles(_ path: String) throws -> Set<String> {
        Set(document(path).sections(2).map { $0.title.replacing("`", with: "") })
    }

    /// The cases of an enumeration, from its source.
    private func cases(of name: String, in path: String) throws -> Set<String> {
        let text = try House.text(path)
        let start = try #require(text.firstRange(of: "enum \(name):"))
        let body = text[start.upperBound...].prefix(while: { $0 != "}" })
        return Set(body.matches(of: /(?m)^    case (\w+)/).map { String($0.1) })
    }
}
