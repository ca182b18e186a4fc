import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// A command that cannot be run says why.
struct RefusalTests {
    private func failure(_ command: Command) async -> Failure? {
        do throws(Failure) {
            _ = try await run(command)
            return nil
        } catch {
            return error
        }
    }

    @Test func aProgramThatIsNotInPATH() async {
        let failure = await failure(Command("pytst", ["-q"], in: "/"))
        #expect(failure == Failure(.missing, "'pytst' was not found in PATH."))
    }

    @Test func aProgramThatDoesNotExist() async {
        let failure = await failure(Command("/no/such/program", in: "/"))
        #expect(failure == Failure(.missing, "The program '/no/such/program' does not exist."))
    }

    @Test func aDirectoryThatDoesNotExist() async {
        let failure = await failure(Command("true", in: "/no/such/directory"))
        #expect(failure == Failure(.missing, "The directory '/no/such/directory' does not exist."))
    }

    @Test func aDirectoryThatIsAFile() async {
        let failure = await failure(Command("true", in: "/etc/passwd"))
        #expect(failure == Failure(.missing, "'/etc/passwd' is not a directory."))
    }

    @Test func filesThatAreNoPrograms() async throws {
        try await withTemporaryWorkspace(["plain": "#!/bin/sh\n", "odd": "#!/no/sh\n", "words": "hello\n"]) {
            workspace in
            let path = workspace.path
            for name in ["odd", "words"] {
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(path)/\(name)")
            }
            let plain = await failure(Command("./plain", in: path))
            #expect(plain == Failure(.missing, "'./plain' is not an executable file."))
            let odd = await failure(Command("./odd", in: path))
            #expect(odd?.message == "'./odd' cannot be run, because the interpreter it names does not exist.")
            let words = await failure(Command("./words", in: path))
            #expect(words?.message == "'./words' is not a program; a script begins with a line such as '#!/bin/sh'.")
        }
    }

    @Test(arguments: [
        (Command("print\0f", in: "/"), "The name of the program holds a NUL byte, which no program can be given."),
        (Command("true", in: "/\0"), "The name of the directory holds a NUL byte, which no program can be given."),
        (
            Command("printf", ["a", "b\0"], in: "/"),
            "Argument 2 of 'printf' holds a NUL byte, which no program can be given."
        ),
        (
            Command("true", in: "/", environment: ["A": "\0"]),
            "The environment variable 'A' holds a NUL byte, which no program can be given."
        ),
        (Command("true", in: "/", environment: ["A=B": ""]), "'A=B' cannot be the name of an environment variable."),
    ])
    func wordsThatNoProgramCanBeGiven(command: Command, message: String) async {
        #expect(await failure(command) == Failure(.invalidInput, message))
    }

    @Test func moreWordsThanTheSystemTakes() async {
        let command = Command("true", [String(repeating: "a", count: 200_000)], in: "/")
        let size = 200_001 + "true".utf8.count + 1
        let failure = await failure(command)
        #expect(failure?.kind == .invalidInput)
        let count = failure.flatMap { $0.message.prefix { $0.isNumber } }.flatMap { Int($0) } ?? 0
        #expect(count >= size)
        #expect(failure?.message == "\(count) bytes of arguments and environment are too many for 'true'.")
    }
}
