/// A document as a tree, with every mistake that did not end the reading.
public struct YAMLDocument: Sendable, Hashable {
    /// `nil` for an empty document, and after a mistake that ended the reading.
    public let root: YAMLNode?
    /// In the order of the text.
    public let problems: [YAMLError]
    /// How many nodes the tree has, with every alias written out; what was counted so far when the reading ended early.
    public let nodes: Int

    /// Reads a document; never fails as a whole.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, with or without a byte order mark.
    ///   - number: What ``YAMLMark/document`` will be.
    public init(_ bytes: [UInt8], number: Int = 0, limits: YAMLLimits = .standard) {
        do throws(YAMLError) {
            let source = try YAMLSource(bytes, document: number, limits: limits)
            var parser = YAMLParser(try YAMLEvents(source), limits: limits)
            var fatal: [YAMLError] = []
            do throws(YAMLError) { root = try parser.document() } catch {
                root = nil
                fatal = [error]
            }
            problems = (parser.problems + fatal).sorted { $0.mark < $1.mark }
            nodes = parser.nodes
        } catch {
            root = nil
            problems = [error]
            nodes = 0
        }
    }

    public init(_ text: String, number: Int = 0, limits: YAMLLimits = .standard) {
        self.init(Array(text.utf8), number: number, limits: limits)
    }
}
