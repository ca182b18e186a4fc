import HTTPKit
import Testing

@testable import HTTPServer

/// Where a listener cannot listen, it says why.
struct AddressTests {
    private func listen(_ host: String, _ port: Int) throws -> HTTPListener {
        var settings = ListenerSettings()
        (settings.host, settings.port) = (host, port)
        let contract = APIContract(name: "sample", routes: SampleRoutes.all) { _ in .text("") }
        return try HTTPListener(settings, site: Site(try Mounts([contract]) { _ in nil }))
    }

    @Test func aPortInUseIsNamed() throws {
        let first = try listen("127.0.0.1", 0)
        #expect(first.port > 1023)
        let message = """
            127.0.0.1:\(first.port) is in use by another program; choose another port, or end that one.
            """
        #expect(throws: ListenerError(message)) { try listen("127.0.0.1", first.port) }
    }

    @Test func anAddressOfAnotherMachineIsNamed() {
        #expect(throws: ListenerError("'192.0.2.1' is no address of this machine.")) { try listen("192.0.2.1", 0) }
    }

    @Test func aPortThatIsNoneIsNamed() {
        let message = "A port is a number from 0 to 65535, but this one is 70000."
        #expect(throws: ListenerError(message)) { try listen("127.0.0.1", 70_000) }
    }

    @Test func aNameNobodyHasIsNamed() {
        // Longer than a name may be, so that no server is asked for it.
        let name = String(repeating: "x", count: 64)
        do throws(any Error) {
            _ = try listen(name, 0)
            Issue.record("There is a host of that name.")
        } catch {
            #expect("\(error)".hasPrefix("The host '\(name)' is not known: "))
        }
    }

    @Test(arguments: [
        ([UInt8](repeating: 0, count: 15) + [1], "::1"),
        ([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127, 0, 0, 1], "127.0.0.1"),
        ([0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7], "2001:db8::7"),
    ])
    func anAddressIsWrittenAsPeopleDo(bytes: [UInt8], text: String) {
        #expect(PeerAddress(bytes).text == text)
    }
}
