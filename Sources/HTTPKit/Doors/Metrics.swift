import Synchronization

/// What a server counts, in the text format that Prometheus reads:
/// <https://prometheus.io/docs/instrumenting/exposition_formats/>, version 0.0.4.
///
/// Requests are counted by the pattern of their route and never by what stands in a path, so that the number of series
/// is bounded whatever clients send.
public final class Metrics: Sendable {
    /// How a number changes.
    public enum Kind: String, Sendable {
        /// Only grows, until the process ends.
        case counter
        case gauge
    }

    private struct Reading {
        let name: String
        let help: String
        let kind: Kind
        let read: @Sendable () -> Double
    }

    private struct Figures {
        var counts: [RequestLabels: Int] = [:]
        var bytes: [RequestLabels: Int] = [:]
        var durations: [RequestLabels: Histogram] = [:]
        var readings: [Reading] = []
    }

    private let figures = Mutex(Figures())

    public init() {}

    /// What the text says it is: `Content-Type`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Adds a number that is asked for whenever somebody looks.
    ///
    /// - Parameters:
    ///   - name: `sluice_connections_open`; a counter's ends with `_total`.
    ///   - help: One sentence.
    /// - Precondition: no other has the name.
    public func add(_ name: String, _ help: String, _ kind: Kind = .gauge, read: @escaping @Sendable () -> Double) {
        figures.withLock { figures in
            precondition(!figures.readings.contains { $0.name == name }, "Two metrics are named '\(name)'.")
            figures.readings.append(Reading(name: name, help: help, kind: kind, read: read))
        }
    }

    public func record(_ request: FinishedRequest) {
        let labels = RequestLabels(request)
        figures.withLock { figures in
            figures.counts[labels, default: 0] += 1
            figures.bytes[labels, default: 0] += request.bytesOut
            figures.durations[labels.withoutStatus, default: Histogram()].add(request.duration)
        }
    }

    /// All of it as text.
    public func text() -> String {
        let figures = figures.withLock(\.self)
        var text = MetricsText()
        text.family("sluice_http_requests_total", "Requests that were answered.", "counter")
        for (labels, count) in figures.counts.sorted(by: { $0.key < $1.key }) {
            text.sample("sluice_http_requests_total", labels.pairs, Double(count))
        }
        text.family("sluice_http_response_bytes_total", "Bytes of responses, with their heads.", "counter")
        for (labels, count) in figures.bytes.sorted(by: { $0.key < $1.key }) {
            text.sample("sluice_http_response_bytes_total", labels.pairs, Double(count))
        }
        text.family("sluice_http_request_duration_seconds", "How long requests and streams took.", "histogram")
        for (labels, histogram) in figures.durations.sorted(by: { $0.key < $1.key }) {
            text.histogram("sluice_http_request_duration_seconds", labels.pairs, histogram)
        }
        for reading in figures.readings {
            text.family(reading.name, reading.help, reading.kind.rawValue)
            text.sample(reading.name, [], reading.read())
        }
        return text.text
    }
}

/// What requests are told apart by.
private struct RequestLabels: Hashable, Comparable {
    let contract: String
    let method: String
    let route: String
    /// `2xx`; empty where it does not matter.
    var status: String

    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    init(_ request: FinishedRequest) {
        contract = request.contract
        method = Self.methods.contains(request.method.name) ? request.method.name : "other"
        route = request.pattern ?? "none"
        status = "\(request.status.code / 100)xx"
    }

    var withoutStatus: RequestLabels {
        var labels = self
        labels.status = ""
        return labels
    }

    var pairs: [(String, String)] {
        [("contract", contract), ("method", method), ("route", route)] + (status.isEmpty ? [] : [("status", status)])
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.contract, left.route, left.method, left.status) < (
            right.contract, right.route, right.method, right.status
        )
    }
}
