/// Tables of a page as a browser would lay them out, read as leniently: no cell, row or attribute
/// need be ended, and what is no mark is text. Made for pages that do not escape what they show.
struct HTMLTable: Sendable, Equatable {
    /// Bounds of a page; what is beyond them is left out.
    static let maximumTables = 8
    static let maximumRows = 20_000
    static let maximumColumns = 64
    static let maximumCellBytes = 4_096
    /// Of one table, with what spans several places in each.
    static let maximumCells = 200_000

    struct Cell: Sendable, Equatable {
        var text = ""
        var isHeader = false
        /// Of a `<select>` in it, the option that is chosen.
        var selected: String?
        var rows = 1
        var columns = 1
    }

    /// By place, with what spans several of them in each.
    private(set) var rows: [[Cell]] = []
    private var cellCount = 0
    /// Cells from rows above that reach into those to come: by column, how many rows more.
    private var hanging: [Int: (cell: Cell, rows: Int)] = [:]

    static func == (one: HTMLTable, other: HTMLTable) -> Bool { one.rows == other.rows }

    static func tables(in page: String) -> [HTMLTable] {
        var builder = HTMLTableBuilder()
        var scanner = HTMLScanner(page)
        while let event = scanner.next() { builder.take(event) }
        return builder.finish()
    }

    mutating func add(_ cells: [Cell]) {
        guard rows.count < Self.maximumRows, cellCount < Self.maximumCells else { return }
        var row: [Cell] = []
        var waiting = cells[...]
        while row.count < Self.maximumColumns, !waiting.isEmpty || hanging[row.count] != nil {
            if let (cell, more) = hanging[row.count] {
                hanging[row.count] = more > 1 ? (cell, more - 1) : nil
                row.append(cell)
            } else if let cell = waiting.popFirst() {
                for _ in 0..<max(1, cell.columns) where row.count < Self.maximumColumns {
                    if cell.rows > 1 { hanging[row.count] = (cell, cell.rows - 1) }
                    row.append(cell)
                }
            }
        }
        cellCount += row.count
        if !row.isEmpty { rows.append(row) }
    }

    /// The header's words of each column, those of rows above first: `map tasks running`.
    var header: [String] {
        let top = rows.prefix { row in row.allSatisfy(\.isHeader) }
        let width = top.map(\.count).max() ?? 0
        return (0..<width).map { column in
            var words: [String] = []
            for row in top where column < row.count {
                let text = row[column].text.lowercased()
                if words.last != text { words.append(text) }
            }
            return words.joined(separator: " ")
        }
    }

    /// The rows under the header.
    var body: [[Cell]] { Array(rows.drop { row in row.allSatisfy(\.isHeader) }) }
}

/// Puts marks and text together to tables; a table in a cell is a table of its own.
private struct HTMLTableBuilder {
    private struct Open {
        var table = HTMLTable()
        var row: [HTMLTable.Cell]?
        var isInCell = false
    }

    private var done: [HTMLTable] = []
    private var open: [Open] = []
    private var isOptionSelected = false

    mutating func take(_ event: HTMLScanner.Event) {
        switch event {
        case .text(let text): add(text)
        case .start(let name, let attributes): start(name, attributes)
        case .end(let name): end(name)
        }
    }

    mutating func finish() -> [HTMLTable] {
        while !open.isEmpty { closeTable() }
        return done
    }

    private mutating func start(_ name: String, _ attributes: [String: String]) {
        if name == "table" {
            if open.count < HTMLTable.maximumTables { open.append(Open()) }
            return
        }
        guard var top = open.popLast() else { return }
        switch name {
        case "tr":
            Self.endRow(&top)
            top.row = []
        case "td", "th":
            var cell = HTMLTable.Cell(isHeader: name == "th")
            cell.rows = Self.span(attributes["rowspan"])
            cell.columns = Self.span(attributes["colspan"])
            if top.row?.count ?? 0 < HTMLTable.maximumColumns {
                top.row = (top.row ?? []) + [cell]
                top.isInCell = true
            }
        case "option":
            isOptionSelected = attributes["selected"] != nil
        default: break
        }
        open.append(top)
    }

    private mutating func end(_ name: String) {
        switch name {
        case "table": closeTable()
        case "tr":
            if !open.isEmpty { Self.endRow(&open[open.count - 1]) }
        case "td", "th":
            if !open.isEmpty { open[open.count - 1].isInCell = false }
        case "option", "select": isOptionSelected = false
        default: break
        }
    }

    private mutating func add(_ text: String) {
        guard let last = open.indices.last, open[last].isInCell,
            let cell = open[last].row?.indices.last
        else { return }
        let trimmed = HTMLScanner.trimmed(text)
        guard !trimmed.isEmpty else { return }
        if isOptionSelected { open[last].row?[cell].selected = trimmed }
        let before = open[last].row?[cell].text ?? ""
        guard before.utf8.count + trimmed.utf8.count < HTMLTable.maximumCellBytes else { return }
        open[last].row?[cell].text = before.isEmpty ? trimmed : before + " " + trimmed
    }

    private mutating func closeTable() {
        guard var top = open.popLast() else { return }
        Self.endRow(&top)
        if done.count < HTMLTable.maximumTables { done.append(top.table) }
    }

    private static func endRow(_ open: inout Open) {
        if let row = open.row { open.table.add(row) }
        open.row = nil
        open.isInCell = false
    }

    private static func span(_ text: String?) -> Int {
        max(1, min(HTMLTable.maximumColumns, text.flatMap { Int($0) } ?? 1))
    }
}
