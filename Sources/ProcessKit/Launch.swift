import CLinux
import FoundationEssentials
import Glibc
import PipelineKit

/// A command in the form that the system takes: a path, and words without NUL.
struct Launch {
    let path: String
    /// The name the program is called by, then its arguments.
    let words: [String]
    let environment: [String]
    let directory: String
    private let confinement: Confinement?
    /// Where the supervisor notes itself, so that a later process can end what it left.
    private let record: Record?

    /// - Throws: ``Failure/Kind/missing`` for a program that is not in PATH, ``Failure/Kind/invalidInput`` for NUL.
    init(_ command: Command) throws(Failure) {
        let own = try Self.environment(of: command)
        let environment = Environment.minimal.merging(own) { _, own in own }
        words = [command.program] + command.arguments
        self.environment = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        directory = command.directory
        confinement = command.confinement
        try Self.check(command, environment)
        path = try Self.path(of: command.program, searching: environment["PATH"] ?? "")
        record = command.confinement == nil ? ProcessRecords.shared.take() : nil
    }

    private static func environment(of command: Command) throws(Failure) -> [String: String] {
        let given = try command.confinement.map { walls throws(Failure) in try Rooms.shared.environment(of: walls) }
        return (given ?? ProcessRecords.shared.environment).merging(command.environment) { _, own in own }
    }

    /// Forgets a command of which nothing is left.
    func forget() {
        if let record { ProcessRecords.shared.give(back: record) }
    }

    private static func path(of program: String, searching path: String) throws(Failure) -> String {
        guard !program.contains("/") else { return program }
        guard let found = Programs.find(program, in: path) else {
            throw Failure(.missing, "'\(program)' was not found in PATH.")
        }
        return found
    }

    private static func check(_ command: Command, _ environment: [String: String]) throws(Failure) {
        func refuse(_ what: String) -> Failure {
            Failure(.invalidInput, "\(what) holds a NUL byte, which no program can be given.")
        }
        guard !command.program.utf8.contains(0) else { throw refuse("The name of the program") }
        guard !command.directory.utf8.contains(0) else { throw refuse("The name of the directory") }
        if let index = command.arguments.firstIndex(where: { $0.utf8.contains(0) }) {
            throw refuse("Argument \(index + 1) of '\(command.program)'")
        }
        if let name = environment.keys.sorted().first(where: { $0.isEmpty || $0.contains("=") || $0.utf8.contains(0) })
        {
            throw Failure(.invalidInput, "'\(name)' cannot be the name of an environment variable.")
        }
        if let name = environment.keys.sorted().first(where: { environment[$0]?.utf8.contains(0) ?? false }) {
            throw refuse("The environment variable '\(name)'")
        }
    }

    /// What become the command's 0, 1, 2 and, where it is not -1, 3, and the supervisor's end of the control socket.
    typealias Descriptors = (input: Int32, output: Int32, errors: Int32, report: Int32, control: Int32)

    /// Starts the command under a supervisor, or in its room.
    func start(_ descriptors: Descriptors) throws(Failure) -> Keeper {
        let started: Result<Keeper, Failure> = withLaunch(descriptors) { launch in
            if let confinement {
                return Result { () throws(Failure) in .room(try Rooms.shared.start(&launch, in: confinement)) }
            }
            let pid = sluice_start(&launch)
            return pid > 0 ? .success(.supervisor(pid)) : .failure(SystemError.failure("start '\(words[0])'", -pid))
        }
        if case .failure = started { forget() }
        return try started.get()
    }

    /// Lends the command in the form the system takes.
    private func withLaunch<Result>(_ descriptors: Descriptors, _ body: (inout sluice_launch) -> Result) -> Result {
        withCStrings(words) { words in
            withCStrings(environment) { environment in
                path.withCString { path in
                    directory.withCString { directory in
                        var launch = sluice_launch(
                            limits: confinement?.limits.forSystem ?? sluice_limits(),
                            program: path,
                            arguments: words,
                            environment: environment,
                            directory: directory,
                            input: descriptors.input,
                            output: descriptors.output,
                            errors: descriptors.errors,
                            report: descriptors.report,
                            control: descriptors.control,
                            record: record?.file ?? -1,
                            place: Int64(record?.offset ?? 0)
                        )
                        return body(&launch)
                    }
                }
            }
        }
    }

    /// What a supervisor's report of a failed start means.
    func failure(_ kind: Int, _ code: Int32) -> Failure {
        switch kind {
        case SLUICE_NO_DIRECTORY: directoryFailure(code)
        case SLUICE_NOT_EXECUTED: programFailure(code)
        case SLUICE_NOT_ENTERED: SystemError.failure("enter the sandbox for '\(words[0])'", code)
        default: SystemError.failure("start '\(words[0])'", code)
        }
    }

    private func directoryFailure(_ code: Int32) -> Failure {
        switch code {
        case ENOENT where confinement != nil && FileManager.default.fileExists(atPath: directory):
            Failure(.missing, "The directory '\(directory)' is not there in the sandbox. \(Self.advice)")
        case ENOENT: Failure(.missing, "The directory '\(directory)' does not exist.")
        case ENOTDIR: Failure(.missing, "'\(directory)' is not a directory.")
        default: Failure(.missing, "The directory '\(directory)' cannot be entered: \(SystemError.words(code)).")
        }
    }

    private func programFailure(_ code: Int32) -> Failure {
        let exists = FileManager.default.fileExists(atPath: path.hasPrefix("/") ? path : "\(directory)/\(path)")
        return switch code {
        case ENOENT where exists && confinement != nil:
            Failure(
                .missing,
                "The program '\(path)', or the interpreter it names, is not there in the sandbox. \(Self.advice)"
            )
        case ENOENT where exists:
            Failure(.missing, "'\(path)' cannot be run, because the interpreter it names does not exist.")
        case ENOENT: Failure(.missing, "The program '\(path)' does not exist.")
        case EACCES: Failure(.missing, "'\(path)' is not an executable file.")
        case ENOEXEC: Failure(.missing, "'\(path)' is not a program; a script begins with a line such as '#!/bin/sh'.")
        case E2BIG: Failure(.invalidInput, "\(size) bytes of arguments and environment are too many for '\(words[0])'.")
        default: SystemError.failure("run '\(path)'", code)
        }
    }

    private static let advice = "Name its directory under 'workspace: readable:'."

    private var size: Int { (words + environment).reduce(0) { $0 + $1.utf8.count + 1 } }
}

/// Who watches over a command.
enum Keeper {
    /// A process, which has to be waited for.
    case supervisor(pid_t)
    /// Somebody in a room, which has to be held until the command has ended.
    case room(Room)
}

/// Lends copies of the texts as C wants them, the array ended by a null pointer.
public func withCStrings<Result>(
    _ texts: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = texts.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("An array with an element has an address.") }
        return body(base)
    }
}
