private import NIOHTTP1
private import StrictJSON

extension RDStationClient {
  /// Adds tags to a contact that exists; on return it has them all.
  ///
  /// Harmless to repeat.
  ///
  /// Sent in lower case, each once. RD refuses a list with a tag the contact has, and does not say
  /// whether the others were added; then the contact is read and the missing are added one by one.
  ///
  /// - Throws: `.notFound` when RD knows no such contact; it is never created.
  package func addTags(
    _ tags: [String],
    to id: RDContactID,
    for integration: String
  ) async throws(RDStationError) {
    let wanted = Self.normalized(tags)
    guard !wanted.isEmpty, try await !added(wanted, to: id, for: integration), wanted.count > 1
    else { return }
    let present = Set(try await contact(id, for: integration)?.tags ?? [])
    for tag in wanted where !present.contains(tag) {
      _ = try await added([tag], to: id, for: integration)
    }
  }

  /// Makes these the only tags of the contact.
  ///
  /// Harmless to repeat.
  ///
  /// Sent in lower case, each once; an empty list removes all. With an address RD creates the
  /// contact when there is none.
  package func replaceTags(
    _ tags: [String],
    of id: RDContactID,
    for integration: String
  ) async throws(RDStationError) {
    try await updateContact(
      id,
      fields: ["tags": Self.list(Self.normalized(tags))],
      for: integration
    )
  }

  /// False when RD says that the contact has one of them.
  private func added(
    _ tags: [String],
    to id: RDContactID,
    for integration: String
  ) async throws(RDStationError) -> Bool {
    let request = RDRequest(
      .POST,
      "/platform/contacts/{id}/tag",
      path: "\(path(of: id))/tag",
      body: ["tags": Self.list(tags)]
    )
    do throws(RDStationError) {
      _ = try await call(request, for: integration)
      return true
    } catch {
      guard case .refused("VALUES_MUST_BE_UNIQUE", _) = error.code else { throw error }
      return false
    }
  }

  private static func list(_ tags: [String]) -> JSON { .array(tags.map(JSON.string)) }

  /// As RD takes tags: in lower case, each once.
  static func normalized(_ tags: [String]) -> [String] {
    var seen: Set<String> = []
    return tags.map { $0.lowercased() }.filter { seen.insert($0).inserted }
  }
}
