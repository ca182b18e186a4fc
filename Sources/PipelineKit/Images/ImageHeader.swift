/// The first bytes of what may be an image: its format and its size in pixels.
struct ImageHeader {
    typealias Size = (Image.MediaType, width: Int, height: Int)

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// PNG, third edition, 5.2 and 11.2.1: a signature, and a first chunk with the size.
    var png: Size? {
        guard has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0), has("IHDR", at: 12),
            let width = big(16, 4), let height = big(20, 4)
        else { return nil }
        return (.png, width, height)
    }

    /// GIF89a, 17 and 18.
    var gif: Size? {
        guard has("GIF87a", at: 0) || has("GIF89a", at: 0), let width = little(6, 2), let height = little(8, 2) else {
            return nil
        }
        return (.gif, width, height)
    }

    /// RFC 9649, 2.4 to 2.7, of which the first chunk says which of three kinds it is.
    var webp: Size? {
        guard has("RIFF", at: 0), has("WEBP", at: 8) else { return nil }
        if has("VP8 ", at: 12), has([0x9D, 0x01, 0x2A], at: 23), let width = little(26, 2), let height = little(28, 2) {
            return (.webp, width & 0x3FFF, height & 0x3FFF)
        }
        if has("VP8L", at: 12), has([0x2F], at: 20), let packed = little(21, 4) {
            return (.webp, (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1)
        }
        guard has("VP8X", at: 12), let width = little(24, 3), let height = little(27, 3) else { return nil }
        return (.webp, width + 1, height + 1)
    }

    /// ITU T.81, B.1.1 and B.2.2: segments, one of which begins the frame and holds its size.
    var jpeg: Size? {
        guard has([0xFF, 0xD8, 0xFF], at: 0) else { return nil }
        var place = 2
        while place + 4 <= bytes.count, bytes[place] == 0xFF {
            let marker = bytes[place + 1]
            if marker == 0xFF {  // a fill byte
                place += 1
                continue
            }
            guard let length = big(place + 2, 2), length >= 2, ![0xD9, 0xDA].contains(marker) else { return nil }
            if 0xC0...0xCF ~= marker, ![0xC4, 0xC8, 0xCC].contains(marker) {
                guard let height = big(place + 5, 2), let width = big(place + 7, 2) else { return nil }
                return (.jpeg, width, height)
            }
            place += 2 + length
        }
        return nil
    }

    private func has(_ mark: String, at place: Int) -> Bool { has(Array(mark.utf8), at: place) }

    private func has(_ mark: [UInt8], at place: Int) -> Bool {
        bytes.count >= place + mark.count && bytes[place..<place + mark.count].elementsEqual(mark)
    }

    private func big(_ place: Int, _ count: Int) -> Int? {
        guard bytes.count >= place + count else { return nil }
        return bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
    }

    private func little(_ place: Int, _ count: Int) -> Int? {
        guard bytes.count >= place + count else { return nil }
        return bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
