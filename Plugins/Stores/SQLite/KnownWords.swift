/// Texts that a column holds over and over again, so that each is made once.
struct KnownWords {
    private var words: [(bytes: [UInt8], text: String)] = []
    private static let most = 32

    func word(_ bytes: UnsafeRawBufferPointer) -> String? {
        words.first { word in word.bytes.count == bytes.count && word.bytes.elementsEqual(bytes) }?.text
    }

    mutating func learn(_ text: String) {
        if words.count < Self.most { words.append((Array(text.utf8), text)) }
    }
}
