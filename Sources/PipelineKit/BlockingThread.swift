import Glibc
import Synchronization

/// A thread for work that blocks, which no thread of the concurrency pool may do.
public enum BlockingThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// What another thread came to.
    private final class Outcome<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    /// Starts the work and returns at once; the thread ends with it.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when the system has no thread to spare; pthread_create(3).
    public static func start(_ body: @escaping @Sendable () -> Void) throws(Failure) {
        pthread_detach(try thread(body))
    }

    /// Does the work on a thread of its own, and returns what it came to.
    ///
    /// - Parameter cancel: Called when the task is cancelled meanwhile, or was before; the work has to end by itself.
    /// - Throws: what the work throws; ``Failure/Kind/unavailable`` when the system has no thread to spare.
    public static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(Failure) -> Value,
        onCancel cancel: @escaping @Sendable () -> Void = {}
    ) async throws(Failure) -> Value {
        let outcome: Result<Value, Failure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                do throws(Failure) {
                    try start { continuation.resume(returning: Result { () throws(Failure) in try body() }) }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        } onCancel: {
            cancel()
        }
        return try outcome.get()
    }

    /// Does two pieces of work at once, the second on a thread of its own, and returns when both have ended.
    ///
    /// Without a thread to spare, the second is done after the first.
    public static func both<First, Second: Sendable>(
        _ first: () -> First,
        _ second: @escaping @Sendable () -> Second
    ) -> (First, Second) {
        let outcome = Outcome<Second>()
        let thread = try? thread {
            let value = second()
            outcome.value.withLock { $0 = value }
        }
        let value = first()
        if let thread { pthread_join(thread, nil) }
        return (value, outcome.value.withLock { $0 } ?? second())
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) throws(Failure) -> pthread_t {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, entry, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw Failure(.unavailable, "Could not start a thread: \(String(cString: strerror(code))).")
        }
        return thread
    }

    private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { work in
        if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
    }
}
