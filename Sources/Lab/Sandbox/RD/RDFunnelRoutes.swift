private import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
internal import StrictJSON
private import Synchronization

extension RDSimulator {
  /// `default` is the only funnel.
  ///
  /// Assumed: marking fires the webhook when the mark is new.
  func addFunnelRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("platform/contacts/:id/funnels/default") { request, context in
      let call = try RDCall(request, self)
      let json = try call.account.state.withLock { state in
        guard let uuid = state.uuid(of: context.contact) else { throw RDErrors.leadNotFound }
        try state.countContact(.funnel, uuid: uuid, rd: call.settings, now: call.now)
        let shownAt = call.now.adding(milliseconds: -context.searchLag)
        return state[uuid: uuid]?.funnel(at: shownAt) ?? .null
      }
      return Response.json(json)
    }
    group.put("platform/contacts/:id/funnels/default") { request, context in
      let call = try RDCall(request, self)
      let body = try await request.json()
      let (record, isNewMark) = try call.account.state.withLock { state in
        guard let uuid = state.uuid(of: context.contact) else { throw RDErrors.leadNotFound }
        try state.countContact(.funnel, uuid: uuid, rd: call.settings, now: call.now)
        guard var record = state[uuid: uuid] else { throw RDErrors.leadNotFound }
        let wasMarked = record.facts.isOpportunity
        record.keepFunnel(at: call.now)
        try Self.apply(body, to: &record, call)
        let isNewMark = record.facts.isOpportunity && !wasMarked
        if isNewMark { record.mark(at: call.now) }
        state[uuid: uuid] = record
        return (record, isNewMark)
      }
      self.record("funnel", account: call.account, contact: record.facts.uuid, value: body)
      if isNewMark { self.fire(.markedOpportunity, of: record, at: call.now, in: call) }
      return Response.json(record.funnel)
    }
  }

  private static func apply(
    _ body: JSON,
    to record: inout RDContactRecord,
    _ call: RDCall
  ) throws(Refusal) {
    if let stage = body["lifecycle_stage"] {
      guard let name = stage.string else {
        throw RDErrors.field(
          "lifecycle_stage",
          "MUST_BE_STRING",
          "lifecycle_stage must be string."
        )
      }
      guard ["Lead", "Qualified Lead", "Client"].contains(name) else {
        throw RDErrors.field(
          "lifecycle_stage",
          "MUST_BE_VALID_OPTION",
          "must be a valid option: [Lead, Qualified Lead, Client]"
        )
      }
      record.facts.stage = name
    }
    if let opportunity = body["opportunity"] {
      guard let flag = opportunity.bool else {
        throw RDErrors.field("opportunity", "MUST_BE_BOOLEAN", "opportunity must be boolean.")
      }
      record.facts.isOpportunity = flag
    }
    switch body["contact_owner_email"] {
    // One of RD's own clients sends the text instead of the value.
    case .null, .string("null"): record.facts.owner = nil
    case .string(let email):
      guard email.contains("@") else {
        throw RDErrors.field(
          "contact_owner_email",
          "INVALID_EMAIL_FORMAT",
          "invalid email format"
        )
      }
      guard call.settings.users?.contains(email) ?? true else {
        throw RDErrors.field(
          "contact_owner_email",
          "INVALID_USER",
          "The user \(email) was not found in your account."
        )
      }
      record.facts.owner = email
    case nil: break
    default:
      throw RDErrors.field(
        "contact_owner_email",
        "MUST_BE_STRING",
        "contact_owner_email must be string."
      )
    }
  }
}

extension RDContactRecord {
  var funnel: JSON {
    [
      "lifecycle_stage": .string(facts.stage), "opportunity": .bool(facts.isOpportunity),
      "contact_owner_email": .optional(facts.owner), "fit": .number(facts.fit),
      "interest": .number(facts.interest), "origin": .string(facts.origin),
    ]
  }

  /// As a reader sees it who is behind by what has changed since then.
  func funnel(at: Timestamp) -> JSON {
    formerFunnels.first { $0.until > at }?.funnel ?? funnel
  }

  /// Keeps what the funnel is before it changes; enough of them for any reader's lag.
  mutating func keepFunnel(at: Timestamp) {
    formerFunnels.append((at, funnel))
    if formerFunnels.count > 16 { formerFunnels.removeFirst() }
  }

  mutating func mark(at: Timestamp) {
    facts.isOpportunity = true
    facts.markedAt = at
    history.append(
      RDHistoryItem(
        type: "OPPORTUNITY",
        identifier: "default",
        at: at,
        payload: ["email": .string(facts.email), "funnel_name": "default"]
      )
    )
  }
}
