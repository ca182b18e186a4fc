/// What requests are told apart by, besides their status.
struct RequestLabels: Hashable, Comparable {
    let contract: String
    let method: String
    let route: String

    /// The most frequent first.
    private static let methods = ["GET", "POST", "HEAD", "PATCH", "DELETE", "PUT", "OPTIONS"]

    init(_ request: FinishedRequest) {
        contract = request.contract
        method = Self.methods.contains(request.method.name) ? request.method.name : "other"
        route = request.pattern ?? "none"
    }

    var pairs: [(String, String)] { [("contract", contract), ("method", method), ("route", route)] }

    static func < (left: Self, right: Self) -> Bool {
        (left.contract, left.route, left.method) < (right.contract, right.route, right.method)
    }
}

/// What is counted of requests with the same labels.
struct RequestFigures {
    struct Sent {
        var count = 0
        var bytes = 0
    }

    private(set) var durations = Histogram()
    /// By the first digit of the status.
    private var sent: [Int: Sent] = [:]

    mutating func add(_ request: FinishedRequest) {
        sent[request.status.code / 100, default: Sent()].count += 1
        sent[request.status.code / 100, default: Sent()].bytes += request.bytesOut
        durations.add(request.duration)
    }

    /// With `("status", "2xx")` behind the pairs of the labels.
    func byStatus(_ labels: RequestLabels) -> [([(String, String)], Sent)] {
        sent.sorted { $0.key < $1.key }.map { (labels.pairs + [("status", "\($0.key)xx")], $0.value) }
    }
}
