private import NIOHTTP1
private import StrictJSON

extension RDStationClient {
  /// Sends the events in one call.
  ///
  /// On return RD has accepted them all.
  ///
  /// RD works on them later: a mark or sale for a contact it does not know is accepted and has no
  /// effect. Not idempotent: a repeated conversion is a second conversion.
  ///
  /// - Parameters:
  ///   - events: Together at most 200 000 bytes, see `chunks`; none means no call.
  ///   - integration: Whose account it is.
  ///   - end: No call begins after it; nil means that it may begin whenever its permit comes.
  /// - Throws: `.outcomeUnknown` when the answer was lost. With every other code but `.unavailable`
  ///   none of the events was accepted; `.notSent` also when `end` came first.
  package func send(
    _ events: [RDEvent],
    for integration: String,
    before end: ContinuousClock.Instant? = nil
  ) async throws(RDStationError) {
    guard !events.isEmpty else { return }
    var list: [JSON] = []
    for event in events { list.append(try event.json()) }
    let path = list.count == 1 ? "/platform/events" : "/platform/events/batch"
    let request = RDRequest(
      .POST,
      path,
      path: path,
      body: list.count == 1 ? list[0] : .array(list)
    )
    guard (request.body?.count ?? 0) <= RDEvent.bodyBytesMax else {
      throw RDStationError(.eventTooLarge)
    }
    _ = try await call(request, for: integration, before: end)
  }

  /// Past conversions of a contact, newest first; empty when RD does not know the contact.
  ///
  /// RD pages by ten, so `limit` costs one call per ten, and one more when the contact is given by
  /// its address: the history is documented by uuid only.
  ///
  /// - Parameters:
  ///   - contact: By uuid or by address.
  ///   - integration: Whose account it is.
  ///   - limit: 1 to 200.
  ///   - end: No page is asked for after it; nil means that all are.
  /// - Returns: At most `limit` events; none when RD does not know the contact.
  /// - Throws: `.unavailable`, `.rateLimited` and what a token can cause; `.heldBack` when `end` came
  ///   first; a read changes nothing.
  package func conversions(
    of contact: RDContactID,
    for integration: String,
    limit: Int = 50,
    before end: ContinuousClock.Instant? = nil
  ) async throws(RDStationError) -> [RDHistoryEvent] {
    let uuid: String
    switch contact {
    case .uuid(let given): uuid = given
    case .email:
      guard let found = try await self.contact(contact, for: integration) else { return [] }
      uuid = found.uuid
    }
    var events: [RDHistoryEvent] = []
    for page in 1...max(1, (min(limit, 200) + 9) / 10) {
      if let end, ContinuousClock.now >= end { throw RDStationError(.heldBack(.seconds(5))) }
      let items = try await historyPage(page, of: uuid, for: integration)
      events.append(contentsOf: items.compactMap(RDHistoryEvent.init))
      if items.count < 10 { break }
    }
    return Array(events.prefix(limit))
  }

  private func historyPage(
    _ page: Int,
    of uuid: String,
    for integration: String
  ) async throws(RDStationError) -> [JSON] {
    let query = "event_type=CONVERSION&page=\(page)&order=created_at:desc"
    let request = RDRequest(
      .GET,
      "/platform/contacts/{uuid}/events",
      path: "/platform/contacts/\(percentEncoded(uuid))/events?\(query)"
    )
    do throws(RDStationError) {
      let json = try await call(request, for: integration).json()
      return json.array ?? [json]
    } catch  where error.code == .notFound {
      return []
    }
  }
}
