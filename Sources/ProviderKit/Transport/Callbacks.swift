import CCurl

// libcurl calls these on the thread of the loop. They are functions and not closures, so that none can inherit an
// isolation from where it is written, which would be checked on that thread and end the process.

@Sendable nonisolated func onHeader(
    _ bytes: UnsafeMutablePointer<CChar>,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer
) -> Int {
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer(context).takeHeader(line).answer(to: line.count)
}

@Sendable nonisolated func onBody(
    _ bytes: UnsafeMutablePointer<CChar>,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer
) -> Int {
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer(context).takeBody(piece).answer(to: piece.count)
}

/// The loop keeps a transfer for as long as libcurl knows it.
private func transfer(_ context: UnsafeMutableRawPointer) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

extension Transfer.Next {
    /// What libcurl wants to hear; another number than that of the bytes ends the transfer.
    fileprivate func answer(to count: Int) -> Int {
        switch self {
        case .goOn: count
        case .pause: Int(CURL_WRITEFUNC_PAUSE)
        case .stop: count == 0 ? 1 : 0
        }
    }
}
