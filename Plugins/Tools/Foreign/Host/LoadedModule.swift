import CModule
import Glibc
import PipelineKit

/// A library with tools, loaded; it stays as long as the process.
struct LoadedModule {
    private let table: UnsafePointer<sluice_module>

    /// - Throws: ``Failure`` in words that begin after the library's name.
    init(_ handle: UnsafeMutableRawPointer) throws(Failure) {
        guard let symbol = dlsym(handle, "sluice_module") else {
            throw Failure(.invalidInput, "does not export 'sluice_module'; see sluice_module.h.")
        }
        typealias Entry = @convention(c) () -> UnsafePointer<sluice_module>?
        guard let table = unsafeBitCast(symbol, to: Entry.self)() else {
            throw Failure(.invalidInput, "returned no table from 'sluice_module'.")
        }
        let (version, size) = (table.pointee.version, Int(table.pointee.size))
        guard version == UInt32(SLUICE_MODULE_VERSION) else {
            throw Failure(
                .invalidInput,
                "was made for version \(version) of sluice_module.h, and this is version \(SLUICE_MODULE_VERSION)."
            )
        }
        guard size == MemoryLayout<sluice_module>.size else {
            let own = MemoryLayout<sluice_module>.size
            throw Failure(.invalidInput, "says that its table has \(size) bytes, and one of its version has \(own).")
        }
        guard table.pointee.describe != nil, table.pointee.call != nil, table.pointee.release != nil else {
            throw Failure(.invalidInput, "leaves functions out of its table.")
        }
        self.table = table
    }

    /// - Throws: ``Failure`` in words that begin after the library's name.
    func describe() throws(Failure) -> JSONValue {
        guard let text = table.pointee.describe() else {
            throw Failure(.invalidInput, "returned nothing from 'describe'.")
        }
        return try Self.json(text, "describe")
    }

    /// - Throws: ``Failure`` in words that begin after the library's name.
    func call(_ tool: String, _ arguments: JSONValue) throws(Failure) -> JSONValue {
        guard let reply = table.pointee.call(tool, arguments.jsonText) else {
            throw Failure(.unavailable, "returned nothing from 'call'.")
        }
        defer { table.pointee.release(reply) }
        return try Self.json(reply, "call")
    }

    private static func json(_ text: UnsafePointer<CChar>, _ function: String) throws(Failure) -> JSONValue {
        let count = strnlen(text, mostBytes)
        guard count < mostBytes else {
            throw Failure(.unavailable, "returned more than \(mostBytes) bytes from '\(function)'.")
        }
        let bytes = UnsafeRawBufferPointer(start: text, count: count)
        do throws(JSONError) { return try JSONValue(parsing: Array(bytes)) } catch {
            throw Failure(.unavailable, "returned what cannot be read from '\(function)'. \(error)")
        }
    }

    /// Of one text.
    private static let mostBytes = 4 << 20
}
