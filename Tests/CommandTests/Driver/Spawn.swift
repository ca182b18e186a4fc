import Foundation

/// Starts a program in a process group of its own, so that a signal to the tests does not reach it.
///
/// Foundation's `Process` is not used: it takes a process for ended only when all that it started have ended too.
func spawn(_ words: [String], _ environment: [String: String], output: Int32, errors: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)

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
    let assignments = environment.map { "\($0.key)=\($0.value)" }
    let program = words[0]
    let number = withStrings(words) { words in
        withStrings(assignments) { posix_spawn(&pid, program, &actions, &attributes, words, $0) }
    }
    guard number == 0 else { throw POSIXError(POSIXErrorCode(rawValue: number) ?? .EINVAL) }
    return pid
}

/// Waits for a child.
///
/// - Returns: its exit status, or 128 and the number of the signal that ended it.
func reap(_ pid: pid_t) -> Int {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return Int(status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f)
}

private func withStrings<Value>(
    _ strings: [String],
    _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
) -> Value {
    let pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
}
