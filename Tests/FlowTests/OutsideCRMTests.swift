import Belt
import BeltStorage
import CRMConformance
import FoundationEssentials
import Leads
import Operations
import Postgres
import Synchronization
import Testing

/// The opportunity creator at a CRM that shares nothing with us: intent, call, result.
@Suite(.timeLimit(.minutes(2)))
struct OutsideCRMTests {
  private func isConfirmed(_ belt: Belt) async throws -> Bool {
    let settled = try await belt.count(
      "select count(*) from effect where kind = 'crm.opportunity.create' and state = 'confirmed'"
    )
    let recorded = try await belt.count(
      "select count(*) from opportunity where crm_id is not null"
    )
    return settled == 1 && recorded == 1
  }

  @Test
  func `company and contact are put first, the opportunity refers to them, and the ids are kept`()
    async throws
  {
    try await withBelt { belt in
      let rest = try await belt.run(try await belt.centralized(), deliveries: 2)
      #expect(rest.waiting.isEmpty && rest.rejected.isEmpty)
      let kept = try await belt.pool.run(
        "select crm_id from contact union all select crm_id from company"
      ).map { try $0.optionalString(0) }
      let references = belt.office.references(of: try await belt.marker(), in: "acme")
      #expect(references.map { $0.id } == kept)
      #expect(belt.office.count(of: try await belt.marker(), in: "acme") == 1)
      #expect(try await isConfirmed(belt))
    }
  }

  @Test func `a person whom the CRM knows is found before they are put into it`() async throws {
    try await withBelt { belt in
      let known = belt.office.addPerson([MatchKey(.email, "pessoa1@exemplo.com.br")], in: "acme")
      let messages = try await belt.centralized()
      let found = try await belt.pool.run("select crm_id from contact")[0].optionalString(0)
      #expect(found == known.id)
      try await belt.run(messages)
      #expect(belt.office.count(of: .contact, in: "acme") == 1)
      #expect(belt.office.references(of: try await belt.marker(), in: "acme").contains(known))
    }
  }

