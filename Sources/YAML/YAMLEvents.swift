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
        let data = event.data
        switch event.type {
        case YAML_SCALAR_EVENT:
            let (bytes, count) = (data.scalar.value, data.scalar.length)
            let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
            let isPlain = data.scalar.style == YAML_PLAIN_SCALAR_STYLE
            return of(.scalar(text, isPlain: isPlain), event, anchor: data.scalar.anchor, tag: data.scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            let (start, isFlow) = (data.sequence_start, data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE)
            return of(.sequenceStart, event, anchor: start.anchor, tag: start.tag, isFlow: isFlow)
        case YAML_MAPPING_START_EVENT:
            let (start, isFlow) = (data.mapping_start, data.mapping_start.style == YAML_FLOW_MAPPING_STYLE)
            return of(.mappingStart, event, anchor: start.anchor, tag: start.tag, isFlow: isFlow)
        case YAML_ALIAS_EVENT: return of(.alias(text(data.alias.anchor) ?? ""), event)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return of(.collectionEnd, event)
        case YAML_DOCUMENT_START_EVENT: return of(.documentStart, event)
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return of(.streamEnd, event)
        default: return of(.other, event)
        }
    }

    private func of(
        _ kind: YAMLEvent.Kind,
        _ event: yaml_event_t,
        anchor: UnsafeMutablePointer<yaml_char_t>? = nil,
        tag: UnsafeMutablePointer<yaml_char_t>? = nil,
        isFlow: Bool = false
    ) -> YAMLEvent {
        YAMLEvent(
            kind: kind,
            anchor: text(anchor),
            tag: text(tag),
            isFlow: isFlow,
            start: source.mark(event.start_mark.index),
            end: source.mark(event.end_mark.index)
        )
    }

    private func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        bytes.map { String(decodingCString: $0, as: UTF8.self) }
    }
}
