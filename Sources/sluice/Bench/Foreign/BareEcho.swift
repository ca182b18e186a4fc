import Glibc
import PipelineKit

/// What two processes need to pass a line to and fro and nothing else: `cat`, two pipes, no thread and no wait but read(2).
final class BareEcho {
    private let program: PipedProgram
    private let line: [UInt8]
    private var answer: [UInt8]

    /// - Parameter bytes: Of the line; as many as a request has that is compared.
    init(bytes: Int) throws(Failure) {
        do throws(CommandError) { program = try PipedProgram("/bin/cat", ["cat"]) } catch {
            throw Failure(.missing, error.message)
        }
        line = [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
        answer = line
    }

    deinit { program.end(within: 1000) }

    func pass() throws(Failure) {
        guard write(program.input, line, line.count) == line.count,
            read(program.output, &answer, answer.count) == line.count
        else { throw Failure(.unavailable, "'cat' does not answer.") }
    }
}
