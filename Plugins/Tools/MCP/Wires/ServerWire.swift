import PipelineKit
import RPCKit

/// One thing asked of a server.
struct WireCall: Sendable {
    /// Unique in its session.
    let number: Int
    let method: String
    var params: [String: JSONValue]
    /// Sent beside the message where it goes by HTTP.
    var headers: [TransportRequest.Header] = []

    /// What of it a person knows: the tool, or else the method.
    var words: String { method == "tools/call" ? params["name"]?.text ?? method : method }
}

/// How messages reach a server, and how its answers come back.
protocol ServerWire: Sendable {
    func call(_ call: WireCall, within patience: Duration) async throws(RPCFault) -> JSONValue
    func notify(_ method: String) async
    /// Takes note of what is spoken from now on.
    func adopt(_ agreement: Agreement)
    /// Why nothing can be asked any more; `nil` as long as it can.
    var end: Failure? { get }
    /// Ends a server that may hang for good, where that is a program here.
    func close()
    func lastWords() async -> String?
}
