import Glibc

/// A thread for work that blocks, which no thread of the concurrency pool may do.
public enum BlockingThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts the work and returns at once; the thread ends with it.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when the system has no thread to spare; pthread_create(3).
    public static func start(_ body: @escaping @Sendable () -> Void) throws(Failure) {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, entry, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw Failure(.unavailable, "Could not start a thread: \(String(cString: strerror(code))).")
        }
        pthread_detach(thread)
    }

    private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { work in
        if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
    }
}
