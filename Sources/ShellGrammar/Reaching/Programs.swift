/// What is known of programs. Those that are not here may do anything.
enum Programs {
    enum Rule: Sendable {
        /// Reads no file: its words are text.
        case prints(OptionGuard)
        /// Reads the files that it is given, and what is below directories that it is given.
        case reads(OptionGuard)
        /// Reads, when the check says so.
        case checked(@Sendable (ProgramCall) -> Bool)
        /// Writes files that it is given, and starts nothing.
        case writes
        /// Speaks to other machines, and writes files.
        case network
        case git
    }

    static let rules: [String: Rule] = {
        var rules: [String: Rule] = [:]
        for name in printing { rules[name] = .prints(.any) }
        for name in reading { rules[name] = .reads(.any) }
        for name in ["wc", "du"] {
            rules[name] = .reads(OptionGuard(letters: "L", long: ["files0-from", "dereference"]))
        }
        for name in sums { rules[name] = .reads(OptionGuard(letters: "c", long: ["check"])) }
        for name in ["grep", "egrep", "fgrep"] {
            rules[name] = .reads(OptionGuard(letters: "R", long: ["dereference-recursive"]))
        }
        for name in writing { rules[name] = .writes }
        for name in ["curl", "wget", "nc", "ncat", "telnet", "ftp", "ping", "dig", "nslookup", "host"] {
            rules[name] = .network
        }
        rules.merge(guarded) { _, new in new }
        rules.merge(checked) { _, new in new }
        rules["git"] = .git
        return rules
    }()

    /// Programs that run the commands in their words.
    static let shells: Set<String> = ["bash", "sh", "dash", "zsh", "ksh", "busybox", "eval"]
    /// Programs that run the command that some of their words are.
    static let starters: Set<String> = [
        "sudo", "doas", "su", "xargs", "env", "nice", "timeout", "nohup", "command", "builtin", "exec", "setsid",
        "stdbuf",
        "ionice", "chrt", "taskset", "watch", "find", "parallel", "chroot", "unshare", "strace", "ltrace", "busybox",
        "time", "flock", "script", "ssh", "fd", "entr", "source", ".",
    ]

    private static let printing = [
        ":", "true", "false", "echo", "pwd", "sleep", "basename", "dirname", "seq", "expr", "uname", "whoami", "id",
        "nproc", "arch", "uptime", "exit", "break", "continue", "which", "numfmt",
    ]

    /// None of them has an option that writes or starts anything.
    private static let reading = [
        "cat", "head", "tail", "nl", "tac", "rev", "cut", "paste", "tr", "fold", "fmt", "expand", "unexpand",
        "column", "comm", "join", "cmp", "sum", "od", "hexdump", "strings", "base64", "base32", "ls", "dir", "stat",
        "realpath", "readlink",
    ]

    private static let sums = [
        "md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum", "cksum",
    ]

    private static let writing = [
        "rm", "rmdir", "mv", "cp", "mkdir", "touch", "ln", "tee", "chmod", "chown", "chgrp", "truncate", "dd", "unlink",
        "mktemp", "gzip", "gunzip", "bzip2", "bunzip2", "xz", "unxz",
    ]

    private static let guarded: [String: Rule] = [
        "printf": .prints(OptionGuard(first: true)),
        "type": .prints(.any),
        "test": .prints(OptionGuard(words: ["-v", "-R"])),
        "[": .prints(OptionGuard(words: ["-v", "-R"])),
        "diff": .reads(OptionGuard(letters: "l", long: ["paginate"])),
        "sort": .reads(
            OptionGuard(letters: "oT", long: ["output", "compress-program", "temporary-directory", "files0-from"])
        ),
        "tree": .reads(OptionGuard(letters: "olR", long: ["output", "fromfile", "fromtabfile"])),
        "file": .reads(
            OptionGuard(
                letters: "CzZfm",
                long: ["compile", "uncompress", "uncompress-noreport", "files-from", "magic-file"]
            )
        ),
        "rg": .reads(
            OptionGuard(
                letters: "zLf",
                long: ["pre", "pre-glob", "hostname-bin", "search-zip", "follow", "file", "ignore-file"]
            )
        ),
        "find": .reads(
            OptionGuard(
                words: [
                    "-exec", "-execdir", "-ok", "-okdir", "-delete", "-fprint", "-fprint0", "-fprintf", "-fls", "-L",
                    "-follow", "-files0-from", "-H",
                ],
                isStrict: true
            )
        ),
    ]

