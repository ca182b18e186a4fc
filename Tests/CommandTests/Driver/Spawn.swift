import Foundation
import Synchronization

/// A process as it was started.
///
/// Foundation's `Process` is not used: it takes a process for ended only when all that it started have ended too.
struct Child {
    let pid: pid_t
    let input: FileHandle
    let output: FileHandle

    /// One at a time: a pipe is closed to other children only a moment after it was made.
    private static let turn = Mutex(())

    /// Starts a program in a process group of its own, so that a signal to the tests does not reach it.
    static func spawn(_ words: [String], _ environment: [String: String], errors: String) throws -> Child {
        try turn.withLock { _ in
            let (childInput, input) = try pipe()
            let (output, childOutput) = try pipe()
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_adddup2(&actions, childInput.fileDescriptor, STDIN_FILENO)
            posix_spawn_file_actions_adddup2(&actions, childOutput.fileDescriptor, STDOUT_FILENO)
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            return Child(pid: try spawn(words, environment, &actions), input: input, output: output)
        }
    }

    private static func spawn(
        _ words: [String],
        _ environment: [String: String],
        _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var pid: pid_t = 0
        let program = words[0]
        let assignments = environment.map { "\($0.key)=\($0.value)" }
        let number = withStrings(words) { words in
            withStrings(assignments) { posix_spawn(&pid, program, &actions, &attributes, words, $0) }
        }
        guard number == 0 else { throw POSIXError(POSIXErrorCode(rawValue: number) ?? .EINVAL) }
        return pid
    }

    private static func pipe() throws -> (reading: FileHandle, writing: FileHandle) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EMFILE) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (
            FileHandle(fileDescriptor: ends[0], closeOnDealloc: true),
            FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        )
    }

    /// Waits for a child.
    ///
    /// - Returns: its exit status, or 128 and the number of the signal that ended it.
    static func reap(_ pid: pid_t) -> Int {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return Int(status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f)
    }
}

private func withStrings<Value>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value) -> Value {
    let pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
}
