/// Scripts of sed that print and change text on its way, and do nothing else.
enum SedScript {
    static let onlyPrints: @Sendable (ProgramCall) -> Bool = { call in
        var rest = call.operands[...]
        var scripts: [String] = []
        while let word = rest.first, word.mayBeOption {
            guard let option = word.literal else { return false }
            rest = rest.dropFirst()
            switch option {
            case "-n", "-E", "-r", "-u", "-z", "-nE", "-En", "-nr", "-rn", "--quiet", "--silent", "--regexp-extended":
                continue
            case "-e", "-ne":
                guard let script = rest.popFirst()?.literal else { return false }
                scripts.append(script)
            default: return false
            }
        }
        if scripts.isEmpty {
            guard let script = rest.popFirst()?.literal else { return false }
            scripts.append(script)
        }
        return scripts.allSatisfy(isHarmless) && rest.allSatisfy { !$0.mayBeOption }
    }

    /// Whether all of a script is known here: `1,20p`, `/a/d`, `s/a/b/g`, joined by semicolons.
    static func isHarmless(_ script: String) -> Bool {
        var reader = Reader(bytes: Array(script.utf8))
        repeat {
            reader.skipBlanks()
            guard reader.addresses(), reader.command() else { return false }
            reader.skipBlanks()
        } while reader.skip(UInt8(ascii: ";"))
        return reader.isAtEnd
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        var isAtEnd: Bool { place == bytes.count }
        var next: UInt8? { place < bytes.count ? bytes[place] : nil }

        mutating func skip(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            place += 1
            return true
        }

        mutating func skipBlanks() { while next?.isBlank == true { place += 1 } }

        mutating func addresses() -> Bool {
            guard let isGiven = address() else { return false }
            guard isGiven, skip(UInt8(ascii: ",")) else { return true }
            return address() == true
        }

        /// - Returns: whether there is one; `nil` for one that is not complete.
        private mutating func address() -> Bool? {
            if skip(UInt8(ascii: "$")) { return true }
            if next == UInt8(ascii: "/") {
                place += 1
                return part(until: UInt8(ascii: "/")) ? true : nil
            }
            let begin = place
            while next?.isDigit == true { place += 1 }
            return place > begin
        }

        mutating func command() -> Bool {
            guard let letter = next else { return false }
            place += 1
            switch letter {
            case UInt8(ascii: "p"), UInt8(ascii: "d"), UInt8(ascii: "q"), UInt8(ascii: "="): return true
            case UInt8(ascii: "s"): return substitution()
            default: return false
            }
        }

        private mutating func substitution() -> Bool {
            guard let mark = next, !mark.isOfName, mark != UInt8(ascii: "\\"), mark != 0x0A, mark < 0x80 else {
                return false
            }
            place += 1
            guard part(until: mark), part(until: mark) else { return false }
            while let flag = next, flag.isDigit || "gpiI".utf8.contains(flag) { place += 1 }
            return true
        }

        /// Goes behind the next mark that has no backslash.
        ///
        /// A bracket may hold one that does not count, and is not known here.
        private mutating func part(until mark: UInt8) -> Bool {
            while let byte = next, byte != mark {
                guard byte != 0x0A, byte != UInt8(ascii: "[") || mark == UInt8(ascii: "/") else { return false }
                if byte == UInt8(ascii: "["), !bracketIsPlain(mark) { return false }
                place += byte == UInt8(ascii: "\\") ? 2 : 1
            }
            return skip(mark)
        }

        /// Whether a bracket closes before the next mark.
        private func bracketIsPlain(_ mark: UInt8) -> Bool {
            for byte in bytes[(place + 1)...] {
                if byte == UInt8(ascii: "]") { return true }
                if byte == mark || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "[") { return false }
            }
            return false
        }
    }
}

/// Programs of awk that print what they read, and neither start, write nor open anything.
enum AwkProgram {
    static let onlyPrints: @Sendable (ProgramCall) -> Bool = { call in
        var rest = call.operands[...]
        while let word = rest.first, word.mayBeOption {
            guard let option = word.literal else { return false }
            rest = rest.dropFirst()
            if option == "-F" {
                guard rest.popFirst()?.literal != nil else { return false }
            } else if !option.hasPrefix("-F") {
                return false
            }
        }
        guard let program = rest.popFirst()?.literal else { return false }
        return isHarmless(program) && rest.allSatisfy { !$0.mayBeOption }
    }

    static func isHarmless(_ program: String) -> Bool {
        !program.utf8.contains { "|>@".utf8.contains($0) }
            && !["system", "getline", "ARGV", "ARGC", "SYMTAB"].contains { program.contains($0) }
    }
}
