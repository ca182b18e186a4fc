import Foundation

/// Processes that a test starts, told from all others by how long they sleep.
public struct ProcessMark: Sendable {
    private let seconds = "\(Int.random(in: 1_000_000..<1_000_000_000))"

    public init() {}

    /// The command line with the seconds of this mark in place of MARK.
    public func on(_ line: String) -> String { line.replacing("MARK", with: seconds) }

    /// The command lines of processes that have the mark in theirs.
    public var processes: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { pid in
            guard let line = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline")) else { return nil }
            let text = String(decoding: line, as: UTF8.self).replacing("\0", with: " ")
            return text.contains(seconds) ? text : nil
        }
    }

    /// Looks again until there are as many as this, or thirty seconds have passed.
    public func settled(at count: Int) async -> [String] {
        let deadline = ContinuousClock.now + .seconds(30)
        while processes.count != count, ContinuousClock.now < deadline { await Task.yield() }
        return processes
    }
}
