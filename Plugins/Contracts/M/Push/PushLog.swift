import PipelineEngine
import PipelineKit

/// Writes down what people could not be told; no secret is in it, and no whole token of a device.
struct PushLog: Sendable {
    let now: @Sendable () -> Instant
    let write: @Sendable ([String: JSONValue]) -> Void

    func note(
        _ failure: String,
        of message: PushMessage? = nil,
        by channel: (any PushChannel)? = nil,
        attempts: Int? = nil
    ) {
        line(
            channel,
            [
                "failed": .string(failure), "attempts": attempts.map(JSONValue.int),
                "run": (message?.run.value).map(JSONValue.string),
                "approval": (message?.approval.value).map(JSONValue.string),
            ]
        )
    }

    /// Says that a device was taken out.
    func noteGone(_ channel: any PushChannel) { line(channel, ["device_removed": true]) }

    private func line(_ channel: (any PushChannel)?, _ members: [String: JSONValue?]) {
        let place: [String: JSONValue?] = [
            "time": .string("\(now())"), "push": .string(channel?.name ?? "-"),
            "device": (channel?.device).map { .string($0.masked) },
        ]
        write([String: JSONValue]().adding(place).adding(members))
    }
}

extension String {
    /// Enough of a device's token to tell it from others, and not enough to send it anything.
    fileprivate var masked: String { String(prefix(8)) + (count > 8 ? "…" : "") }
}
