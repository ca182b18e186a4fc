import PipelineKit

/// What a helper is asked, one line each: a number and JSON. The answer begins with the same number.
enum HostRequest: Sendable {
    /// Makes a function ready; functions are numbered from 0 in the order of these.
    case load(library: String, symbol: String, signature: String)
    case call(Int, [JSONValue])
    /// Loads a library with tools; the answer is what it says of itself.
    case open(String)
    case tool(String, JSONValue)

    var json: JSONValue {
        switch self {
        case .load(let library, let symbol, let signature):
            ["library": .string(library), "symbol": .string(symbol), "signature": .string(signature)]
        case .call(let index, let given): ["call": .int(index), "with": .array(given)]
        case .open(let path): ["open": .string(path)]
        case .tool(let name, let arguments): ["tool": .string(name), "arguments": arguments]
        }
    }

    /// The request as it is sent.
    func line(_ number: Int) -> [UInt8] { Self.line(Array("\(number)".utf8)[...], json) }

    static func line(_ number: ArraySlice<UInt8>, _ json: JSONValue) -> [UInt8] {
        var line = Array(number)
        line.append(UInt8(ascii: " "))
        line += json.encoded()
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// The number of a line, and what stands behind it.
    static func parts(of line: [UInt8]) -> (number: ArraySlice<UInt8>, json: ArraySlice<UInt8>) {
        let number = line.prefix { $0 != UInt8(ascii: " ") }
        return (number, line.dropFirst(number.count + 1))
    }

    /// What stands behind the number of a line; `nil` when it has another.
    static func numbered(_ line: [UInt8], _ number: Int) -> [UInt8]? {
        let parts = parts(of: line)
        return parts.number.elementsEqual("\(number)".utf8) ? Array(parts.json) : nil
    }

    /// - Throws: ``Failure/Kind/invalidInput`` for what is no request.
    init(_ json: JSONValue) throws(Failure) {
        if let index = json["call"]?.integer {
            self = .call(index, json["with"]?.elements ?? [])
        } else if let name = json["tool"]?.text {
            self = .tool(name, json["arguments"] ?? [:])
        } else if let library = json["library"]?.text, let symbol = json["symbol"]?.text,
            let signature = json["signature"]?.text
        {
            self = .load(library: library, symbol: symbol, signature: signature)
        } else if let path = json["open"]?.text {
            self = .open(path)
        } else {
            throw Failure(.invalidInput, "It is no request of a helper: \(json).")
        }
    }
}
