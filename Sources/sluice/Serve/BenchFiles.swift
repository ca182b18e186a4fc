import FoundationEssentials
import Glibc
import NativeContract
import PipelineKit

/// The files that benchmarks left, read for those who look at them in a browser.
struct BenchFiles: Sendable {
    /// No more than these are read, the newest.
    private static let most = 200
    /// Bytes; a file of the benchmark has some thousands.
    private static let largest = 256 << 10

    /// Absolute path of the directory; none has been made while there is no file.
    let directory: String
    /// Why a document is no record of such a benchmark; `nil` for one that is.
    let problem: @Sendable (JSONValue) -> String?

    /// What `sluice bench all --json` found.
    static func ofProgram(in stateDirectory: String) -> BenchFiles {
        BenchFiles(directory: BenchFolder.path(in: stateDirectory), problem: BenchRecord.problem)
    }

    /// What `sluice bench-models` found.
    static func ofModels(in stateDirectory: String) -> BenchFiles {
        BenchFiles(directory: ModelsRecord.path(in: stateDirectory), problem: ModelsRecord.problem)
    }

    /// Reads them on a thread of its own: a disk may take its time.
    func read() async -> Native.Benchmarks {
        await withCheckedContinuation { done in
            do throws(Failure) {
                try BlockingThread.start { done.resume(returning: all()) }
            } catch {
                done.resume(returning: Native.Benchmarks(skipped: [(directory, error.message)]))
            }
        }
    }

    private func all() -> Native.Benchmarks {
        var found = Native.Benchmarks()
        for name in names {
            do throws(Failure) {
                var members = try record(name).members
                members["file"] = .string(name)
                found.items.append(.object(members))
            } catch {
                found.skipped.append((name, error.message))
            }
        }
        return found
    }

    /// The newest first: the names are moments.
    private var names: ArraySlice<String> {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return all.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.sorted(by: >).prefix(Self.most)
    }

    private func record(_ name: String) throws(Failure) -> JSONValue {
        let bytes = try bytes(of: "\(directory)/\(name)")
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: bytes) } catch {
            throw Failure(.invalidInput, "\(error)")
        }
        if let problem = problem(json) { throw Failure(.invalidInput, problem) }
        return json
    }

    /// Of a file that stands there itself and is not too large; never waits, as it would for a pipe.
    private func bytes(of path: String) throws(Failure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw Failure(.denied, "It cannot be opened: \(String(cString: strerror(errno))).") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.invalidInput, "It is not a regular file.")
        }
        var bytes = [UInt8](repeating: 0, count: Self.largest + 1)
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw Failure(.denied, "It cannot be read: \(String(cString: strerror(errno))).") }
            guard more > 0 else { break }
            count += more
        }
        guard count <= Self.largest else {
            throw Failure(.invalidInput, "It has more than \(Self.largest / 1_024) kB.")
        }
        return Array(bytes[..<count])
    }
}
