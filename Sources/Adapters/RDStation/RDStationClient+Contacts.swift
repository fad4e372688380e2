private import NIOHTTP1
package import StrictJSON

extension RDStationClient {
  /// The contact, or nil when RD knows none.
  package func contact(
    _ id: RDContactID,
    for integration: String
  ) async throws(RDStationError) -> RDContact? {
    let request = RDRequest(.GET, Self.contactRoute, path: path(of: id))
    do throws(RDStationError) {
      let answer = try await call(request, for: integration)
      guard let contact = RDContact(try answer.json()) else {
        throw RDStationError(.unavailable(status: answer.status), status: answer.status)
      }
      return contact
    } catch  where error.code == .notFound {
      return nil
    }
  }

  /// Sets fields by their API identifier; the others stay.
  ///
  /// Harmless to repeat.
  ///
  /// With an address RD creates the contact when there is none. `tags` among the fields replaces
  /// them all. 24 calls a contact and day.
  ///
  /// - Parameters:
  ///   - id: By uuid or by address.
  ///   - fields: An object without the identifier itself, which RD refuses (`CONFLICTING_FIELD`).
  ///   - integration: Whose account it is.
  /// - Throws: `.refused("INVALID_FIELDS", …)` for a field that the account lacks, `.notFound` for an
  ///   unknown uuid; nothing was changed then.
  package func updateContact(
    _ id: RDContactID,
    fields: JSON,
    for integration: String
  ) async throws(RDStationError) {
    let request = RDRequest(.PATCH, Self.contactRoute, path: path(of: id), body: fields)
    _ = try await call(request, for: integration)
  }

  static var contactRoute: String { "/platform/contacts/{id}" }

  func path(of id: RDContactID) -> String { "/platform/contacts/\(id.segment)" }
}
