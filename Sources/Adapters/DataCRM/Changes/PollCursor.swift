import Leads
import StrictJSON

/// How far the changes of each module have been read.
struct PollCursor: Sendable, Hashable {
  struct Place: Sendable, Hashable {
    /// The time from which the next reading begins, by the server's clock.
    var from: ServerTime
    /// Rows of that very second that were read before; only while a page was full of one second.
    var offset = 0
    /// What was told of the time that is read again, by id: the record's time and all of it as a number.
    ///
    /// Times are whole seconds, so a time alone would pass over a second change within one of them.
    var told: [String: String] = [:]
  }

  /// What is remembered to have been told; of more, some is told again.
  static let toldMax = 1000

  var places: [RecordKind: Place]

  init(_ places: [RecordKind: Place]) { self.places = places }

  /// - Throws: ``CRMError`` of code `configuration` for a text that is not ours.
  init(_ cursor: CRMCursor) throws(CRMError) {
    let json: JSON
    do {
      json = try JSON(parsing: Array(cursor.text.utf8))
    } catch {
      throw .cursor
    }
    places = [:]
    for kind in RecordKind.allCases {
      guard let place = json[kind.module] else { continue }
      guard let from = place["from"]?.string.flatMap({ ServerTime($0) }),
        let offset = place["offset"]?.int, let told = place["told"]?.members
      else { throw .cursor }
      places[kind] = Place(
        from: from,
        offset: offset,
        told: Dictionary(told.map { ($0.key, $0.value.string ?? "") }) { _, last in last }
      )
    }
    guard !places.isEmpty else { throw .cursor }
  }

  var cursor: CRMCursor {
    let members = RecordKind.allCases.compactMap { kind in
      places[kind].map { JSON.Members.Member(key: kind.module, value: $0.json) }
    }
    return CRMCursor(JSON.object(JSON.Members(members)).text)
  }
}

extension PollCursor.Place {
  /// Keeps what the next reading may meet again, the newest of it.
  mutating func remember(_ all: [String: String]) {
    let start = from.text
    let again = all.filter { $0.value >= start }.sorted { $0.value < $1.value }
    told = Dictionary(again.suffix(PollCursor.toldMax).map { ($0.key, $0.value) }) { $1 }
  }

  fileprivate var json: JSON {
    let told = told.sorted { $0.key < $1.key }
      .map { JSON.Members.Member(key: $0.key, value: .string($0.value)) }
    return [
      "from": .string(from.text), "offset": .number(offset), "told": .object(JSON.Members(told)),
    ]
  }
}

extension CRMError {
  fileprivate static let cursor = settings("cursor", "The stored place of the poll is not ours.")
}
