import CFFI
import Glibc
import PipelineKit

/// Values of C where they stand in memory.
extension CType {
    /// The type as libffi knows it. One of a structure is made anew each time, and stays.
    var foreignType: UnsafeMutablePointer<ffi_type> {
        switch self {
        case .void: return sluice_ffi_void()
        case .bool: return sluice_ffi_integer(1, 0)
        case .integer(let bytes, let isSigned): return sluice_ffi_integer(Int32(bytes), isSigned ? 1 : 0)
        case .float: return sluice_ffi_float()
        case .double: return sluice_ffi_double()
        case .string, .bytes: return sluice_ffi_pointer()
        case .structure(let fields):
            let elements = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(capacity: fields.count + 1)
            for (index, field) in fields.enumerated() { elements[index] = field.type.foreignType }
            elements[fields.count] = nil
            let type = UnsafeMutablePointer<ffi_type>.allocate(capacity: 1)
            type.initialize(to: ffi_type(size: 0, alignment: 0, type: UInt16(FFI_TYPE_STRUCT), elements: elements))
            return type
        }
    }

    /// Bytes of a value, and what its address is a multiple of; by the rules of System V, which ARM shares.
    var layout: (size: Int, alignment: Int) {
        switch self {
        case .void: return (0, 1)
        case .bool: return (1, 1)
        case .integer(let bytes, _): return (bytes, bytes)
        case .float: return (4, 4)
        case .double, .string, .bytes: return (8, 8)
        case .structure(let fields):
            let alignment = fields.map(\.type.layout.alignment).max() ?? 1
            let end = places(fields).last.map { $1 + $0.type.layout.size } ?? 0
            return (Self.up(end, to: alignment), alignment)
        }
    }

    /// Where the members of a structure begin.
    private func places(_ fields: [CField]) -> [(CField, Int)] {
        var end = 0
        return fields.map { field in
            let layout = field.type.layout
            let start = Self.up(end, to: layout.alignment)
            end = start + layout.size
            return (field, start)
        }
    }

    private static func up(_ offset: Int, to alignment: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

    /// Writes a value of the right type and range; nothing for one that is absent.
    func write(_ json: JSONValue, at place: UnsafeMutableRawPointer) {
        switch self {
        case .bool: place.storeBytes(of: json == .bool(true) ? 1 : 0, as: UInt8.self)
        case .integer(let bytes, _):
            guard let bits = integer(of: json) else { return }
            withUnsafeBytes(of: bits.littleEndian) { place.copyMemory(from: $0.baseAddress!, byteCount: bytes) }
        case .float: if let number = json.number { place.storeBytes(of: Float(number), as: Float.self) }
        case .double: if let number = json.number { place.storeBytes(of: number, as: Double.self) }
        case .structure(let fields):
            for (field, offset) in places(fields) { field.type.write(json[field.name] ?? .null, at: place + offset) }
        case .void, .string, .bytes: break
        }
    }

    /// The value as JSON.
    func read(at place: UnsafeMutableRawPointer) -> JSONValue {
        switch self {
        case .void, .bytes: return .null
        case .bool: return .bool(place.load(as: UInt8.self) != 0)
        case .integer(let bytes, _):
            var bits: UInt64 = 0
            withUnsafeMutableBytes(of: &bits) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: place, count: bytes))
            }
            return json(ofBits: UInt64(littleEndian: bits))
        case .float: return Self.json(of: Double(place.loadUnaligned(as: Float.self)))
        case .double: return Self.json(of: place.loadUnaligned(as: Double.self))
        case .string:
            guard let text = place.load(as: UnsafeMutableRawPointer?.self) else { return .null }
            return .string(Self.text(at: text, atMost: Signature.largestBuffer))
        case .structure(let fields):
            let members = places(fields).map { ($0.name, $0.type.read(at: place + $1)) }
            return .object(Dictionary(uniqueKeysWithValues: members))
        }
    }

    /// A text up to its NUL, or so many bytes.
    static func text(at place: UnsafeMutableRawPointer, atMost limit: Int) -> String {
        let count = strnlen(place.assumingMemoryBound(to: CChar.self), limit)
        return String(decoding: UnsafeRawBufferPointer(start: place, count: count), as: UTF8.self)
    }
}
