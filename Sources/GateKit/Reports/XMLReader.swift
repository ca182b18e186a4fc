import CExpat
public import PipelineKit

/// Reads an XML document with expat, element by element.
///
/// Foundation's XMLParser does the same on libxml2, but takes FoundationXML and all of Foundation into the program (70 MB
/// instead of 9), five shared libraries and 2.5 ms at each start, and stops at texts of 10 MB. Expat is one library of
/// 200 kB that costs no measurable time.
public enum XMLReader {
    /// What happens in a document, in its order.
    public enum Piece {
        case start(String, attributes: [String: String])
        /// Part of the text of the element that is open; a text may come in several pieces.
        case text(String)
        case end(String)
    }

    /// More than these and the document is refused.
    public struct Limits: Sendable {
        public var bytes = 64 << 20
        /// Elements within elements.
        public var depth = 32
        public init() {}
    }

    /// Hands every piece of the document to `take`.
    ///
    /// A document type declaration is refused, because only there can entities be declared that expand without bound.
    ///
    /// - Throws: `.invalidInput` saying in which line what is wrong.
    public static func read(
        _ document: [UInt8],
        limits: Limits = Limits(),
        _ take: @escaping (Piece) -> Void
    ) throws(Failure) {
        guard document.count <= limits.bytes else {
            throw Failure(.invalidInput, "It has \(document.count) bytes; at most \(limits.bytes) are read.")
        }
        let walk = XMLWalk(depthLimit: limits.depth, take)
        guard let parser = walk.parser else { throw Failure(.unavailable, "There is no memory for an XML parser.") }
        let status = document.withUnsafeBytes { bytes in
            XML_Parse(parser, bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count), 1)
        }
        if let refusal = walk.refusal { throw Failure(.invalidInput, "Line \(walk.line): \(refusal)") }
        guard status == XML_STATUS_OK else {
            let words = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "not XML"
            throw Failure(.invalidInput, "Line \(walk.line): \(words).")
        }
    }
}

/// One walk through a document: what expat's callbacks share. It lives on one thread, for the length of one call.
private final class XMLWalk {
    let parser = XML_ParserCreate("UTF-8")
    private(set) var refusal: String?
    private let take: (XMLReader.Piece) -> Void
    private let depthLimit: Int
    private var depth = 0

    init(depthLimit: Int, _ take: @escaping (XMLReader.Piece) -> Void) {
        self.depthLimit = depthLimit
        self.take = take
        guard let parser else { return }
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { walk, name, attributes in XMLWalk.of(walk)?.start(name, attributes) },
            { walk, name in XMLWalk.of(walk)?.end(name) }
        )
        XML_SetCharacterDataHandler(parser) { walk, bytes, count in XMLWalk.of(walk)?.text(bytes, count) }
        XML_SetStartDoctypeDeclHandler(parser) { walk, _, _, _, _ in
            XMLWalk.of(walk)?.refuse("a document type declaration is not allowed here.")
        }
    }

    deinit { if let parser { XML_ParserFree(parser) } }

    var line: Int { parser.map { Int(XML_GetCurrentLineNumber($0)) } ?? 0 }

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> XMLWalk? {
        pointer.map { Unmanaged<XMLWalk>.fromOpaque($0).takeUnretainedValue() }
    }

    private func refuse(_ words: String) {
        // Expat delivers what it has in hand before it stops; the first reason is the reason.
        if refusal == nil { refusal = words }
        XML_StopParser(parser, XML_Bool(XML_FALSE))
    }

    private func start(_ name: UnsafePointer<CChar>?, _ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        guard refusal == nil, let name else { return }
        depth += 1
        guard depth <= depthLimit else {
            return refuse("elements stand in each other more than \(depthLimit) deep.")
        }
        var attributes: [String: String] = [:]
        var index = 0
        while let key = pairs?[index], let value = pairs?[index + 1] {
            attributes[String(cString: key)] = String(cString: value)
            index += 2
        }
        take(.start(String(cString: name), attributes: attributes))
    }

    private func end(_ name: UnsafePointer<CChar>?) {
        guard refusal == nil, let name else { return }
        depth -= 1
        take(.end(String(cString: name)))
    }

    private func text(_ bytes: UnsafePointer<CChar>?, _ count: Int32) {
        guard refusal == nil else { return }
        let raw = UnsafeRawBufferPointer(start: bytes, count: Int(count))
        take(.text(String(decoding: raw, as: UTF8.self)))
    }
}
