import FoundationEssentials
import Glibc
public import PipelineKit
import Synchronization

/// The operator's policy as it stands in its file now.
///
/// The file is looked at whenever somebody decides, and read again when it is another one. One that cannot be read, or has
/// mistakes, counts as a policy that asks about everything: what it may forbid is not known.
public final class PolicyFile: Sendable {
    /// What stat(2) tells of a version of a file.
    private struct Stamp: Sendable, Equatable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
        var changed: Int
    }

    /// The largest file, in bytes.
    static let mostBytes = 1_000_000

    /// Absolute.
    public let path: String
    private let registry: Registry
    private let known = Mutex<(stamp: Stamp, policy: OperatorPolicy)?>(nil)

    /// - Parameters:
    ///   - path: Absolute.
    ///   - registry: The tools that rules may name.
    public init(_ path: String, registry: Registry) {
        self.path = path
        self.registry = registry
    }

    /// The policy in force for calls in a workspace.
    public func current(for workspace: Workspace? = nil) -> OperatorPolicy {
        var policy = read()
        if let workspace, let problem = problem(in: workspace.path) ?? problem(in: workspace.project) {
            policy.problem = problem
        }
        return policy
    }

    /// Why the file does not count for work in a directory; `nil` when it lies elsewhere.
    public func problem(in directory: String) -> String? {
        guard let root = Self.real(directory), let file = Self.real(path) else { return nil }
        guard file.hasPrefix(root == "/" ? "/" : root + "/") else { return nil }
        return "The policy file '\(path)' lies in '\(directory)', where the model could change it. Keep it elsewhere."
    }

    private func read() -> OperatorPolicy {
        guard let stamp = stamp() else {
            let words = String(cString: strerror(errno))
            return OperatorPolicy(version: "missing", problem: "The policy file '\(path)' cannot be read: \(words).")
        }
        if let known = known.withLock({ $0 }), known.stamp == stamp { return known.policy }
        let policy = parse()
        known.withLock { $0 = (stamp, policy) }
        return policy
    }

    private func parse() -> OperatorPolicy {
        let bytes = Once { [path] in Result { () throws(Failure) in try PolicyFile.bytes(of: path) } }
        let digest = (try? bytes().get()).map { "\(Digest(of: $0))" } ?? "unreadable"
        let version = String(digest.prefix(12))
        do throws(Diagnostics) {
            var policy = try Self.policy(path, registry) { _ throws(Failure) in try bytes().get() }
            policy.version = version
            return policy
        } catch {
            let first = "\(error)".split(separator: "\n").first.map(String.init) ?? "it has mistakes."
            return OperatorPolicy(version: version, problem: "The policy file has mistakes: \(first)")
        }
    }

    /// Reads a policy and checks its rules.
    ///
    /// - Throws: every mistake of the file, each with its line.
    public static func policy(
        _ path: String,
        _ registry: Registry,
        _ read: (String) throws(Failure) -> [UInt8]
    ) throws(Diagnostics) -> OperatorPolicy {
        let members = try SettingsFile.read(path, as: OperatorPolicySyntax.self, read) { syntax in
            LintCheck.findings(allow: syntax.allow ?? [], ask: syntax.ask, deny: syntax.deny, registry)
        }
        var reader = FieldReader()
        let syntax = OperatorPolicySyntax(.object(members), &reader) ?? OperatorPolicySyntax()
        return OperatorPolicy(allow: syntax.allow, ask: syntax.ask, deny: syntax.deny, hooks: syntax.hooks)
    }

    /// - Throws: ``Failure`` with a reason that completes `Cannot read this file: `.
    private static func bytes(of path: String) throws(Failure) -> [UInt8] {
        let bytes = try PipelineSources.disk(path)
        guard bytes.count <= mostBytes else { throw Failure(.invalidInput, "it is larger than 1 MB.") }
        return bytes
    }

    private func stamp() -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            inode: UInt64(status.st_ino),
            size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec,
            changed: status.st_ctim.tv_sec &* 1_000_000_000 &+ status.st_ctim.tv_nsec
        )
    }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
