package import AsyncHTTPClient
package import Belt
package import Leads
package import Logging
package import OutsideCalls
package import StrictJSON

/// RD Station Marketing's API, as far as we call it.
///
/// Every function throws ``CallError``, whose meaning says what to do.
package struct RDStationClient: Sendable {
  private let caller: Caller

  package init(_ caller: Caller) { self.caller = caller }

  /// - Parameters:
  ///   - http: Made with `HTTPClient.Configuration(calling:logger:)`, so that the calls go nowhere else.
  ///   - baseURL: Such as `https://api.rd.services`, without a slash at the end.
  ///   - logins: Of the integrations' accounts.
  ///   - permits: Of the whole fleet.
  ///   - timeout: Of one call.
  ///   - logger: See ``Caller``.
  package init(
    http: HTTPClient,
    baseURL: String,
    logins: any Logins,
    permits: any CallPermits = UnlimitedPermits(),
    timeout: Duration = .seconds(10),
    logger: Logger
  ) {
    let exchange = Exchange(http: http, baseURL: baseURL, dialect: .rdStation, timeout: timeout)
    self.init(Caller(exchange, logins: logins, permits: permits, logger: logger))
  }
}

extension RDStationClient {
  /// The contact, or nil when RD knows none.
  package func contact(_ id: RDContactID, for integration: String) async throws(CallError)
    -> RDContact?
  {
    try await caller.answer(RDRoutes.contact.call(id.segment), for: integration)
  }

  /// Sets fields by their API identifier; the others stay.
  ///
  /// With an address RD creates the contact when there is none. `tags` among the fields replaces
  /// them all.
  ///
  /// - Parameters:
  ///   - id: By uuid or by address.
  ///   - fields: An object without the identifier itself, which RD refuses (`CONFLICTING_FIELD`).
  ///   - integration: Whose account it is.
  ///   - end: No call begins after it.
  /// - Throws: `.refused("INVALID_FIELDS", …)` for a field that the account lacks, `.notFound` for an
  ///   unknown uuid; nothing was changed then.
  package func updateContact(
    _ id: RDContactID,
    fields: JSON,
    for integration: String,
    before end: ContinuousClock.Instant? = nil
  ) async throws(CallError) {
    try await caller.answer(
      RDRoutes.updateContact.call(id.segment, body: fields),
      for: integration,
      before: end
    )
  }

  /// Makes these the only tags of the contact.
  ///
  /// Sent in lower case, each once; an empty list removes all. With an address RD creates the
  /// contact when there is none.
  package func replaceTags(_ tags: [String], of id: RDContactID, for integration: String)
    async throws(CallError)
  {
    let list = JSON.array(RDEvent.normalized(tags).map(JSON.string))
    try await updateContact(id, fields: ["tags": list], for: integration)
  }

  /// The contact's place in the funnel, or nil when RD knows no such contact.
  package func funnel(
    of id: RDContactID,
    for integration: String,
    before end: ContinuousClock.Instant? = nil
  ) async throws(CallError) -> RDFunnel? {
    try await caller.answer(RDRoutes.funnel.call(id.segment), for: integration, before: end)
  }

  /// Sets the contact's place in the funnel.
  package func setLifecycleStage(
    _ stage: LifecycleStage,
    of id: RDContactID,
    for integration: String,
    before end: ContinuousClock.Instant? = nil
  ) async throws(CallError) {
    let body: JSON = ["lifecycle_stage": .string(stage.rawValue)]
    try await caller.answer(
      RDRoutes.updateFunnel.call(id.segment, body: body),
      for: integration,
      before: end
    )
  }

  /// Sends the events in one call.
  ///
  /// On return RD has accepted them all. RD works on them later: a mark or sale for a contact it does
  /// not know is accepted and has no effect.
  ///
  /// - Parameters:
  ///   - events: Together at most 200 000 bytes; none means no call.
  ///   - integration: Whose account it is.
  ///   - end: No call begins after it; nil means that it may begin whenever its permit comes.
  /// - Throws: With the meaning `.unknown` when they may have been accepted, with any other when none was.
  package func send(
    _ events: [RDEvent],
    for integration: String,
    before end: ContinuousClock.Instant? = nil
  ) async throws(CallError) {
    guard !events.isEmpty else { return }
    var list: [JSON] = []
    for event in events { list.append(try event.json()) }
    let call =
      list.count == 1
      ? RDRoutes.event.call(body: list[0]) : RDRoutes.events.call(body: .array(list))
    guard call.bodyBytes <= RDEvent.bodyBytesMax else {
      let sentence = "the events are larger than \(RDEvent.bodyBytesMax) bytes"
      throw call.error(.unfit(code: "event_too_large", sentence: sentence), at: .rdStation)
    }
    try await caller.answer(call, for: integration, before: end)
  }

  /// Past conversions of a contact, newest first; none when RD does not know the contact.
  ///
  /// RD pages by ten, so `limit` costs one call per ten, and one more when the contact is given by
  /// its address: the history is documented by uuid only.
  ///
  /// - Parameters:
  ///   - contact: By uuid or by address.
  ///   - integration: Whose account it is.
  ///   - limit: 1 to 200.
  ///   - end: No page is asked for after it; nil means that all are.
  /// - Returns: At most `limit` events, and whether they are all.
  /// - Throws: Also with the cause `.late` when `end` came first; a read changes nothing.
  package func conversions(
    of contact: RDContactID,
    for integration: String,
    limit: Int = 50,
    before end: ContinuousClock.Instant? = nil
  ) async throws(CallError) -> RDHistory {
    let uuid: String
    switch contact {
    case .uuid(let given): uuid = given
    case .email:
      guard let found = try await self.contact(contact, for: integration) else {
        return RDHistory([], limit: limit)
      }
      uuid = found.uuid
    }
    var items: [JSON] = []
    for page in 1...max(1, (min(limit, 200) + 9) / 10) {
      let query = "event_type=CONVERSION&page=\(page)&order=created_at:desc"
      let call = RDRoutes.history.call(percentEncoded(uuid), query: query)
      let listed = try await caller.answer(call, for: integration, before: end)
      items += listed
      if listed.count < 10 { break }
    }
    return RDHistory(items, limit: limit)
  }
}
