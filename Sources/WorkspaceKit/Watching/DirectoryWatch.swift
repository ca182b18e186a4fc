import CLinux
import Glibc
import PipelineKit

/// Tells that something happens in directories; what it was is for others to find out. inotify(7).
final class DirectoryWatch: Sendable {
    private let events: Int32
    /// Written to, it ends a wait.
    private let stop: Int32

    /// - Parameter directories: Absolute paths; one that is gone by now is left out.
    /// - Throws: ``PipelineKit/Failure/Kind/unavailable`` when the system watches no more.
    init(_ directories: some Sequence<String>) throws(Failure) {
        events = sluice_watch_new()
        stop = sluice_eventfd()
        guard events >= 0, stop >= 0 else { throw Self.failure(-min(events, stop)) }
        for directory in directories {
            let code = -sluice_watch_add(events, directory)
            guard code <= 0 || [ENOENT, ENOTDIR, EACCES].contains(code) else { throw Self.failure(code) }
        }
    }

    deinit {
        for descriptor in [events, stop] where descriptor >= 0 { close(descriptor) }
    }

    private static func failure(_ code: Int32) -> Failure {
        let limits = [ENOSPC: "max_user_watches", EMFILE: "max_user_instances"]
        let advice = limits[code].map { " Raise 'fs.inotify.\($0)' with sysctl." } ?? ""
        let reason = String(cString: strerror(code))
        return Failure(.unavailable, "The files of the project cannot be watched: \(reason).\(advice)")
    }

    /// Waits until something happens, and forgets it.
    ///
    /// - Parameter time: How long to wait; for ever when `nil`.
    /// - Returns: `false` when nothing happened in that time.
    /// - Throws: ``PipelineKit/Failure/Kind/cancelled`` with the task.
    func wait(_ time: Duration? = nil) async throws(Failure) -> Bool {
        let timeout = time.map { Int32(clamping: Int(($0.seconds * 1000).rounded(.up))) } ?? -1
        return try await BlockingThread.run { () throws(Failure) in
            var ready = [self.events, self.stop].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            var count: Int32
            repeat { count = poll(&ready, 2, timeout) } while count < 0 && errno == EINTR
            guard ready[1].revents == 0 else { throw Failure(.cancelled, "Watching was ended.") }
            guard count > 0 else { return false }
            self.forget()
            return true
        } onCancel: { [stop] in
            var one: UInt64 = 1
            _ = write(stop, &one, 8)
        }
    }

    private func forget() {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        while read(events, &bytes, bytes.count) > 0 {}
    }
}
