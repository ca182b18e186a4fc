/// The settings that are times, in milliseconds, as the loop counts them.
struct Times {
    let header: Int
    let body: Int
    let idle: Int
    let stall: Int
    let close: Int
    let heartbeat: Int
    let workSign: Int

    init(_ settings: ListenerSettings) {
        header = settings.headerTimeout.milliseconds
        body = settings.bodyTimeout.milliseconds
        idle = settings.idleTimeout.milliseconds
        stall = settings.stallTimeout.milliseconds
        close = settings.closeTimeout.milliseconds
        heartbeat = settings.heartbeat.milliseconds
        workSign = settings.workSign.milliseconds
    }
}

extension Duration {
    /// At least 1.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(clamping: seconds).multipliedOrMax(by: 1000) + Int(attoseconds / 1_000_000_000_000_000))
    }
}

extension Int {
    fileprivate func multipliedOrMax(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        // Half of it, so that a time may be added.
        return overflow ? (self < 0 ? .min : .max) / 2 : product
    }
}
