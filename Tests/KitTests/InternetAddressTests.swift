import PipelineKit
import Testing

/// Whom addresses belong to, as whoever lets commands out and whoever asks the web decide by it.
struct InternetAddressTests {
    @Test(
        arguments: [
            ([1, 1, 1, 1], .everybodys), ([172, 32, 0, 1], .everybodys), ([192, 169, 0, 1], .everybodys),
            ([10, 1, 2, 3], .ownNetwork), ([172, 31, 0, 1], .ownNetwork), ([192, 168, 1, 1], .ownNetwork),
            ([100, 127, 0, 1], .ownNetwork),
            ([0, 0, 0, 0], .special), ([127, 0, 0, 1], .special), ([169, 254, 169, 254], .special),
            ([224, 0, 0, 1], .special), ([255, 255, 255, 255], .special),
            ([192, 0, 2, 1], .setAside), ([198, 19, 0, 1], .setAside), ([], .setAside),
        ] as [([UInt8], InternetAddress.Kind)]
    )
    func anAddressOfTheFirstKindIsOneOf(bytes: [UInt8], kind: InternetAddress.Kind) {
        #expect(InternetAddress(bytes: bytes).kind == kind)
        guard bytes.count == 4 else { return }
        // The same within an address of IPv6: mapped, by NAT64, by 6to4.
        let zeros = [UInt8](repeating: 0, count: 10)
        let mapped = InternetAddress(bytes: zeros + [0xFF, 0xFF] + bytes)
        let translated = InternetAddress(bytes: [0, 0x64, 0xFF, 0x9B] + zeros.dropLast(2) + bytes)
        let relayed = InternetAddress(bytes: [0x20, 0x02] + bytes + zeros)
        #expect([mapped, translated, relayed].map(\.kind) == [kind, kind, kind])
    }

    @Test(
        arguments: [
            ([0x26, 0x06], .everybodys), ([0x20, 0x02, 8, 8, 8, 8], .everybodys),
            ([0xFC], .ownNetwork), ([0xFD, 0x12], .ownNetwork),
            ([], .special), ([0xFE, 0x80], .special), ([0xFE, 0xBF], .special), ([0xFF, 0x02], .special),
            ([0x20, 0x01, 0x0D, 0xB8], .setAside), ([0x20, 0x01, 0], .setAside), ([0xFE, 0xC0], .setAside),
            ([0x40], .setAside),
        ] as [([UInt8], InternetAddress.Kind)]
    )
    func anAddressOfTheSecondKindIsOneOf(start: [UInt8], kind: InternetAddress.Kind) {
        let rest = [UInt8](repeating: 0, count: 15 - start.count) + [1]
        #expect(InternetAddress(bytes: start + rest).kind == kind)
    }
}
