import Synchronization

/// Where programs of this machine reach the server, as soon as it listens.
final class ServedAddress: Sendable {
    private let text = Mutex<String?>(nil)

    func callAsFunction() -> String? { text.withLock(\.self) }

    /// - Parameter host: Where it listens; one that stands for all of the machine's addresses stands for the nearest here.
    func take(_ host: String, _ port: Int) {
        let near = ["0.0.0.0": "127.0.0.1", "::": "::1"][host] ?? host
        let name = near.contains(":") ? "[\(near)]" : near
        text.withLock { $0 = "http://\(name):\(port)" }
    }
}
