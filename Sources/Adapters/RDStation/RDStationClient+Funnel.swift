private import NIOHTTP1
private import StrictJSON

extension RDStationClient {
  /// The contact's place in the funnel, or nil when RD knows no such contact.
  ///
  /// 24 reads and writes together a contact and day.
  package func funnel(
    of id: RDContactID,
    for integration: String
  ) async throws(RDStationError) -> RDFunnel? {
    let request = RDRequest(.GET, Self.funnelRoute, path: "\(path(of: id))/funnels/default")
    do throws(RDStationError) {
      return RDFunnel(try await call(request, for: integration).json())
    } catch  where error.code == .notFound {
      return nil
    }
  }

  /// Sets what is given and leaves what is nil; nothing given means no call.
  ///
  /// Harmless to repeat.
  ///
  /// Setting `opportunity` makes RD fire its own webhook, so we shall hear ourselves.
  ///
  /// - Throws: `.refused("INVALID_USER", …)` when the owner is no user of the account.
  package func setFunnel(
    of id: RDContactID,
    lifecycleStage: RDLifecycleStage? = nil,
    opportunity: Bool? = nil,
    ownerEmail: String? = nil,
    for integration: String
  ) async throws(RDStationError) {
    var body = JSON.Members()
    body["lifecycle_stage"] = lifecycleStage.map { .string($0.rawValue) }
    body["opportunity"] = opportunity.map(JSON.bool)
    body["contact_owner_email"] = ownerEmail.map(JSON.string)
    guard !body.list.isEmpty else { return }
    let request = RDRequest(
      .PUT,
      Self.funnelRoute,
      path: "\(path(of: id))/funnels/default",
      body: .object(body)
    )
    _ = try await call(request, for: integration)
  }

  private static var funnelRoute: String { "/platform/contacts/{id}/funnels/default" }
}
