import FoundationEssentials
import Glibc
import PipelineKit
import ProcessKit

/// The helper process: it loads libraries and calls what is in them, so that a crash of theirs is a call that failed.
///
/// One request a line on standard input, one answer a line on what was standard output, with the number of its request. A
/// library that prints does so on standard error.
public enum ModuleHost {
    /// What this program is called with to be a helper.
    public static let word = "module-host"

    /// Absolute path of this program.
    public static let program: String = {
        guard let path = realpath("/proc/self/exe", nil) else { return "sluice" }
        defer { free(path) }
        return String(cString: path)
    }()

    /// Answers until there are no more requests.
    public static func run() {
        let requests = fcntl(0, F_DUPFD_CLOEXEC, 3)
        let answers = fcntl(1, F_DUPFD_CLOEXEC, 3)
        let own = getpid()
        let null = open("/dev/null", O_RDONLY)
        _ = (dup2(null, 0), dup2(2, 1), close(null))
        var host = HostState()
        guard let input = fdopen(requests, "r") else { return }
        var (line, capacity): (UnsafeMutablePointer<CChar>?, Int) = (nil, 0)
        while true {
            Vigil.keep(over: requests)
            let count = getline(&line, &capacity, input)
            guard count > 0, let line else { return }
            let parts = HostRequest.parts(of: Array(UnsafeRawBufferPointer(start: line, count: count)))
            let answer = host.answer(to: Array(parts.json))
            guard getpid() == own else { _exit(0) }  // a library has forked, and one of the two answers
            guard write(HostRequest.line(parts.number, answer), to: answers) else { return }
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }
}

/// What a helper has loaded.
private struct HostState {
    private var libraries: [String: UnsafeMutableRawPointer] = [:]
    private var functions: [ForeignFunction] = []
    private var module: LoadedModule?

    mutating func answer(to bytes: [UInt8]) -> JSONValue {
        do throws(Failure) {
            let json: JSONValue
            do throws(JSONError) { json = try JSONValue(parsing: bytes) } catch {
                throw Failure(.invalidInput, "\(error)")
            }
            return try answer(to: try HostRequest(json))
        } catch {
            return ["error": .string(error.message)]
        }
    }

    private mutating func answer(to request: HostRequest) throws(Failure) -> JSONValue {
        switch request {
        case .load(let library, let symbol, let signature):
            functions.append(try function(symbol, of: library, signature))
            return [:]
        case .call(let index, let given):
            guard functions.indices.contains(index) else { throw Failure(.invalidInput, "There is no such function.") }
            return functions[index].call(given)
        case .open(let path):
            let module = try LoadedModule(try open(path))
            self.module = module
            return try module.describe()
        case .tool(let name, let arguments):
            guard let module else { throw Failure(.invalidInput, "No module was opened.") }
            return try module.call(name, arguments)
        }
    }

    private mutating func function(_ symbol: String, of library: String, _ signature: String) throws(Failure)
        -> ForeignFunction
    {
        guard let function = dlsym(try open(library), symbol) else {
            throw Failure(.missing, "has no function '\(symbol)'.")
        }
        return try ForeignFunction(function, try SignatureParser.parse(signature))
    }

    private mutating func open(_ path: String) throws(Failure) -> UnsafeMutableRawPointer {
        if let known = libraries[path] { return known }
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let why = dlerror().map { String(cString: $0) } ?? "nobody says why"
            throw Failure(.missing, "cannot be loaded: \(why).")
        }
        libraries[path] = handle
        return handle
    }
}
