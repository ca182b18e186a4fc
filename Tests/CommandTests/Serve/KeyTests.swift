import Foundation
import PipelineKit
import Testing

/// `sluice key`: made once, shown once, known by its digest.
@Suite struct KeyTests {
    @Test func aKeyIsShownOnceAndListedWithoutItsSecret() async throws {
        try await withBench { bench in
            let added = try await bench.sluice("key", "add", "ci")
            #expect(added.status == 0)
            #expect(added.errors == "This is the key of 'ci'. It is shown this once; only its digest is kept.\n")
            let key = try #require(added.lines.first)
            #expect(key.wholeMatch(of: /slk_[0-9a-f]{8}_[0-9a-f]{64}/) != nil)
            let listed = try await bench.sluice("key", "list")
            #expect(listed.output.contains(/^[0-9a-f]{8}  ci +made 2\d{3}-\S+Z  never used\n$/))
            #expect(!listed.output.contains(key.suffix(64)))
            let file = try #require(try? Data(contentsOf: URL(filePath: bench.database)))
            #expect(file.range(of: Data(key.suffix(64).utf8)) == nil)
        }
    }

    @Test func whatTheRunsOfAKeyMaySpendIsSetAndChanged() async throws {
        try await withBench { bench in
            _ = try await bench.sluice("key", "add", "ci", "--cost", "50 USD", "--cost-per-day", "5 USD")
            let listed = try await bench.sluice("key", "list")
            #expect(listed.output.hasSuffix("never used  50.00 USD in all, 5.00 USD a day\n"))
            let raised = try await bench.sluice("key", "limit", "ci", "--cost", "80 USD")
            #expect(raised.output == "The runs of 'ci' may spend 80.00 USD in all.\n")
            let freed = try await bench.sluice("key", "limit", "ci")
            #expect(freed.output == "The runs of 'ci' may spend what they like.\n")
            #expect(try await bench.sluice("key", "limit", "cj").errors.contains("There is no key 'cj'."))
        }
    }

    @Test func aKeyMayEndByItselfAndBeRemoved() async throws {
        try await withBench { bench in
            let added = try await bench.sluice("key", "add", "ci", "--expires", "30d", "--json")
            let json = try JSONValue(parsing: added.output)
            #expect(json.members.keys.sorted() == ["created_at", "expires_at", "id", "key", "name"])
            let removed = try await bench.sluice("key", "remove", "ci")
            #expect(removed.output == "Removed 'ci'. A server that runs refuses the key within seconds.\n")
            let listed = try await bench.sluice("key", "list")
            let none = """
                There is no key yet. 'sluice key add NAME' makes one for a client of 'sluice serve',
                'sluice key set NAME' keeps the one of a model service.

                """
            #expect(listed.output == none)
        }
    }

    @Test(arguments: [
        (["lst"], "There is no 'sluice key lst'. Did you mean 'list'? There are: set, add, limit, list, remove."),
        (["add"], "'sluice key add' needs NAME: who uses the key, such as ci."),
        (["remove"], "'sluice key remove' needs NAME: what 'sluice key list' shows."),
        (["list", "ci"], "'sluice key list' takes no name."),
        (["remove", "ci"], "There is no key 'ci'."),
        (["set"], "'sluice key set' needs NAME: the service, such as openai or openai/work."),
        (
            [],
            """
            'sluice key' needs ACTION: set, add, limit, list or remove: 'set' keeps the key of a model service, 'add' makes one \
            for a client.
            See 'sluice key --help'.
            """
        ),
        (["remove", "stored:ci"], "There is no key 'stored:ci'."),
        (["add", ""], "The name of a key has 1 to 100 characters, and no control characters or blanks around it."),
    ])
    func aMistakeIsToldWithWhatThereIs(words: [String], message: String) async throws {
        try await withBench { bench in
            let ended = try await bench.start(["key"] + words).ended()
            #expect(ended.errors == message + "\n")
            #expect(ended.status == 64)
        }
    }
}
