import ProcessKit

extension String {
    /// The text, or its two ends when it has more bytes than this: a traceback begins with where and ends with why.
    public func capped(to bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        let limit = OutputLimit(head: bytes / 4, tail: bytes - bytes / 4)
        return CappedOutput(bytes: Array(utf8)).capped(to: limit).text
    }
}