    private static let checked: [String: Rule] = [
        "cd": .checked { $0.operands.count == 1 && $0.operands[0].path != nil && $0.operands[0].path != "-" },
        // The second name is that of a file which it writes; '-' is one, and so is all behind '--'.
        "uniq": .checked { call in
            let names = call.operands.filter { $0.literal == "-" || !$0.mayBeOption }
            return names.count <= 1 && !call.operands.contains { $0.literal == "--" }
                && OptionGuard.strict.allow(call.operands)
        },
        "set": .checked { call in
            call.operands.allSatisfy {
                ["-e", "-u", "-eu", "-euo", "-o", "-eo", "-uo", "pipefail"].contains($0.literal)
            }
        },
        "command": .checked { call in
            call.operands.count == 2 && ["-v", "-V"].contains(call.operands[0].literal)
        },
        "date": .checked { call in
            call.operands.allSatisfy { word in
                guard let text = word.literal else { return false }
                return text.hasPrefix("+") || ["-u", "-R", "-I", "-Iseconds", "--utc", "--iso-8601"].contains(text)
            }
        },
        "jq": .checked { call in
            OptionGuard(letters: "fL", long: ["from-file", "library-path", "run-tests"]).allow(call.operands)
                && !call.operands.contains { ($0.literal ?? "import").contains("import") }
                && !call.operands.contains { $0.literal?.contains("include") ?? false }
        },
        "tar": .checked(isListing),
        "sed": .checked(SedScript.onlyPrints),
        "awk": .checked(AwkProgram.onlyPrints),
        "gawk": .checked(AwkProgram.onlyPrints),
        "mawk": .checked(AwkProgram.onlyPrints),
    ]

    /// `tar -tzf FILE`
    private static let isListing: @Sendable (ProgramCall) -> Bool = { call in
        guard call.operands.count == 2, let letters = call.operands[0].literal, let archive = call.operands[1].path,
            !archive.contains(":")
        else { return false }
        return letters.contains("t") && letters.hasSuffix("f") && letters.allSatisfy { "-tvzjJf".contains($0) }
    }
}

/// The options with which a program does more than read.
struct OptionGuard: Sendable {
    /// Of one letter, also together with others: `-no`.
    var letters = ""
    /// Long ones, which may be shortened: `--out` for `--output`.
    var long: [String] = []
    /// Whole words.
    var words: Set<String> = []
    /// Whether a word that is not known must not be an option, though none is forbidden.
    var isStrict = false
    /// Whether only the first word counts, and may be no option at all.
    var first = false

    static let any = OptionGuard()
    static let strict = OptionGuard(isStrict: true)

    func allow(_ operands: [Operand]) -> Bool {
        if first { return operands.first.map { !$0.mayBeOption } ?? true }
        let isOpen = letters.isEmpty && long.isEmpty && words.isEmpty && !isStrict
        return isOpen || operands.allSatisfy(allows)
    }

    private func allows(_ operand: Operand) -> Bool {
        if case .inside(let prefix) = operand, prefix.hasPrefix("--"), prefix.contains("=") {
            return allows(.literal(prefix))
        }
        guard let word = operand.literal else { return !operand.mayBeOption }
        if words.contains(word) { return false }
        guard word.hasPrefix("-"), word != "-", word != "--" else { return true }
        guard word.hasPrefix("--") else { return !word.contains { letters.contains($0) } }
        let name = word.dropFirst(2).prefix { $0 != "=" }
        return !long.contains { $0.hasPrefix(name) }
    }
}
