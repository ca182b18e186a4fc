import CCrypto
import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import MContract

/// Signatures and codes, checked by others than those who make them.
@Suite(.timeLimit(.minutes(5)))
struct PushSigningTests {
    private func sign(_ text: String, with pem: [UInt8]) -> (outcome: sluice_signing, signature: [UInt8]) {
        var signature = [UInt8](repeating: 0, count: SLUICE_ES256_SIGNATURE)
        let bytes = Array(text.utf8)
        return (sluice_es256_sign(pem, pem.count, bytes, bytes.count, &signature), signature)
    }

    /// A signature is of other numbers each time, some of which begin with zeroes.
    @Test func anotherLibraryTakesOurSignatures() async throws {
        try await PushServer.withKeys { directory in
            let pem = Array(try Data(contentsOf: URL(filePath: "\(directory)/key.p8")))
            let signatures = (0..<600).map { number -> String in
                let (outcome, signature) = sign("message \(number)", with: pem)
                #expect(outcome == SLUICE_SIGNED)
                return signature.hexadecimal
            }
            let program = """
                import sys
                from cryptography.hazmat.primitives import hashes, serialization
                from cryptography.hazmat.primitives.asymmetric import ec, utils
                key = serialization.load_pem_public_key(open(sys.argv[1], 'rb').read())
                for number, line in enumerate(sys.stdin.read().split()):
                    raw = bytes.fromhex(line)
                    assert len(raw) == 64
                    der = utils.encode_dss_signature(int.from_bytes(raw[:32], 'big'), int.from_bytes(raw[32:], 'big'))
                    key.verify(der, f'message {number}'.encode(), ec.ECDSA(hashes.SHA256()))
                print('verified', number + 1)
                """
            let input = Array(signatures.joined(separator: "\n").utf8)
            let said = try await PushServer.python(program, ["\(directory)/public.pem"], input: input)
            #expect(said == "verified 600")
        }
    }

    @Test(arguments: [("other.p8", SLUICE_OTHER_KEY), ("locked.p8", SLUICE_NO_KEY), ("public.pem", SLUICE_NO_KEY)])
    func anotherKeyIsRefused(file: String, outcome: sluice_signing) async throws {
        try await PushServer.withKeys { directory in
            let pem = Array(try Data(contentsOf: URL(filePath: "\(directory)/\(file)")))
            #expect(sign("message", with: pem).outcome == outcome)
        }
    }

    @Test(arguments: ["", "\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "a secret"])
    func whatIsNoKeyIsRefused(text: String) {
        #expect(sign("message", with: Array(text.utf8)).outcome == SLUICE_NO_KEY)
    }

    /// Test cases 1, 2, 3 and 6 of RFC 4231.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func codesAreThoseOfTheStandard(key: [UInt8], content: [UInt8], code: String) {
        var mac = [UInt8](repeating: 0, count: 32)
        sluice_hmac_sha256(key, key.count, content, content.count, &mac)
        #expect(mac.hexadecimal == code)
    }

    @Test func anEmptyKeyIsAKey() {
        var mac = [UInt8](repeating: 0, count: 32)
        sluice_hmac_sha256([] as [UInt8], 0, [] as [UInt8], 0, &mac)
        #expect(mac.hexadecimal == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    // Apple's tokens

    private func settings() throws -> M.PushSettings.APNs {
        try M.PushSettings.APNs(
            json: [
                "key": "file:/keys/key.p8", "key_id": "ABC123DEFG", "team_id": "DEF123GHIJ", "topic": "org.example.m",
                "server_id": "home",
            ]
        )
    }

    @Test func aTokenIsMadeAnewBetweenTwentyAndSixtyMinutes() async throws {
        try await PushServer.withKeys { directory in
            let pem = try String(contentsOfFile: "\(directory)/key.p8", encoding: .utf8)
            let clock = ManualClock()
            let tokens = ProviderTokens(try settings(), secrets: { _ in pem }, now: { clock.now })
            var minutes: [Int] = []
            var last = ""
            for minute in 0..<180 {
                let token = try tokens.token()
                if token != last { minutes.append(minute) }
                last = token
                clock.advance(by: .seconds(60))
            }
            #expect(minutes == [0, 40, 80, 120, 160])
        }
    }

    @Test func aTokenThatAppleCallsTooOldIsMadeAnewUnlessItIsYoung() async throws {
        try await PushServer.withKeys { directory in
            let pem = try String(contentsOfFile: "\(directory)/key.p8", encoding: .utf8)
            let clock = ManualClock()
            let tokens = ProviderTokens(try settings(), secrets: { _ in pem }, now: { clock.now })
            let first = try tokens.token()
            #expect(!tokens.forget(first))
            #expect(try tokens.token() == first)
            clock.advance(by: .seconds(1_200))
            #expect(tokens.forget(first))
            let second = try tokens.token()
            #expect(second != first)
            #expect(tokens.forget(first))
            #expect(try tokens.token() == second)
        }
    }

    @Test(arguments: [
        (
            String?.none,
            """
            There is no key for Apple's service: write it into the file '/keys/key.p8', which nobody but its owner may \
            read (chmod 600).
            """
        ),
        ("a secret", "What is in 'file:/keys/key.p8' is no private key as Apple's .p8 files hold it."),
    ])
    func aKeyThatIsNoneIsToldWithoutIt(value: String?, message: String) throws {
        let tokens = ProviderTokens(try settings(), secrets: { _ in value }, now: { .start })
        #expect(throws: Failure(.missing, message)) { try tokens.token() }
    }

    @Test func aKeyOfAnotherKindIsTold() async throws {
        try await PushServer.withKeys { directory in
            let pem = try String(contentsOfFile: "\(directory)/other.p8", encoding: .utf8)
            let tokens = ProviderTokens(try settings(), secrets: { _ in pem }, now: { .start })
            let message = "The key in 'file:/keys/key.p8' is none for ES256, which Apple's keys are for."
            #expect(throws: Failure(.missing, message)) { try tokens.token() }
        }
    }
}
