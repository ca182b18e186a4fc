import PipelineKit

/// What a call makes of one cell of a notebook.
struct CellEdit: Sendable {
    private enum Mode: String {
        case replace
        case insert
        case delete
    }

    private let mode: Mode
    /// The id of the cell; `cell-3` also for the fourth one of a notebook whose cells have none.
    private let id: String?
    /// Counted from 0.
    private let place: Int?
    /// What it holds afterwards.
    let source: String

    /// - Returns: `nil` for arguments that edit no cell.
    init?(_ input: JSONValue) {
        guard let mode = Mode(rawValue: input["edit_mode"]?.text ?? "replace") else { return nil }
        guard let source = mode == .delete ? "" : input["new_source"]?.text else { return nil }
        (self.mode, self.source) = (mode, source)
        id = input["cell_id"]?.text
        place = input["cell_number"]?.integer ?? id.flatMap { $0.hasPrefix("cell-") ? Int($0.dropFirst(5)) : nil }
    }

    /// What the cell holds before.
    ///
    /// - Parameter notebook: All of it, in JSON.
    /// - Returns: `nil` where there is no such cell.
    func before(in notebook: String) -> String? {
        if mode == .insert { return "" }
        guard let cells = (try? JSONValue(parsing: notebook))?["cells"]?.elements else { return nil }
        let named = id.flatMap { id in cells.first { $0["id"]?.text == id } }
        let placed = place.flatMap { cells.indices.contains($0) ? cells[$0] : nil }
        guard let source = (named ?? placed)?["source"] else { return nil }
        // Either one text, or its lines with their ends; nbformat 4, "Cell Types".
        return source.text ?? source.elements.compactMap(\.text).joined()
    }
}