  @Test func `a create whose answer was lost is read back by its marker and not made again`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      belt.office.strike(.answerLost, in: "acme")
      let rest = try await belt.run(messages)
      #expect(rest.waiting.map(\.reason.code) == ["crm_outcome_unknown"])
      #expect(try await belt.run(messages, deliveries: 2).waiting.isEmpty)
      #expect(belt.office.count(of: try await belt.marker(), in: "acme") == 1)
      #expect(try await isConfirmed(belt))
    }
  }

  @Test func `an opportunity that was found after a lost answer gets its contact linked`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      belt.office.strike(.answerLost, in: "acme")
      try await belt.run(messages)
      let marker = try await belt.marker()
      belt.office.cutOffContact(of: marker, in: "acme")
      #expect(belt.office.references(of: marker, in: "acme").count == 1)
      #expect(try await belt.run(messages, deliveries: 2).waiting.isEmpty)
      #expect(belt.office.references(of: marker, in: "acme").count == 2)
    }
  }

  @Test func `a create that is carried out late is waited for`() async throws {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      belt.office.strike(.commitLate, in: "acme")
      for _ in 0..<3 {
        let rest = try await belt.run(messages)
        #expect(rest.waiting.map(\.reason.code) == ["crm_outcome_unknown"])
      }
      belt.office.carryOutLate(in: "acme")
      #expect(try await belt.run(messages).waiting.isEmpty)
      #expect(belt.office.count(of: try await belt.marker(), in: "acme") == 1)
    }
  }

  /// A create that the CRM never shows, as it is given up for a person to decide.
  private func undecided(_ belt: Belt) async throws {
    let messages = try await belt.centralized()
    belt.office.strike(.commitLate, in: "acme")
    try await belt.run(messages)
    try await belt.pool.run(
      "update effect set sent_at = now() - interval '10 minutes' where integration_id = 'acme'"
    )
    let rest = try await belt.run(messages)
    #expect(rest.rejected.map(\.reason.code) == ["crm_outcome_undecidable"])
    #expect(try await belt.count("select count(*) from effect where state = 'parked'") == 1)
  }

  /// What a person sends again who has looked.
  private func retried(_ belt: Belt, seen: Sighting?) async throws -> [Message] {
    let sent = Mutex<[Message]>([])
    let desk = DeadLetters(pool: belt.pool)
    let ids = try await desk.open().map(\.message.id)
    let settled = try await desk.retry(ids: ids, seen: seen, actor: "test") { messages in
      sent.withLock { $0 = messages.map(\.message) }
    }
    #expect(settled.count == 1)
    return sent.withLock { $0 }
  }

  @Test func `what the CRM never shows is made anew when a person says that it is not there`()
    async throws
  {
    try await withBelt { belt in
      try await undecided(belt)
      // Without their word it stays where it is.
      let again = try await belt.run(try await retried(belt, seen: nil))
      #expect(again.rejected.map(\.reason.code) == ["crm_outcome_undecidable"])
      let rest = try await belt.run(try await retried(belt, seen: .notThere))
      #expect(rest.rejected.isEmpty && rest.waiting.isEmpty)
      #expect(belt.office.count(of: try await belt.marker(), in: "acme") == 1)
    }
  }

  @Test
  func
    `what the CRM never shows goes on with the record that a person has seen there, as it stands`()
    async throws
  {
    try await withBelt { belt in
      try await undecided(belt)
      belt.office.carryOutLate(in: "acme")
      let record = try #require(belt.office.record(of: try await belt.marker(), in: "acme"))
      // Its webhook was of an opportunity that nobody knew.
      _ = try belt.office.act(.win(value: "10.00"), on: record, in: "acme")
      let rest = try await belt.run(try await retried(belt, seen: .there(record)))
      #expect(rest.waiting.isEmpty)
      #expect(try belt.ledger("sale").count == 1)
      #expect(belt.office.count(of: try await belt.marker(), in: "acme") == 1)
      #expect(try await isConfirmed(belt))
    }
  }

  @Test
  func `nobody can say that it is there who names another lead's opportunity, or of another cause`()
    async throws
  {
    try await withBelt { belt in
      try await belt.run(try await belt.centralized(people: [2]))
      let other = try await belt.pool.run("select crm_id from opportunity")[0].string(0)
      try await undecided(belt)
      let refusal = await #expect(throws: Refusal.self) {
        try await retried(belt, seen: .there(CRMRecord(id: other)))
      }
      #expect(refusal?.code == "record_taken")
      try await belt.pool.run("update dead_letter set code = 'crm_refused'")
      let known = await #expect(throws: Refusal.self) {
        try await retried(belt, seen: .there(CRMRecord(id: "new")))
      }
      #expect(known?.code == "outcome_known")
      #expect(try await belt.count("select count(*) from effect where state = 'parked'") == 1)
    }
  }

  @Test(arguments: [
    (CRMFault.loginDead, "memory_login_dead"), (.quotaUsedUp, "memory_quota"),
    (.away, "memory_away"),
  ])
  func `a call that did nothing is made later, and once`(fault: CRMFault, code: String) async throws
  {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      belt.office.strike(fault, in: "acme")
      let rest = try await belt.run(messages)
      #expect(rest.waiting.map(\.reason.code) == [code])
      #expect(belt.office.count(of: try await belt.marker(), in: "acme") == 0)
      belt.office.renewLogin(in: "acme")
      #expect(try await belt.run(messages, deliveries: 2).waiting.isEmpty)
      #expect(belt.office.count(of: try await belt.marker(), in: "acme") == 1)
      #expect(belt.office.count(of: .contact, in: "acme") == 1)
    }
  }

  @Test func `an open opportunity is brought up to date where it is kept`() async throws {
    try await withBelt { belt in
      try await belt.apply(
        .flow {
          $0.crm = .rdStationCRM
          $0.triggers[1].onRepeat = .reuseOpen
          $0.fields = [FieldMapping(crm: "fone", rd: "mobile_phone", fallback: nil)]
        }
      )
      var webhooks = Webhooks()
      try await belt.run([webhooks.conversion(1)])
      try await belt.run(
        [webhooks.conversion(1, identifier: "ebook", minute: 5, mobile: "+55 19 98888-7777")],
        deliveries: 2
      )
      #expect(try await belt.count("select count(*) from opportunity") == 1)
      let fields = belt.office.fields(of: try await belt.marker(), in: "acme")
      #expect(fields["fone"]?.first?.contains("98888-7777") == true)
    }
  }

  private func hook(of record: CRMRecord) -> Message {
    let id = Identifier(derivedFrom: "hook", record.id)
    return Message(
      id: id,
      type: CRMHookReceived.type,
      stage: Flow.rdUpdater.stage,
      integration: "acme",
      journey: id,
      body: Array(#"{"deal":"\#(record.id)"}"#.utf8),
      deferrals: 30,
      arrivedAt: Int64(Date.now.timeIntervalSince1970 * 1000) + 1000
    )
  }

  @Test
  func `a hook that names a record waits while a create is of unknown outcome, and no longer`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      belt.office.strike(.answerLost, in: "acme")
      try await belt.run(messages)
      let marker = try await belt.marker()
      let record = try #require(belt.office.record(of: marker, in: "acme"))
      _ = try belt.office.act(.win(value: "10.00"), on: record, in: "acme")
      let hook = hook(of: record)
      #expect(try await belt.run([hook]).waiting.map(\.reason.code) == ["opportunity_awaited"])
      // One that came before it can speak of something else only.
      var early = hook
      early.id = Identifier(derivedFrom: "early")
      early.arrivedAt -= 3_600_000
      #expect(try await belt.run([early]).waiting.isEmpty)
      #expect(try await belt.run(messages).waiting.isEmpty)
      #expect(try await belt.run([hook]).waiting.isEmpty)
      #expect(try belt.ledger("sale").count == 1)
    }
  }

  @Test func `a hook of a deal that is none of ours is not kept waiting by a create that is lost`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      belt.office.strike(.commitLate, in: "acme")
      try await belt.run(messages)
      let foreign = hook(of: CRMRecord(id: "foreign"))
      #expect(try await belt.run([foreign]).waiting.count == 1)
      try await belt.pool.run("update effect set sent_at = now() - interval '10 minutes'")
      #expect(try await belt.run([foreign]).waiting.isEmpty)
    }
  }

  @Test func `tags of an opportunity that is not known to be created do not count as agreed`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await belt.centralized()
      belt.office.strike(.commitLate, in: "acme")
      try await belt.run(messages)
      let reason = Reason("crm_outcome_undecidable", "It was looked for in vain.")
      try await DeadLetterRecorder(pool: belt.pool).record([(messages[0], reason)])
      let lead = try messages[0].body(as: LeadCentralized.self).lead
      let tagged = messages[0].following(to: .tagSync, LeadTagged(lead: lead))
      #expect(try await belt.run([tagged]).waiting.isEmpty)
      #expect(try await belt.count("select count(*) from tag_state") == 0)
    }
  }

  @Test func `a hook that the version before has begun meanwhile is left to it`() async throws {
    try await withBelt { belt in
      try await belt.run(try await belt.centralized())
      let marker = try await belt.marker()
      let record = try #require(belt.office.record(of: marker, in: "acme"))
      let hook = hook(of: record)
      // Of another kind, so that the look before the transaction does not see it, as if it came after.
      try await belt.pool.run(
        """
        insert into effect (integration_id, id, journey_id, kind, subject_id, state, plan)
        values ('acme', \(hook.id), \(hook.journey), 'later', \(marker), 'sent', '{}')
        """
      )
      #expect(try await belt.run([hook]).waiting.map(\.reason.code) == ["in_other_hands"])
    }
  }
}
