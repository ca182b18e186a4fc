/// Where the boxes of a drawing stand on lines of text, and which lines lead from one row to the next.
struct Layout {
    /// A box with a place.
    struct Placed {
        var box: Drawing.Box
        /// What is written into it, in lines that fit.
        var lines: [String]
        var left: Int
        /// With both sides.
        var width: Int
        var middle: Int { left + width / 2 }
    }

    private(set) var rows: [[Placed]]
    /// For each gap between two rows, the boxes above and those below between which lines are drawn.
    private(set) var links: [[Link]]

    /// Lines from all of some boxes to all of some others.
    struct Link: Hashable {
        var above: Set<String>
        var below: Set<String>
    }

    static let gap = 2

    /// - Parameter width: Columns; as many as ``leastWidth`` are taken in any case.
    init(_ drawing: Drawing, width: Int) {
        let width = max(width, Self.leastWidth)
        var told = Self.far(drawing)
        repeat {
            rows = Self.rows(drawing, told, width)
            links = Self.links(rows, told)
            let linked = Set(links.joined().flatMap(\.below))
            // A box that says more is another box, and may move the others; so all is looked at once more.
            let more = drawing.boxes.filter { !$0.needs.isEmpty && !linked.contains($0.id) && !told.contains($0.id) }
            if more.isEmpty { return }
            told.formUnion(more.map(\.id))
        } while true
    }

    /// Room for a box with a bearable text.
    static let leastWidth = 24

    /// Boxes that need one that does not stand right above them: lines to it would run through others.
    private static func far(_ drawing: Drawing) -> Set<String> {
        let depths = Dictionary(zip(drawing.boxes.map(\.id), drawing.depths)) { first, _ in first }
        let far = drawing.boxes.filter { box in
            box.needs.contains { need in depths[need].map { $0 + 1 } != depths[box.id] }
        }
        return Set(far.map(\.id))
    }
}

// Rows.
extension Layout {
    private static func rows(_ drawing: Drawing, _ told: Set<String>, _ width: Int) -> [[Placed]] {
        var places: [String: Double] = [:]
        var rows: [[Placed]] = []
        let layers = Dictionary(grouping: zip(drawing.boxes, drawing.depths), by: \.1).sorted { $0.key < $1.key }
        for (_, layer) in layers {
            let boxes = sorted(layer.map(\.0), places)
            for (index, box) in boxes.enumerated() { places[box.id] = (Double(index) + 0.5) / Double(boxes.count) }
            rows += broken(boxes.map { ($0, text(of: $0, told)) }, width)
        }
        let widest = rows.compactMap { $0.last.map { $0.left + $0.width } }.max() ?? 0
        return rows.map { centered($0, widest) }
    }

    /// Each about below what it needs, so that lines run straight; else as they were written.
    private static func sorted(_ boxes: [Drawing.Box], _ places: [String: Double]) -> [Drawing.Box] {
        let wanted = boxes.map { box in
            let above = box.needs.compactMap { places[$0] }
            return above.isEmpty ? 0 : above.reduce(0, +) / Double(above.count)
        }
        return boxes.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }.map { boxes[$0] }
    }

    private static func text(of box: Drawing.Box, _ told: Set<String>) -> [String] {
        box.lines + (told.contains(box.id) ? [box.told].compactMap(\.self) : [])
    }

    /// In one row when that can be done, with narrow boxes if need be; else in as few as it takes.
    private static func broken(_ boxes: [(Drawing.Box, text: [String])], _ width: Int) -> [[Placed]] {
        let most = width - 4
        let narrower = [44, 36, 30, 25, 22].filter { $0 < most }
        for cap in [min(most, 44)] + narrower {
            let row = boxes.map { placed($0, $1, cap, most) }
            if length(row) <= width { return [lined(row)] }
        }
        var rows: [[Placed]] = [[]]
        for (box, text) in boxes {
            let next = placed(box, text, min(most, 36), most)
            if length(rows[rows.count - 1] + [next]) > width { rows.append([]) }
            rows[rows.count - 1].append(next)
        }
        return rows.map(lined)
    }

    /// The box with its text broken; its name stays whole where that can be.
    private static func placed(_ box: Drawing.Box, _ text: [String], _ cap: Int, _ most: Int) -> Placed {
        let name = BoxText.columns(text.first ?? "")
        let lines = text.flatMap { BoxText.wrapped($0, to: min(most, max(cap, name))) }
        return Placed(box: box, lines: lines, left: 0, width: (lines.map(BoxText.columns).max() ?? 0) + 4)
    }

    private static func length(_ row: [Placed]) -> Int {
        row.reduce(0) { $0 + $1.width } + gap * max(0, row.count - 1)
    }

    /// Beside each other.
    private static func lined(_ row: [Placed]) -> [Placed] {
        var left = 0
        return row.map { placed in
            var placed = placed
            placed.left = left
            left += placed.width + gap
            return placed
        }
    }

    private static func centered(_ row: [Placed], _ widest: Int) -> [Placed] {
        // A single box stands with its middle in the middle, so that the line through a chain is straight.
        let shift = row.count == 1 ? widest / 2 - row[0].middle : (widest - length(row)) / 2
        return row.map { placed in
            var placed = placed
            placed.left += shift
            return placed
        }
    }
}

// Lines.
extension Layout {
    private static func links(_ rows: [[Placed]], _ told: Set<String>) -> [[Link]] {
        zip(rows, rows.dropFirst()).map { above, below in
            let names = Set(above.map(\.box.id))
            let near = below.filter { placed in
                !placed.box.needs.isEmpty && names.isSuperset(of: placed.box.needs) && !told.contains(placed.box.id)
            }
            let all = Dictionary(grouping: near) { Set($0.box.needs) }
                .map { Link(above: $0, below: Set($1.map(\.box.id))) }
            return legible(all, above, below)
        }
    }

    /// Those that do not touch: a line means that all above it stand before all below it.
    private static func legible(_ links: [Link], _ above: [Placed], _ below: [Placed]) -> [Link] {
        let first = { (link: Link) in Link.middles(below, link.below).min() ?? 0 }
        let sorted = links.sorted { ($1.below.count, first($0)) < ($0.below.count, first($1)) }
        var kept: [Link] = []
        for link in sorted {
            let span = link.span(above, below)
            let touches = kept.contains { other in
                !other.above.isDisjoint(with: link.above) || other.span(above, below).overlaps(span)
            }
            if !touches { kept.append(link) }
        }
        return kept
    }
}

extension Layout.Link {
    /// The middles of all boxes of one row that it leads from or to.
    static func middles(_ row: [Layout.Placed], _ names: Set<String>) -> [Int] {
        row.filter { names.contains($0.box.id) }.map(\.middle)
    }

    /// The columns that it takes.
    func span(_ above: [Layout.Placed], _ below: [Layout.Placed]) -> ClosedRange<Int> {
        let middles = Self.middles(above, self.above) + Self.middles(below, self.below)
        return (middles.min() ?? 0)...(middles.max() ?? 0)
    }
}
