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
    return transfer(context).takeHeader(line) ? line.count : 0
}

@Sendable nonisolated func onBody(
    _ bytes: UnsafeMutablePointer<CChar>,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer
) -> Int {
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer(context).takeBody(piece) ? piece.count : Int(CURL_WRITEFUNC_PAUSE)
}

/// The loop keeps a transfer for as long as libcurl knows it.
private func transfer(_ context: UnsafeMutableRawPointer) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}
