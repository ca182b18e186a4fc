import Foundation

/// A process that a test started: its lines as they come, signals to it, its end.
final class Running {
    private enum News: Sendable {
        /// With its line feed, where it has one.
        case line(String)
        case ended(Int)
    }

    let pid: pid_t
    /// Kept open, so that a program which ends with its input goes on until ``endInput()``.
    private let input: FileHandle
    private let errors: String
    private var news: AsyncStream<News>.Iterator
    private var output = ""
    private var status: Int?

    /// Starts a program in a group of its own, with no environment but this, and an empty standard input.
    ///
    /// - Parameter errors: The file that takes standard error.
    init(_ words: [String], _ environment: [String: String], in directory: String, errors: String) throws {
        self.errors = errors
        // env(1) changes the directory and becomes the program: there is no other process in between.
        let child = try Child.spawn(["/usr/bin/env", "-C", directory] + words, environment, errors: errors)
        pid = child.pid
        input = child.input
        let (news, continuation) = AsyncStream.makeStream(of: News.self)
        self.news = news.makeAsyncIterator()
        Self.watch(pid, child.output, continuation)
    }

    func send(_ signal: Int32) {
        if status == nil { kill(pid, signal) }
    }

    /// Writes to standard input of a program that still runs.
    func write(_ text: String) throws { try input.write(contentsOf: Data(text.utf8)) }

    func endInput() throws { try input.close() }

    /// The next line, or `nil` when the process has ended.
    func next() async -> String? {
        guard status == nil else { return nil }
        switch await news.next(isolation: #isolation) {
        case .line(let line):
            output += line
            return line
        case .ended(let status): self.status = status
        case nil: break
        }
        return nil
    }

    /// Reads lines up to one that holds the words; `nil` when the process ended without it.
    @discardableResult
    func wait(for words: String) async -> String? {
        while let line = await next() {
            if line.contains(words) { return line }
        }
        return nil
    }

    func ended() async -> Ended {
        while await next() != nil {}
        let said = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
        return Ended(output: output, errors: said, status: status ?? -1)
    }

    /// Milliseconds. No test waits longer for a process; one that says nothing for so long is killed, and fails its test.
    ///
    /// A server says nothing for as long as its test takes, and on a busy machine the longest took over four minutes.
    private static let patience: Int32 = 600_000

    /// Reads the output on a thread of its own, and then the status.
    private static func watch(_ pid: pid_t, _ output: FileHandle, _ news: AsyncStream<News>.Continuation) {
        Thread.detachNewThread {
            var rest: [UInt8] = []
            while true {
                var poll = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
                if Foundation.poll(&poll, 1, patience) == 0 { kill(pid, SIGKILL) }
                let data = output.availableData
                if data.isEmpty { break }
                rest += data
                while let end = rest.firstIndex(of: 10) {
                    news.yield(.line(String(decoding: rest[...end], as: UTF8.self)))
                    rest = Array(rest[(end + 1)...])
                }
            }
            if !rest.isEmpty { news.yield(.line(String(decoding: rest, as: UTF8.self))) }
            news.yield(.ended(Child.reap(pid)))
            news.finish()
        }
    }
}
