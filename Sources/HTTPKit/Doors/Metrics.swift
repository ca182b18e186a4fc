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
        var requests: [RequestLabels: RequestFigures] = [:]
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
            figures.requests[labels, default: RequestFigures()].add(request)
        }
    }

    /// All of it as text.
    public func text() -> String {
        let figures = figures.withLock(\.self)
        var text = MetricsText()
        text.family("sluice_http_requests_total", "Requests that were answered.", "counter")
        let requests = figures.requests.sorted { $0.key < $1.key }
        for (labels, figures) in requests {
            for (pairs, sent) in figures.byStatus(labels) {
                text.sample("sluice_http_requests_total", pairs, Double(sent.count))
            }
        }
        text.family("sluice_http_response_bytes_total", "Bytes of responses, with their heads.", "counter")
        for (labels, figures) in requests {
            for (pairs, sent) in figures.byStatus(labels) {
                text.sample("sluice_http_response_bytes_total", pairs, Double(sent.bytes))
            }
        }
        text.family("sluice_http_request_duration_seconds", "How long requests and streams took.", "histogram")
        for (labels, figures) in requests {
            text.histogram("sluice_http_request_duration_seconds", labels.pairs, figures.durations)
        }
        for reading in figures.readings {
            text.family(reading.name, reading.help, reading.kind.rawValue)
            text.sample(reading.name, [], reading.read())
        }
        return text.text
    }
}
