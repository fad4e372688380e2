private import HTTPTypes
internal import Hummingbird
internal import SandboxLeads
private import StrictJSON
private import Synchronization

/// What a person did at RD Station, on a form or in its screen.
enum RDAct: Sendable, Hashable {
  case conversion(form: String)
  case mark
}

extension RDSimulator {
  /// Writes it down, so that what is owed can be told without asking anybody who owes it.
  func note(_ act: RDAct, of facts: LeadFacts, at: Timestamp, account: RDAccount, run: String?) {
    let form: String? = if case .conversion(let form) = act { form } else { nil }
    acts.append([
      ("account", .string(account.name)), ("act", .string(form == nil ? "mark" : "conversion")),
      ("email", .string(facts.email)), ("name", .optional(facts.name)),
      ("uuid", .string(facts.uuid)), ("form", .optional(form)), ("at", .string(at.utcMilliseconds)),
      ("job_title", .optional(facts.jobTitle)), ("fit_letter", .string(facts.fitLetter)),
      ("tags", .array(facts.tags.map(JSON.string))),
      ("run", .optional(run)),
    ])
  }

  /// Not part of RD's API, and without a token.
  ///
  /// `GET /rd/acts?after=SEQ`: what people did, an object a line. `POST /rd/screen/marks` with
  /// `{"account","emails"}`: a person marks these contacts by hand, now; who was marked already is
  /// unmarked first, so that the webhook fires.
  func addScreenActRoutes(to group: RouterGroup<SandboxContext>) {
    group.get("acts") { request, _ in self.acts.response(to: request) }
    group.post("screen/marks") { request, _ in
      let body = try await request.json()
      guard let name = body["account"]?.string, let list = body["emails"]?.array else {
        throw Refusal(status: .badRequest, body: ["message": "expected account and emails"])
      }
      let account = self.account(name)
      let at = self.now()
      let policy = self.settings.withLock { $0.webhookPolicy }
      var marked = 0
      for email in list.compactMap(\.string) {
        let record = account.state.withLock { state -> RDContactRecord? in
          guard let uuid = state.uuid(email: email), var record = state[uuid: uuid] else {
            return nil
          }
          record.keepFunnel(at: at)
          record.mark(at: at)
          state[uuid: uuid] = record
          return record
        }
        guard let record else { throw RDErrors.leadNotFound }
        marked += 1
        self.note(.mark, of: record.facts, at: at, account: account, run: nil)
        for webhook in self.due(.markedOpportunity, of: record, at: at, in: account) {
          self.work.start { await self.deliver(webhook, policy) }
        }
      }
      return Response.json(["marked": .number(marked)])
    }
  }
}
