internal import Hummingbird
internal import SandboxLeads
private import StrictJSON
private import Synchronization

extension RDSimulator {
  /// Events, alone and in a batch.
  ///
  /// Assumed: a batch is checked whole before any of it is recorded. RD works later; here the effect
  /// is there at once. A qualification event for an unknown contact is accepted without effect.
  func addEventRoutes(to group: RouterGroup<SandboxContext>) {
    group.post("platform/events") { request, _ in
      let call = try RDCall(request, self, quota: .events)
      let uuids = try self.accept([RDEventEnvelope(try await request.json())], call)
      return Response.json(["event_uuid": .string(uuids.first ?? "")])
    }
    group.post("platform/events/batch") { request, _ in
      let call = try RDCall(request, self, quota: .events)
      guard let list = try await request.json().array else {
        throw RDErrors.at("$", "INVALID_DATA_TYPE", "Must be of type 'ARRAY'.")
      }
      let uuids = try self.accept(list.map { try RDEventEnvelope($0) }, call)
      return Response.json([
        "event_batch_uuid": .string(call.account.state.withLock { $0.generator.uuid() }),
        "events": .array(uuids.map { ["event_uuid": .string($0)] }),
      ])
    }
  }

  private func accept(_ events: [RDEventEnvelope], _ call: RDCall) throws -> [String] {
    try call.account.state.withLock { state in
      for event in events {
        guard let uuid = state.uuid(email: event.email) else { continue }
        try state.countContact(.event, uuid: uuid, rd: call.settings, now: call.now)
      }
    }
    return events.map { accept($0, call) }
  }

  private func accept(_ event: RDEventEnvelope, _ call: RDCall) -> String {
    let (eventUUID, record, isNewMark) = call.account.state.withLock { state in
      let eventUUID = state.generator.uuid()
      let known = state.uuid(email: event.email).flatMap { state[uuid: $0] }
      guard
        var record = known
          ?? (event.type == "CONVERSION" ? state.create(email: event.email, at: call.now) : nil)
      else { return (eventUUID, RDContactRecord?.none, false) }
      let wasMarked = record.facts.isOpportunity
      record.keepFunnel(at: call.now)
      record.take(event, uuid: eventUUID, at: call.now, &state)
      state[uuid: record.facts.uuid] = record
      return (eventUUID, record, record.facts.isOpportunity && !wasMarked)
    }
    note(event, record, call)
    if let record {
      if event.type == "CONVERSION" {
        let identifier = event.payload["conversion_identifier"]?.string ?? ""
        fire(.converted(identifier: identifier), of: record, at: call.now, in: call)
      }
      if isNewMark { fire(.markedOpportunity, of: record, at: call.now, in: call) }
    }
    return eventUUID
  }

  private func note(_ event: RDEventEnvelope, _ contact: RDContactRecord?, _ call: RDCall) {
    let payload = event.payload
    let effects = [
      "CONVERSION": "conversion", "OPPORTUNITY": "opportunity", "SALE": "sale",
      "OPPORTUNITY_LOST": "lost",
    ]
    record(
      effects[event.type] ?? "event",
      account: call.account,
      contact: contact?.facts.uuid,
      identifier: payload["conversion_identifier"]?.string ?? event.type,
      marker: payload["traffic_value"]?.string,
      value: payload["value"] ?? payload["reason"] ?? .null,
      status: contact == nil ? "no_effect" : "done"
    )
  }
}

extension RDContactRecord {
  /// The effect of an event.
  ///
  /// Assumed: a sale moves the contact to `Client`.
  mutating func take(
    _ event: RDEventEnvelope,
    uuid: String,
    at: Timestamp,
    _ account: inout RDAccountState
  ) {
    switch event.type {
    case "CONVERSION": convert(event, uuid: uuid, at: at, &account)
    case "OPPORTUNITY": mark(at: at)
    case "OPPORTUNITY_LOST": facts.isOpportunity = false
    case "SALE": facts.stage = "Client"
    default: break
    }
  }

  private mutating func convert(
    _ event: RDEventEnvelope,
    uuid: String,
    at: Timestamp,
    _ account: inout RDAccountState
  ) {
    let payload = event.payload
    let identifier = payload["conversion_identifier"]?.string ?? ""
    let tags = facts.tags
    RDContactBody.apply(payload, to: &self, fields: account.fields)
    // A conversion adds its tags; only the contact calls replace them.
    facts.tags = tags + facts.tags.filter { !tags.contains($0) }
    if let company = payload["company_name"]?.string { facts.company = company }
    facts.conversionCount += 1
    var conversion = ConversionFacts(
      identifier: identifier,
      at: at,
      ordinal: facts.conversionCount,
      eventUUID: uuid,
      batchUUID: account.generator.uuid()
    )
    conversion.source = payload["traffic_source"]?.string ?? "unknown"
    conversion.medium = payload["traffic_medium"]?.string ?? "unknown"
    conversion.value = payload["traffic_value"]?.string
    conversion.campaign = payload["traffic_campaign"]?.string ?? "unknown"
    facts.firstConversion = facts.firstConversion ?? conversion
    facts.lastConversion = conversion
    history.append(
      RDHistoryItem(type: "CONVERSION", identifier: identifier, at: at, payload: payload)
    )
  }
}
