import Foundation
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineEngine

/// Keys of model services: encrypted, each under its name, with a master key that is somewhere else.
struct KeyStoreTests {
    static let key = "sk-ant-api03-Zq9x_Kp2"
    static let hexadecimal = String(repeating: "0f", count: 32)
    private let store = MemoryStore()
    private let clock = ManualClock()

    private func keys(_ master: String? = hexadecimal, in directory: String = "/nowhere") -> KeyStore {
        KeyStore(store: store, master: places(master, in: directory), clock: clock.clock)
    }

    private func places(_ master: String?, in directory: String) -> MasterKeyPlaces {
        MasterKeyPlaces(value: master, credentials: nil, directory: directory)
    }

    @Test func whatIsSetIsReadAgain() async throws {
        let setting = try await keys().set("  \(Self.key)\n", as: "anthropic/work")
        #expect(setting == KeyStore.Setting(isReplacement: false, madeMasterKey: nil))
        #expect(try await keys().value(of: "anthropic/work") == Self.key)
        #expect(try await keys().value(of: "anthropic") == nil)
        #expect(try await keys().set("another key", as: "anthropic/work").isReplacement)
        #expect(try await keys().value(of: "anthropic/work") == "another key")
    }

    @Test func theStoreHoldsNothingOfIt() async throws {
        _ = try await keys().set(Self.key, as: "a")
        _ = try await keys().set(Self.key, as: "b")
        let records = await store.records(in: "vendor_keys", after: nil, limit: 10)
        let text = records.map { $0.body.jsonText }.joined()
        for form in [Self.key, Data(Self.key.utf8).base64EncodedString(), Array(Self.key.utf8).hexadecimal] {
            #expect(!text.contains(form))
        }
        #expect(records[0].body.members.keys.sorted() == ["created_at", "nonce", "sealed"])
        #expect(records[0].body["nonce"] != records[1].body["nonce"])
        #expect(records[0].body["sealed"]?.text?.prefix(8) != records[1].body["sealed"]?.text?.prefix(8))
    }

    @Test func entriesAreListedByNameWithoutAMasterKey() async throws {
        for name in ["openai", "anthropic/work", "anthropic"] { _ = try await keys().set(Self.key, as: name) }
        _ = try await store.put(["x": 1], as: "zzz", in: "vendor_keys", expecting: nil)
        let listed = try await keys(nil).list()
        #expect(listed.map(\.name) == ["anthropic", "anthropic/work", "openai", "zzz"])
        #expect(listed.map(\.setAt) == [clock.now, clock.now, clock.now, nil])
    }

    @Test func aRemovedKeyIsGone() async throws {
        _ = try await keys().set(Self.key, as: "a")
        #expect(try await keys(nil).remove("a"))
        #expect(try await keys().value(of: "a") == nil)
        #expect(try await !keys().remove("a"))
    }

    private static func undecipherable(_ name: String) -> ServiceError {
        .invalid(
            """
            The stored key '\(name)' cannot be decrypted: the master key in SLUICE_MASTER_KEY is not the one that \
            encrypted it, or the record was changed. Give the right master key, or do: sluice key set \(name)
            """
        )
    }

    @Test func aWrongMasterKeyIsTold() async throws {
        _ = try await keys().set(Self.key, as: "a")
        let other = keys(String(repeating: "1f", count: 32))
        await #expect(throws: Self.undecipherable("a")) { try await other.value(of: "a") }
        let sentence = """
            The stored keys are encrypted with another master key than the one in SLUICE_MASTER_KEY. Give that one, or \
            remove them first: sluice key remove stored:a
            """
        await #expect(throws: ServiceError.invalid(sentence)) { try await other.set("the next key", as: "b") }
        // A key may be set anew with a new master key when it is the only one.
        _ = try await other.set("the next key", as: "a")
        #expect(try await other.value(of: "a") == "the next key")
    }

    @Test func aMissingMasterKeyIsTold() async throws {
        _ = try await keys().set(Self.key, as: "a")
        let sentence = """
            The stored key 'a' cannot be decrypted: the master key is missing. Set SLUICE_MASTER_KEY, or put the file \
            '/nowhere/master.key' back.
            """
        await #expect(throws: ServiceError.invalid(sentence)) { try await keys(nil).value(of: "a") }
        await #expect(throws: ServiceError.invalid(sentence)) { try await keys(" \n").set(Self.key, as: "b") }
    }

    @Test func entriesCannotBeExchanged() async throws {
        _ = try await keys().set(Self.key, as: "a")
        _ = try await keys().set("the key of b", as: "b")
        let a = try #require(await store.record("a", in: "vendor_keys")).body
        _ = try await store.put(a, as: "b", in: "vendor_keys", expecting: nil)
        await #expect(throws: Self.undecipherable("b")) { try await keys().value(of: "b") }
        #expect(try await keys().value(of: "a") == Self.key)
    }

