import CLinux
import Glibc

/// Descriptors of which one thread wants to know when there is something to read; epoll(7).
final class Readable {
    /// What is read goes here first; whoever takes it copies what it keeps.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    private let epoll = sluice_epoll_new()
    private let ready = UnsafeMutableBufferPointer<sluice_ready>.allocate(capacity: 256)

    deinit {
        buffer.deallocate()
        ready.deallocate()
        close(epoll)
    }

    func add(_ descriptor: Int32, as tag: UInt64) {
        _ = sluice_epoll_add(epoll, descriptor, UInt32(SLUICE_READABLE), tag)
    }

    func remove(_ descriptor: Int32) { _ = sluice_epoll_remove(epoll, descriptor) }

    /// Waits until something is there to read, and hands over the tags.
    ///
    /// - Returns: how many there were; 0 when the time is over.
    @discardableResult
    func wait<Problem>(_ milliseconds: Int, _ take: (UInt64) throws(Problem) -> Void) throws(Problem) -> Int {
        guard let first = ready.baseAddress else { return 0 }
        let count = max(0, Int(sluice_epoll_wait(epoll, first, Int32(ready.count), Int32(clamping: milliseconds))))
        for event in ready.prefix(count) { try take(event.tag) }
        return count
    }

    /// What the system has for a socket.
    ///
    /// - Returns: `nil` where there is nothing now.
    /// - Throws: in words what a stream ended with: `end`, or what the system says.
    func receive(_ socket: Int32) throws(Ending) -> UnsafeRawBufferPointer? {
        let count = recv(socket, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return UnsafeRawBufferPointer(rebasing: buffer[..<count]) }
        if count < 0, errno == EAGAIN || errno == EINTR { return nil }
        throw Ending(words: count == 0 ? "end" : String(cString: strerror(errno)))
    }

    struct Ending: Error {
        let words: String
    }
}
