import CYAML

/// One step of a document, copied out of libyaml.
struct YAMLEvent {
    enum Kind {
        case scalar(String, isPlain: Bool)
        case sequenceStart
        case mappingStart
        case collectionEnd
        case alias(String)
        case documentStart
        case streamEnd
        /// The ends and beginnings that say nothing new.
        case other
    }

    var kind: Kind
    var anchor: String? = nil
    var tag: String? = nil
    var isFlow = false
    var start: YAMLMark
    var end: YAMLMark
}

/// The steps of a document, one after the other; owns libyaml's parser.
struct YAMLEvents: ~Copyable {
    let source: YAMLSource
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// libyaml reads from here and never copies the whole.
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// - Throws: ``YAMLError`` when there is no memory for a parser.
    init(_ source: YAMLSource) throws(YAMLError) {
        let fresh = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard yaml_parser_initialize(fresh) == 1 else {
            fresh.deallocate()
            throw YAMLError("There is not enough memory to read the document.", at: source.mark(0))
        }
        self.source = source
        parser = fresh
        input = .allocate(capacity: source.bytes.count)
        _ = input.initialize(from: source.bytes)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next step; after the end, the end again.
    ///
    /// - Throws: ``YAMLError`` where the text is no YAML; nothing can be read after that.
    mutating func next() throws(YAMLError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw source.error(parser.pointee) }
        defer { yaml_event_delete(&event) }
        return copied(event)
    }

    private func copied(_ event: yaml_event_t) -> YAMLEvent {
        let start = source.mark(event.start_mark.index)
        let end = source.mark(event.end_mark.index)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let value = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            return YAMLEvent(
                kind: .scalar(value, isPlain: isPlain),
                anchor: text(scalar.anchor),
                tag: text(scalar.tag),
                start: start,
                end: end
            )
        case YAML_SEQUENCE_START_EVENT:
            let sequence = event.data.sequence_start
            return YAMLEvent(
                kind: .sequenceStart,
                anchor: text(sequence.anchor),
                tag: text(sequence.tag),
                isFlow: sequence.style == YAML_FLOW_SEQUENCE_STYLE,
                start: start,
                end: end
            )
        case YAML_MAPPING_START_EVENT:
            let mapping = event.data.mapping_start
            return YAMLEvent(
                kind: .mappingStart,
                anchor: text(mapping.anchor),
                tag: text(mapping.tag),
                isFlow: mapping.style == YAML_FLOW_MAPPING_STYLE,
                start: start,
                end: end
            )
        case YAML_ALIAS_EVENT:
            return YAMLEvent(kind: .alias(text(event.data.alias.anchor) ?? ""), start: start, end: end)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            return YAMLEvent(kind: .collectionEnd, start: start, end: end)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, start: start, end: end)
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return YAMLEvent(kind: .streamEnd, start: start, end: end)
        default: return YAMLEvent(kind: .other, start: start, end: end)
        }
    }

    private func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        bytes.map { String(decodingCString: $0, as: UTF8.self) }
    }
}
