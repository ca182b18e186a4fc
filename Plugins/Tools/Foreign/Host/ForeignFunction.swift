import CFFI
import Glibc
import PipelineKit

/// A C function of a library that is loaded, ready to be called; it stays as long as the process.
final class ForeignFunction {
    private let function: UnsafeMutableRawPointer
    private let signature: Signature
    private let cif = UnsafeMutablePointer<ffi_cif>.allocate(capacity: 1)
    private let types: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>

    /// - Throws: ``Failure/Kind/invalidInput`` when libffi cannot call such a function.
    init(_ function: UnsafeMutableRawPointer, _ signature: Signature) throws(Failure) {
        self.function = function
        self.signature = signature
        types = .allocate(capacity: signature.parameters.count + 1)
        for (index, parameter) in signature.parameters.enumerated() { types[index] = parameter.passedType }
        let count = UInt32(signature.parameters.count)
        guard sluice_ffi_prepare(cif, count, signature.result.foreignType, types) == 1 else {
            throw Failure(.invalidInput, "libffi cannot call a function of this signature.")
        }
    }

    /// Calls the function.
    ///
    /// - Parameter given: A value for each parameter that is given, in order, each of the right type and range.
    func call(_ given: [JSONValue]) -> JSONValue {
        var frame = CallFrame()
        defer { frame.release() }
        let values = values(given)
        let places = signature.parameters.enumerated().map { index, parameter in
            frame.place(parameter, value: values[index], size: size(parameter, values))
        }
        let slot = frame.allocate(max(signature.result.layout.size, 16))
        var arguments: [UnsafeMutableRawPointer?] = places.map(\.argument)
        let code = arguments.withUnsafeMutableBufferPointer { sluice_ffi_call(cif, function, slot, $0.baseAddress) }
        var reply: [String: JSONValue] = ["value": signature.result.read(at: slot)]
        if signature.tellsErrno { reply["errno"] = .int(Int(code)) }
        let written = signature.parameters.indices.filter { signature.parameters[$0].isReturned }
        reply["written"] = .array(written.map { self.written($0, places) })
        return .object(reply)
    }

    /// The value of each parameter; of lengths, the number of bytes.
    private func values(_ given: [JSONValue]) -> [JSONValue] {
        var rest = given[...]
        let own = signature.parameters.map { $0.isGiven ? rest.popFirst() ?? .null : .null }
        return signature.parameters.enumerated().map { index, parameter in
            switch parameter.role {
            case .length(let place), .changedLength(let place):
                .int(size(signature.parameters[place], own, at: place))
            default: own[index]
            }
        }
    }

    private func size(_ parameter: Signature.Parameter, _ values: [JSONValue], at place: Int) -> Int {
        if case .buffer(let bytes) = parameter.role { return bytes }
        return parameter.type.bytes(of: values[place])?.count ?? 0
    }

    private func size(_ parameter: Signature.Parameter, _ values: [JSONValue]) -> Int {
        if case .buffer(let bytes) = parameter.role { return bytes }
        return max(16, parameter.type.layout.size)
    }

    /// What the function has written for a parameter.
    private func written(_ index: Int, _ places: [CallFrame.Place]) -> JSONValue {
        let parameter = signature.parameters[index]
        guard case .buffer(let bytes) = parameter.role else { return parameter.type.read(at: places[index].value) }
        if parameter.type == .string { return .string(CType.text(at: places[index].value, atMost: bytes)) }
        let counted = signature.parameters.firstIndex { $0.role == .changedLength(of: index) }
        let count = counted.flatMap { signature.parameters[$0].type.read(at: places[$0].value).integer } ?? bytes
        let buffer = UnsafeRawBufferPointer(start: places[index].value, count: min(max(0, count), bytes))
        return CType.json(of: Array(buffer))
    }
}

/// Memory that one call needs.
private struct CallFrame {
    /// Where an argument stands, and where its value does: the same for what is passed by value.
    struct Place {
        var argument: UnsafeMutableRawPointer
        var value: UnsafeMutableRawPointer
    }

    private var memory: [UnsafeMutableRawPointer] = []

    /// Zeroed, and aligned for anything.
    mutating func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        let place = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        place.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        memory.append(place)
        return place
    }

    func release() { for place in memory { place.deallocate() } }

    /// Puts a value where the call finds it.
    mutating func place(_ parameter: Signature.Parameter, value json: JSONValue, size: Int) -> Place {
        let value: UnsafeMutableRawPointer
        if parameter.role == .given, [.string, .bytes].contains(parameter.type) {
            let bytes = (parameter.type.bytes(of: json) ?? []) + [0]
            value = allocate(bytes.count)
            value.copyMemory(from: bytes, byteCount: bytes.count)
        } else {
            value = allocate(size)
            parameter.type.write(json, at: value)
        }
        guard parameter.isPointer else { return Place(argument: value, value: value) }
        let pointer = allocate(MemoryLayout<UnsafeMutableRawPointer>.size)
        pointer.storeBytes(of: value, as: UnsafeMutableRawPointer.self)
        return Place(argument: pointer, value: value)
    }
}

extension Signature.Parameter {
    /// Whether the function is passed the address of the value.
    fileprivate var isPointer: Bool {
        switch role {
        case .written, .changed, .buffer, .changedLength: true
        case .given: [.string, .bytes].contains(type)
        case .length: false
        }
    }

    fileprivate var passedType: UnsafeMutablePointer<ffi_type> { isPointer ? sluice_ffi_pointer() : type.foreignType }
}
