import Foundation
import PipelineKit
import Testing

@testable import PipelineEngine

/// Where the master key is looked for, and what is refused.
struct MasterKeyTests {
    static let hexadecimal = String(repeating: "0f", count: 32)

    @Test func itIsWrittenInEitherOfTwoWays() throws {
        let key = try #require(MasterKey(Self.hexadecimal))
        #expect(MasterKey(Self.hexadecimal.uppercased() + "\n") == key)
        #expect(MasterKey(Data(repeating: 0x0f, count: 32).base64EncodedString()) == key)
        #expect(key.text == Self.hexadecimal)
        #expect(MasterKey.random() != MasterKey.random())
    }

    /// Test cases 13 and 14 of the mode's specification (McGrew and Viega): zeroes.
    @Test func itIsAESInGaloisCounterMode() throws {
        let zeroes = try #require(MasterKey(String(repeating: "00", count: 32)))
        func open(_ text: String) throws -> String? {
            let bytes = try #require([UInt8](hexadecimal: text))
            return zeroes.open(Sealed(nonce: [UInt8](repeating: 0, count: 12), bytes: bytes), of: "")
        }
        #expect(try open("530f8afbc74536b9a963b4f1c4cb738b") == "")
        let block = "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        #expect(try open(block) == String(repeating: "\0", count: 16))
    }

    @Test(arguments: [
        "", "secret", String(repeating: "0f", count: 31), String(repeating: "0g", count: 32), "0x" + hexadecimal,
    ])
    func anythingElseIsRefusedWithoutBeingQuoted(text: String) throws {
        #expect(MasterKey(text) == nil)
        guard !text.isEmpty else { return }
        let sentence = """
            The master key in SLUICE_MASTER_KEY must be 32 random bytes, as 64 hexadecimal digits or in base64: openssl \
            rand -hex 32
            """
        let places = MasterKeyPlaces(value: text, credentials: nil, directory: "/nowhere")
        #expect(throws: ServiceError.invalid(sentence)) { try places.find() }
    }

    @Test func theVariableCountsBeforeTheCredentialAndThatBeforeTheFile() throws {
        try withDirectory { directory in
            let (credential, file) = (String(repeating: "1f", count: 32), String(repeating: "2f", count: 32))
            try write(credential, to: "\(directory)/sluice-master-key", mode: 0o440)
            try write(file, to: "\(directory)/master.key", mode: 0o600)
            func found(_ value: String?, _ credentials: String?) throws -> String? {
                let places = MasterKeyPlaces(value: value, credentials: credentials, directory: directory)
                return try places.find().map { "\($0.key.text.prefix(2)) \($0.place)" }
            }
            #expect(try found(Self.hexadecimal, directory) == "0f SLUICE_MASTER_KEY")
            #expect(try found("", directory) == "1f '\(directory)/sluice-master-key'")
            #expect(try found(nil, "/nowhere") == "2f '\(directory)/master.key'")
            #expect(try found(nil, "relative") == "2f '\(directory)/master.key'")
            try FileManager.default.removeItem(atPath: "\(directory)/master.key")
            #expect(try found(nil, nil) == nil)
        }
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o601]) func aFileThatIsOpenToOthersIsRefused(mode: Int) throws {
        try withDirectory { directory in
            let file = "\(directory)/master.key"
            try write(Self.hexadecimal, to: file, mode: mode)
            let digits = String(mode, radix: 8)
            let sentence =
                "The file '\(file)' is open to others (mode \(digits)), so no secret is read from it. Do: chmod 600 '\(file)'"
            #expect(throws: ServiceError.invalid(sentence)) {
                try MasterKeyPlaces(value: nil, credentials: nil, directory: directory).find()
            }
        }
    }

    @Test func twoWhoMakeItAtOnceHaveTheSame() async throws {
        let directory = Bench.temporary()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let places = MasterKeyPlaces(value: nil, credentials: nil, directory: directory)
        let first = try places.make().key
        #expect(try places.make().key == first)
        #expect(try places.find()?.key == first)
        let none = MasterKeyPlaces(value: nil, credentials: nil, directory: "/proc/none")
        #expect(throws: ServiceError.self) { try none.make() }
    }
}

/// Secrets in files.
struct SecretFileTests {
    private let told = Log()
    private var sources: SecretSources {
        let stored = StoredKeys(master: MasterKeyPlaces(value: nil, credentials: nil, directory: "/nowhere")) { [] }
        return SecretSources(environment: ["SLUICE_MASTER_KEY": "m"], stored: stored) { [told] in told.add($0) }
    }

    @Test func theContentIsTheSecretWithoutBlanksAroundIt() throws {
        try withDirectory { directory in
            try write(" sk-123\n\n", to: "\(directory)/key", mode: 0o400)
            try FileManager.default.createSymbolicLink(atPath: "\(directory)/link", withDestinationPath: "key")
            #expect(sources.value(of: Secret(file: "\(directory)/key")) == "sk-123")
            #expect(sources.value(of: Secret(file: "\(directory)/link")) == "sk-123")
            #expect(sources.value(of: Secret(file: "\(directory)/none")) == nil)
            #expect(told.all == [])
        }
    }

    @Test func whatIsUnfitIsToldOnce() throws {
        try withDirectory { directory in
            try write("sk-123", to: "\(directory)/open", mode: 0o644)
            try write("", to: "\(directory)/empty", mode: 0o600)
            try write(String(repeating: "x", count: 65_537), to: "\(directory)/long", mode: 0o600)
            mkfifo("\(directory)/pipe", 0o600)
            let sources = sources
            for name in ["open", "empty", "long", "pipe", ".", "open"] {
                #expect(sources.value(of: Secret(file: "\(directory)/\(name)")) == nil)
            }
            #expect(
                told.all
                    == [
                        "The file 'D/open' is open to others (mode 644), so no secret is read from it. Do: chmod 600 'D/open'",
                        "The file 'D/empty' holds no text, so no secret is read from it.",
                        "The file 'D/long' is longer than 64 kB, so it holds no secret.",
                        "'D/pipe' is not a regular file, so no secret is read from it.",
                        "'D/.' is not a regular file, so no secret is read from it.",
                    ].map { $0.replacing("D/", with: "\(directory)/") }
            )
        }
    }

    @Test func theMasterKeyIsNoSecretThatAPipelineMayUse() {
        #expect(sources.value(of: Secret(variable: "SLUICE_MASTER_KEY")) == nil)
    }
}

private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = Bench.temporary()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
}

private func write(_ text: String, to path: String, mode: Int) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
}
