/// Which statements one connection has prepared on the server, by their text.
///
/// Least recently used goes first. A name is never used twice, so a statement that the server lost
/// cannot be mistaken for another.
struct StatementCache {
  private struct Entry {
    var name: String
    var lastUse: Int
  }

  private let capacity: Int
  private var entries: [String: Entry] = [:]
  private var clock = 0
  /// Names that are still prepared on the server although nothing uses them any more.
  private(set) var abandoned: [String] = []

  init(capacity: Int) { self.capacity = capacity }

  var count: Int { entries.count }

  /// The name under which the text is prepared.
  mutating func name(of text: String) -> String? {
    clock += 1
    entries[text]?.lastUse = clock
    return entries[text]?.name
  }

  /// A new name for a text that is about to be prepared; may abandon another.
  mutating func insert(_ text: String) -> String {
    clock += 1
    if entries.count >= capacity,
      let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      entries[oldest.key] = nil
      abandoned.append(oldest.value.name)
    }
    let name = "s\(clock)"
    entries[text] = Entry(name: name, lastUse: clock)
    return name
  }

  /// Forgets a statement that the server never got to prepare.
  mutating func remove(_ text: String, named name: String) {
    if entries[text]?.name == name { entries[text] = nil }
  }

  /// Forgets a statement whose plan is of no use any more.
  mutating func abandon(_ text: String) {
    guard let entry = entries.removeValue(forKey: text) else { return }
    abandoned.append(entry.name)
  }

  /// Notes that the server has given up an abandoned name.
  mutating func deallocated(_ name: String) { abandoned.removeAll { $0 == name } }

  /// Forgets all, because the server did.
  mutating func removeAll() {
    entries.removeAll()
    abandoned.removeAll()
  }
}
