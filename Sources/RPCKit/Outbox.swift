import PipelineKit
import Synchronization

/// Sends bytes in the order they were given, without making anybody wait: what the other side does not take at once is
/// handed over by a thread, which is there only for as long as something waits.
final class Outbox: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var isDraining = false
    }

    private let channel: any RPCChannel
    private let state = Mutex(State())

    init(_ channel: any RPCChannel) { self.channel = channel }

    /// - Parameter failed: Called when the rest could not be sent later.
    /// - Throws: when nobody reads any more, or far too much waits to be read.
    func send(_ bytes: [UInt8], _ failed: @escaping @Sendable (Failure) -> Void) throws(Failure) {
        let startsDraining = try state.withLock { state throws(Failure) -> Bool in
            var rest = bytes[...]
            while state.waiting.isEmpty, !state.isDraining, !rest.isEmpty {
                let count = try channel.write(rest, within: .zero)
                if count == 0 { break }
                rest = rest.dropFirst(count)
            }
            state.waiting += rest
            guard state.waiting.count <= Self.most else {
                throw Failure(.unavailable, "It does not read: \(ByteCount(bytes: Self.most)) wait to be taken.")
            }
            guard !state.waiting.isEmpty, !state.isDraining else { return false }
            state.isDraining = true
            return true
        }
        if startsDraining { try BlockingThread.start { self.drain(failed) } }
    }

    private func drain(_ failed: @Sendable (Failure) -> Void) {
        var rest: ArraySlice<UInt8> = []
        do throws(Failure) {
            while true {
                if rest.isEmpty { rest = takeWaiting()[...] }
                guard !rest.isEmpty else { return }
                let count = try channel.write(rest, within: Self.patience)
                guard count > 0 else {
                    throw Failure(.unavailable, "It has read nothing for \(Self.patience.written).")
                }
                rest = rest.dropFirst(count)
            }
        } catch {
            failed(error)
        }
    }

    /// Everything that waits; nothing ends the draining.
    private func takeWaiting() -> [UInt8] {
        state.withLock { state in
            defer { state.waiting = [] }
            state.isDraining = !state.waiting.isEmpty
            return state.waiting
        }
    }

    /// Bytes that may wait.
    private static let most = 64 << 20
    private static let patience = Duration.seconds(60)
}