    @Test func everyChangedByteIsNoticed() async throws {
        _ = try await keys().set(Self.key, as: "a")
        let body = try #require(await store.record("a", in: "vendor_keys")).body
        for field in ["nonce", "sealed"] {
            let bytes = try #require([UInt8](hexadecimal: body[field]?.text ?? ""))
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 1
                try await put(changed.hexadecimal, as: field, in: body)
                await #expect(throws: Self.undecipherable("a")) { try await keys().value(of: "a") }
            }
            for count in 0..<bytes.count {
                try await put(Array(bytes.prefix(count)).hexadecimal, as: field, in: body)
                await #expect(throws: Self.undecipherable("a")) { try await keys().value(of: "a") }
            }
            try await put((bytes + [0]).hexadecimal, as: field, in: body)
            await #expect(throws: Self.undecipherable("a")) { try await keys().value(of: "a") }
        }
    }

    private func put(_ text: String, as field: String, in body: JSONValue) async throws {
        var members = body.members
        members[field] = .string(text)
        _ = try await store.put(.object(members), as: "a", in: "vendor_keys", expecting: nil)
    }

    @Test(
        arguments: [
            .null, 5, [:], [], ["nonce": "00"], ["nonce": "00", "sealed": "0g"], ["nonce": "0", "sealed": "00"],
            ["nonce": 5, "sealed": []], ["nonce": "00", "sealed": "é"],
        ] as [JSONValue]
    )
    func aRecordOfSomebodyElseIsNamed(body: JSONValue) async throws {
        _ = try await store.put(body, as: "a", in: "vendor_keys", expecting: nil)
        let sentence =
            "The stored key 'a' cannot be read: the record is not what Sluice writes. Do: sluice key set a"
        await #expect(throws: ServiceError.invalid(sentence)) { try await keys().value(of: "a") }
        _ = try await keys().set(Self.key, as: "a")
        #expect(try await keys().value(of: "a") == Self.key)
    }

    @Test(arguments: [
        ("", "a", "The key is empty. Nothing was stored."),
        (" \n", "a", "The key is empty. Nothing was stored."),
        ("one\ntwo", "a", "The key has several lines or control characters, so it is none. Nothing was stored."),
        (String(repeating: "x", count: 65_537), "a", "The key is longer than 64 kB. Nothing was stored."),
        (
            key, "sk-ANT",
            """
            The name of a stored key has up to 64 lower-case letters, digits, '-', '_' and '.', in parts with '/' \
            between them, such as 'anthropic/work'.
            """
        ),
    ])
    func mistakesAreSentencesWithoutTheKey(key: String, name: String, message: String) async throws {
        await #expect(throws: ServiceError.invalid(message)) { try await keys().set(key, as: name) }
        #expect(await store.records(in: "vendor_keys", after: nil, limit: 10).isEmpty)
    }

    @Test func theFirstKeyMakesAMasterKeyForItsOwnerAlone() async throws {
        let directory = Bench.temporary()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = "\(directory)/master.key"
        #expect(try await keys(nil, in: directory).set(Self.key, as: "a").madeMasterKey == file)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try String(contentsOfFile: file, encoding: .utf8).wholeMatch(of: /[0-9a-f]{64}\n/) != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["master.key"])
        #expect(try await keys(nil, in: directory).value(of: "a") == Self.key)
        #expect(try await keys(nil, in: directory).set(Self.key, as: "b").madeMasterKey == nil)
    }

    // MARK: - Those who ask in the middle of something

    @Test func nothingIsReadBeforeAKeyIsAskedForAndThenForSeconds() async throws {
        let reads = Mutex(0)
        _ = try await keys().set(Self.key, as: "a")
        let records = Mutex(await store.records(in: "vendor_keys", after: nil, limit: 10))
        let stored = StoredKeys(master: places(Self.hexadecimal, in: "/nowhere"), clock: clock.clock) {
            reads.withLock { $0 += 1 }
            return records.withLock(\.self)
        }
        let sources = SecretSources(environment: ["OPENAI_API_KEY": "from outside"], stored: stored)
        #expect(sources.value(of: Secret(variable: "OPENAI_API_KEY")) == "from outside")
        #expect(reads.withLock(\.self) == 0)
        for _ in 0..<100 { #expect(sources.value(of: Secret(stored: "a")) == Self.key) }
        #expect(sources.value(of: Secret(stored: "b")) == nil)
        #expect(reads.withLock(\.self) == 1)

        _ = try await keys().set("the key of b", as: "b")
        let now = await store.records(in: "vendor_keys", after: nil, limit: 10)
        records.withLock { $0 = now }
        clock.advance(by: .seconds(3))
        #expect(sources.value(of: Secret(stored: "b")) == "the key of b")
        #expect(reads.withLock(\.self) == 2)
    }
}
