public import PipelineKit

/// Writes down each request as one line of JSON.
///
/// Neither query nor fields are in it, so that no key, no ticket and nothing that people wrote gets into a log.
public struct RequestLog: Sendable {
    private let now: @Sendable () -> Instant
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter write: Takes a line with its line feed; called on the event loop, it must return soon.
    public init(now: @escaping @Sendable () -> Instant, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.now = now
        self.write = write
    }

    /// `{"at":"2026-11-21T09:30:00.250Z","id":"9f","peer":"127.0.0.1","key":"ci","method":"GET","path":"/api/runs/r1",`
    /// `"route":"/api/runs/{id}","contract":"retrai","status":200,"bytes":512,"ms":1.25}`
    public func record(_ request: FinishedRequest) {
        var line = JSONWriter(capacity: 320)
        line.object { line in
            line.member("at", "\(now())")
            line.member("id", request.id)
            line.member("peer", request.peer)
            line.member("key", request.principal)
            line.member("method", request.method.name)
            line.member("path", request.path)
            line.member("route", request.pattern)
            line.member("contract", request.contract)
            line.member("status", request.status.code)
            line.member("bytes", request.bytesOut)
            line.member("ms", Double(request.duration.wholeMicroseconds) / 1_000)
        }
        write(line.bytes + [UInt8(ascii: "\n")])
    }
}

extension Duration {
    /// What is finer is dropped.
    var wholeMicroseconds: Int64 {
        components.seconds.multipliedReportingOverflow(by: 1_000_000).partialValue
            &+ components.attoseconds / 1_000_000_000_000
    }
}
