private import FoundationEssentials
import Postgres
package import StrictJSON
import Belt

/// A part of a list, and where the list goes on.
package struct Page<Item: Sendable>: Sendable {
  /// How many items one may have: what is read at once stays small, however long the list.
  package static var sizes: ClosedRange<Int> { 1...1000 }

  package let items: [Item]
  /// What to ask for next; nil at the end of the list.
  package let next: Cursor?

  /// Up to so many items from the beginning of a list, over as many pages as that takes.
  ///
  /// Asks for one page after the other with where it begins and its size.
  package static func items(
    upTo limit: Int,
    _ page: (Cursor?, Int) async throws -> Page
  ) async throws -> [Item] {
    var items: [Item] = []
    var cursor: Cursor?
    repeat {
      let found = try await page(cursor, min(limit - items.count, sizes.upperBound))
      items += found.items
      cursor = found.next
    } while cursor != nil && items.count < limit
    return items
  }
}

extension Page: JSONForm where Item: JSONForm {
  package var json: JSON {
    ["items": items.json, "next": .optional(next?.text)]
  }
}

/// Where a list goes on; whoever holds one gives it back as it is.
///
/// It names the last item that was shown, so nothing is shown twice or left out when others come or go
/// meanwhile.
package struct Cursor: Sendable, Hashable {
  package let text: String

  /// What a client sends; it is read when it is used.
  package init(_ text: String) { self.text = text }
}

/// A place in a list that is ordered by a time, then by an id.
struct ListPlace: Sendable, Hashable {
  /// Microseconds since 1970.
  let at: Int
  let id: Identifier
  let integration: String

  /// The time, as `timestamptz`.
  var time: SQL { "timestamptz 'epoch' + \(at)::bigint * interval '1 microsecond'" }

  /// A column's time as ``at``.
  static func at(_ column: SQL) -> SQL { "(extract(epoch from \(column)) * 1000000)::bigint" }
}

extension ListPlace {
  /// - Throws: ``Refusal`` for a text that is no cursor of ours.
  init?(_ cursor: Cursor?) throws(Refusal) {
    guard let cursor else { return nil }
    let parts = Data(base64Encoded: cursor.text).map {
      String(decoding: $0, as: UTF8.self)
        .split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    }
    guard let parts, parts.count == 3, let at = Int(parts[0]), let id = Identifier(parts[1]) else {
      throw Refusal(
        .invalid,
        "cursor_invalid",
        "“\(cursor.text)” is not where a list goes on",
        remedy: "Give what the page before said, or nothing for the beginning"
      )
    }
    self.init(at: at, id: id, integration: String(parts[2]))
  }

  var cursor: Cursor {
    Cursor(Data("\(at) \(id) \(integration)".utf8).base64EncodedString())
  }
}

extension Page {
  /// - Throws: ``Refusal`` for a size that no page has.
  static func check(size: Int) throws(Refusal) {
    guard sizes.contains(size) else {
      throw Refusal(
        .invalid,
        "page_size_invalid",
        "a page has \(sizes.lowerBound) to \(sizes.upperBound) items"
      )
    }
  }

  /// What comes behind a cursor, as a condition on the rows; all of them at the beginning.
  ///
  /// - Throws: ``Refusal`` for a page that cannot be.
  static func rest(after cursor: Cursor?, size: Int, _ behind: (ListPlace) -> SQL)
    throws(Refusal) -> SQL
  {
    try check(size: size)
    return try ListPlace(cursor).map(behind) ?? "true"
  }

  /// What was found for a page of this size, each with its place; a full page may have been the last.
  init(_ found: [(item: Item, place: ListPlace)], size: Int) {
    items = found.map(\.item)
    next = found.count < size ? nil : found.last?.place.cursor
  }
}
