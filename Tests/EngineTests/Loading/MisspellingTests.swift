import PipelineEngine
import PipelineKit
import Testing

/// Every key of the language, misspelt in every way that one slip of a finger does.
struct MisspellingTests {
    /// A group of keys, and the lines that lead to one.
    struct Group {
        var lines: [String]
        var keys: [String]
    }

    /// Every mapping the schema knows.
    static let groups: [Group] = groups(in: Pipeline.schema, below: [])

    private static func groups(in schema: ValueSchema, below lines: [String], depth: Int = 0) -> [Group] {
        let indent = String(repeating: "  ", count: lines.count)
        switch schema {
        case .group(let fields):
            let inner = fields.flatMap { groups(in: $0.value, below: lines + ["\(indent)\($0.name):"], depth: depth) }
            return [Group(lines: lines, keys: fields.map(\.name))] + inner
        case .mapping(let value): return groups(in: value, below: lines + ["\(indent)entry:"], depth: depth)
        case .list(let element): return groups(in: element, below: lines + ["\(indent)-"], depth: depth)
        case .oneOf(let choices): return choices.flatMap { groups(in: $0, below: lines, depth: depth) }
        case .recursive where depth < 1: return groups(in: Judge.definition, below: lines, depth: depth + 1)
        default: return []
        }
    }

    static func misspellings(of word: String) -> Set<String> {
        let letters = Array(word)
        var all: Set<String> = []
        for index in letters.indices {
            all.insert(String(letters[..<index] + letters[(index + 1)...]))
            all.insert(String(letters[..<index] + ["q"] + letters[(index + 1)...]))
            all.insert(String(letters[..<index] + [letters[index], letters[index]] + letters[(index + 1)...]))
            if index + 1 < letters.count {
                all.insert(String(letters[..<index] + [letters[index + 1], letters[index]] + letters[(index + 2)...]))
            }
        }
        for index in 0...letters.count { all.insert(String(letters[..<index] + ["z"] + letters[index...])) }
        return all.subtracting([word, ""])
    }

    @Test func theSchemaIsWalkedToItsEnds() {
        let places = Self.groups.map { $0.lines.map { $0.replacing(" ", with: "") }.joined() }
        for place in [
            "", "inputs:entry:", "goal:", "goal:all:-", "goal:any:-", "goal:not:", "tools:", "human:", "limits:",
            "workspace:",
        ] {
            #expect(places.contains(place), "no mapping at '\(place)'")
        }
    }

    @Test(arguments: groups.indices)
    func aMisspeltKeyIsCorrectedWhereItStands(index: Int) {
        let group = Self.groups[index]
        let indent = String(repeating: "  ", count: group.lines.count)
        let loader = PipelineLoader(sources())
        for key in group.keys {
            let others = group.keys.filter { $0 != key }
            // What is as near to another key may stand for that one.
            let near = Set(others + others.flatMap(Self.misspellings))
            for wrong in Self.misspellings(of: key).subtracting(near) where !group.keys.contains(wrong) {
                let text = (group.lines + ["\(indent)\(wrong): 1", ""]).joined(separator: "\n")
                let expected = Diagnostic(
                    .error,
                    "Unknown field '\(wrong)'. Did you mean '\(key)'?",
                    in: "a.yaml",
                    at: SourcePlace(
                        line: group.lines.count + 1,
                        column: indent.count + 1,
                        length: wrong.count,
                        text: "\(indent)\(wrong): 1"
                    )
                )
                do throws(Diagnostics) {
                    _ = try loader.load(text, file: "a.yaml")
                    Issue.record("'\(wrong)' was taken")
                } catch {
                    #expect(error.all.contains(expected), "'\(wrong)' for '\(key)': \(error)")
                }
            }
        }
    }
}
