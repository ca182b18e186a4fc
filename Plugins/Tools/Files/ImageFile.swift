import PipelineKit

/// An image of the workspace, in words.
enum ImageFile {
    /// - Throws: ``Failure/Kind/invalidInput`` for an image that no model is shown.
    static func output(_ image: Image, of path: String) throws(Failure) -> ToolOutput {
        if let problem = image.problem { throw Failure(.invalidInput, "The image '\(path)' \(problem).") }
        return ToolOutput("'\(path)' is an image.", images: [image])
    }

    /// Why bytes are not shown that are none of the images which models are shown, and what to do instead.
    static func failure(_ bytes: [UInt8], _ path: String) -> Failure {
        guard !bytes.isEmpty else { return Failure(.invalidInput, "'\(path)' is empty.") }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            let words = "is no PNG, JPEG, GIF or WebP image, and no other is shown. Convert it to one of these first."
            return Failure(.invalidInput, "'\(path)' \(words)")
        }
        // SVG 2, 5.1: the root element, after a declaration, comments and a document type at most.
        let kind = text.prefix(4_000).contains("<svg") ? "an SVG image, which is text" : "text and no image"
        return Failure(.invalidInput, "'\(path)' is \(kind). Read it with file_read.")
    }
}
