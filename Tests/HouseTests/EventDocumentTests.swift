import PipelineEngine
import PipelineKit
import Testing

/// `Docs/Events.md` describes every event and every member of its body, and none that there is not.
struct EventDocumentTests {
    static let document = Documents.Document(path: "Docs/Events.md", text: (try? House.text("Docs/Events.md")) ?? "")

    /// The names in the codec's source, so that a new event cannot be forgotten here either.
    static let types: Set<String> = {
        let codec = (try? House.text("Sources/PipelineEngine/History/EventCodec.swift")) ?? ""
        return Set(codec.matches(of: /case \.\w+: "([a-z_]+\.[a-z_]+)"/).map { String($0.1) })
    }()

    @Test func theSamplesHoldEveryEvent() {
        #expect(Self.types.count >= 19)
        #expect(Set(SampleEvents.all.map(\.type)) == Self.types)
    }

    @Test func theListHasARowForEachEvent() throws {
        let rows = Self.document.text.matches(of: /(?m)^\| \[`([a-z_.]+)`\]/).map { String($0.1) }
        #expect(Set(rows) == Self.types)
        #expect(rows.count == Self.types.count)
    }

    @Test func everyEventHasASection() {
        let titles = Self.document.sections(3).map { $0.title.replacing("`", with: "") }
        #expect(Set(titles.filter { $0.contains(".") }) == Self.types)
    }

    @Test(arguments: types.sorted())
    func everyMemberOfTheBodyIsDescribed(type: String) throws {
        let section = try #require(Self.document.sections(3).first { $0.title == "`\(type)`" })
        let described = section.text.matches(of: /(?m)^\| `([a-z_]+)`( \?)? \|/)
        let samples = SampleEvents.all.filter { $0.type == type }.map { Set($0.body.keys) }
        let members = samples.reduce(into: Set()) { $0.formUnion($1) }
        let always = samples.reduce(members) { $0.intersection($1) }
        #expect(Set(described.map { String($0.1) }) == members, "The members of '\(type)'.")
        let required = described.filter { $0.2 == nil }.map { String($0.1) }
        #expect(Set(required) == always, "Those without '?' are always there.")
    }
}
