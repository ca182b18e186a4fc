extension [UInt8] {
    /// Appends bytes as they were before the client masked them; RFC 6455, section 5.3.
    ///
    /// - Parameter mask: Its first byte, the one for the first of these bytes, is the lowest of the number.
    mutating func append(unmasking bytes: UnsafeRawBufferPointer, with mask: UInt32) {
        let start = count
        append(contentsOf: bytes)
        withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[start...]).unmask(with: mask) }
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func unmask(with mask: UInt32) {
        guard let base = baseAddress else { return }
        let word = (UInt64(mask) << 32 | UInt64(mask)).littleEndian
        let tail = count & ~7
        for offset in stride(from: 0, to: tail, by: 8) {
            let masked = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            base.storeBytes(of: masked ^ word, toByteOffset: offset, as: UInt64.self)
        }
        for offset in tail..<count { self[offset] ^= UInt8(truncatingIfNeeded: mask >> (8 * UInt32(offset & 3))) }
    }
}

extension UInt32 {
    /// The mask for what follows so many masked bytes.
    func mask(after count: Int) -> UInt32 {
        let bits = 8 * UInt32(count & 3)
        return self >> bits | self << (32 - bits)
    }
}
