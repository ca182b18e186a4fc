public import PipelineKit

/// Bytes both ways: what messages travel over.
///
/// One reads while others write; those who write agree among themselves.
public protocol RPCChannel: Sendable {
    /// What came, waiting until something does, on a thread that may block; no bytes at the end.
    func read() throws(Failure) -> [UInt8]

    /// Writes as many of these bytes as are taken at once, waiting for the first of them to be.
    ///
    /// - Returns: how many; 0 when none were taken in time.
    /// - Throws: ``Failure/Kind/unavailable`` when nobody reads any more.
    func write(_ bytes: ArraySlice<UInt8>, within patience: Duration) throws(Failure) -> Int

    /// Ends it in both directions; ``read()`` returns soon after.
    func close()

    /// What else is known once it has ended: how the program on the other side did, and its last words.
    func lastWords() async -> String?
}
