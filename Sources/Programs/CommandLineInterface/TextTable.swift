/// Columns of text, as wide as their widest entry; each entry on one line, whatever it holds.
package struct TextTable {
  private var rows: [[String]]
  private let numbers: Set<Int>

  /// Columns of numbers, counted from 0, are aligned to the right.
  package init(_ header: [String], numbers: Set<Int> = []) {
    rows = [header]
    self.numbers = numbers
  }

  /// A row an item; where there is none, what is said of that.
  package static func text<Item>(
    of items: [Item],
    orElse none: String,
    _ header: [String],
    numbers: Set<Int> = [],
    row: (Item) -> [String]
  ) -> String {
    guard !items.isEmpty else { return none }
    var table = TextTable(header, numbers: numbers)
    for item in items { table.add(row(item)) }
    return table.text
  }

  package mutating func add(_ row: [String]) { rows.append(row.map(\.shown)) }

  package var text: String {
    let columns = rows[0].indices
    let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = columns.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return numbers.contains(column) ? space + row[column] : row[column] + space
      }
      let line = cells.joined(separator: "  ")
      let end = line.lastIndex { $0 != " " } ?? line.startIndex
      return String(line[...end])
    }.joined(separator: "\n")
  }
}
