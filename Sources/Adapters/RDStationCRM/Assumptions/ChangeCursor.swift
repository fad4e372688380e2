/// Assumed: what is written may be shown some seconds later than what is written after it, so each poll
/// looks two minutes back, and what it told from there is remembered.
///
/// Its text is `newest|id@version,…`; by the CRM's own clock, so ours does not matter.
struct ChangeCursor: Sendable, Hashable {
  static let overlap: Int64 = 120_000

  /// The newest change that was seen, in milliseconds since 1970.
  let newest: Int64
  /// Those told that are not older than the overlap.
  let told: Set<ChangedDeal>

  var from: Int64 { max(0, newest - Self.overlap) }

  init(after before: ChangeCursor?, _ changed: [ChangedDeal]) {
    let newest = max(before?.newest ?? 0, changed.map { Int64($0.version) }.max() ?? 0)
    self.newest = newest
    told = (before?.told ?? []).union(changed)
      .filter { Int64($0.version) >= newest - Self.overlap }
  }

  /// Nil for a text that is none.
  init?(_ text: String) {
    let parts = text.split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == 2, let newest = Int64(parts[0]) else { return nil }
    var told: Set<ChangedDeal> = []
    for item in parts[1].split(separator: ",") {
      let pair = item.split(separator: "@")
      guard pair.count == 2, let version = Int(pair[1]) else { return nil }
      told.insert(ChangedDeal(id: String(pair[0]), version: version))
    }
    self.newest = newest
    self.told = told
  }

  var text: String {
    let items = told.map { "\($0.id)@\($0.version)" }.sorted()
    return "\(newest)|\(items.joined(separator: ","))"
  }
}
