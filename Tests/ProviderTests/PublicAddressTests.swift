import Foundation
import PipelineKit
import Testing

@testable import ProviderKit

/// Requests to public addresses only connect to no other, however one is written.
@Suite(.modelServer, .timeLimit(.minutes(5)))
struct PublicAddressTests {
    let transport = CurlTransport()
    let server: ModelServer

    init() throws { server = try #require(ModelServer.current) }

    private func request(_ url: String, _ addresses: TransportRequest.Addresses = .publicOnly) -> TransportRequest {
        let patient = TransportRequest.Timeouts(connect: .seconds(60), firstByte: .seconds(120), total: .seconds(300))
        return TransportRequest(
            method: "GET",
            url: url,
            headers: [],
            body: [],
            timeouts: patient,
            addresses: addresses
        )
    }

    /// By its name, and in the spellings that resolvers take for 127.0.0.1.
    @Test(arguments: [
        ("127.0.0.1", "'127.0.0.1:PORT' is no address of the public internet; nothing was sent."),
        ("[::1]", "'[::1]:PORT' is no address of the public internet; nothing was sent."),
        (
            "127.1",
            "'127.1:PORT' has the address 127.0.0.1, which is no address of the public internet; nothing was sent."
        ),
        (
            "2130706433",
            "'2130706433:PORT' has the address 127.0.0.1, which is no address of the public internet; nothing was sent."
        ),
        (
            "0x7f.0.0.1",
            "'0x7f.0.0.1:PORT' has the address 127.0.0.1, which is no address of the public internet; nothing was sent."
        ),
        (
            "0177.0.0.01",
            "'0177.0.0.01:PORT' has the address 127.0.0.1, which is no address of the public internet; nothing was sent."
        ),
        ("0.0.0.0", "'0.0.0.0:PORT' is no address of the public internet; nothing was sent."),
        (
            "[::ffff:127.0.0.1]",
            "'[::ffff:127.0.0.1]:PORT' has the address 0:0:0:0:0:ffff:7f00:1, "
                + "which is no address of the public internet; nothing was sent."
        ),
    ])
    func thisMachineIsRefused(host: String, message: String) async {
        let failure = Failure(.denied, message.replacing("PORT", with: "\(server.port)"))
        await #expect(throws: failure) {
            try await transport.send(request("http://\(host):\(server.port)/echo"))
        }
    }

    /// What this machine calls itself: libcurl answers for `localhost` by itself, and asks the system for this.
    private static var ownNames: [String] {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let own = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return [String(decoding: own, as: UTF8.self)].filter { name in
            var found: UnsafeMutablePointer<addrinfo>?
            defer { if let found { freeaddrinfo(found) } }
            var hints = addrinfo()
            hints.ai_family = AF_INET  // Debian's installer gives 127.0.1.1; elsewhere it may be any
            guard getaddrinfo(name, "80", &hints, &found) == 0, let address = found?.pointee.ai_addr else {
                return false
            }
            return UnsafeRawPointer(address).load(fromByteOffset: 4, as: UInt8.self) == 127
        }
    }

    /// Which of its two addresses is named depends on the resolver.
    @Test(arguments: ["localhost", "LOCALHOST", "a.localhost"] + Self.ownNames)
    func aNameThatLeadsToThisMachineIsRefused(host: String) async {
        let failure = await #expect(throws: Failure.self) {
            try await transport.send(request("http://\(host):\(server.port)/echo"))
        }
        #expect(failure?.kind == .denied)
        let end = "which is no address of the public internet; nothing was sent."
        #expect(failure?.message.hasSuffix(end) == true, "\(String(describing: failure))")
    }

    @Test func aConnectionThatIsOpenIsNoWayAround() async throws {
        let mark = request("http://127.0.0.1:\(server.port)/echo", .any)
        let first = try JSONValue(parsing: await transport.send(mark).body.everything())
        await #expect(throws: Failure.self) {
            try await transport.send(request("http://127.0.0.1:\(server.port)/echo"))
        }
        let second = try JSONValue(parsing: await transport.send(mark).body.everything())
        #expect(first["connection"] == second["connection"] && first["connection"] != nil)
    }

    @Test(arguments: [
        [1, 1, 1, 1], [8, 8, 8, 8], [9, 255, 255, 255], [11, 0, 0, 0], [100, 63, 255, 255], [100, 128, 0, 0],
        [126, 255, 255, 255], [128, 0, 0, 1], [169, 253, 0, 1], [172, 15, 0, 1], [172, 32, 0, 1], [192, 0, 1, 1],
        [192, 167, 0, 1], [198, 17, 0, 1], [198, 20, 0, 1], [223, 255, 255, 255],
    ])
    func theInternetIsPublic(bytes: [UInt8]) { #expect(InternetAddress(bytes: bytes).isPublic) }

    @Test(arguments: [
        [0, 0, 0, 0], [0, 1, 2, 3], [10, 0, 0, 1], [100, 64, 0, 1], [100, 127, 255, 255], [127, 0, 0, 1],
        [127, 255, 255, 255], [169, 254, 169, 254], [172, 16, 0, 1], [172, 31, 255, 255], [192, 0, 0, 8],
        [192, 0, 2, 1], [192, 88, 99, 1], [192, 168, 0, 1], [198, 18, 0, 1], [198, 19, 255, 255], [198, 51, 100, 1],
        [203, 0, 113, 1], [224, 0, 0, 1], [239, 255, 255, 255], [240, 0, 0, 1], [255, 255, 255, 255], [], [1, 2, 3],
    ])
    func whatIsSetAsideIsNot(bytes: [UInt8]) { #expect(!InternetAddress(bytes: bytes).isPublic) }

    @Test(arguments: [
        ("2606:4700:4700::1111", true), ("2a00:1450:4001:829::200e", true), ("2001:4860:4860::8888", true),
        ("::ffff:8.8.8.8", true), ("64:ff9b::8.8.8.8", true), ("2002:808:808::1", true), ("2001:200::1", true),
        ("::", false), ("::1", false), ("::8.8.8.8", false), ("::ffff:10.0.0.1", false), ("::ffff:127.0.0.1", false),
        ("::ffff:169.254.169.254", false), ("::ffff:0:8.8.8.8", false), ("64:ff9b::10.0.0.1", false),
        ("64:ff9b::169.254.169.254", false), ("64:ff9b:1::8.8.8.8", false), ("2002:7f00:1::1", false),
        ("2002:a00:1::", false), ("2002:c0a8:1::1", false), ("fc00::1", false), ("fd12:3456::1", false),
        ("fe80::1", false), ("febf::1", false), ("fec0::1", false), ("ff02::1", false), ("2001:db8::1", false),
        ("2001::1", false), ("2001:2::1", false), ("3fff::1", false), ("5f00::1", false), ("100::1", false),
        ("4000::1", false),
    ])
    func ofIPv6OnlyWhatIsGivenOut(text: String, isPublic: Bool) throws {
        var address = in6_addr()
        try #require(inet_pton(AF_INET6, text, &address) == 1)
        #expect(InternetAddress(bytes: withUnsafeBytes(of: address) { Array($0) }).isPublic == isPublic)
    }
}
