import OutsideCalls
import EmbeddedCRM
import Leads
import Postgres
import RDStation
import StrictJSON
import Synchronization
import TestKit
import Testing
import Belt

@testable import BeltStorage
@testable import RDUpdater
@testable import Sandbox

/// What is sent again, by whom and when, after RD Station's answer was lost.
@Suite(.timeLimit(.minutes(2)))
struct UnknownOutcomeTests {
  /// Permits at which a test steps in; what it throws refuses the call.
  private struct Gate: CallPermits {
    let step: @Sendable (Quota) async throws(NoPermit) -> Void

    func permit(_ api: Quota, of integration: String) async throws(NoPermit) -> CallPermit {
      try await step(api)
      return CallPermit(api, of: integration)
    }

    func ended(_: CallPermit, _: CallPermit.Ending) async {}
  }

  /// Leads whose opportunities are won, each with the announcement for the RD updater.
  private func won(
    _ belt: Belt,
    people: ClosedRange<Int> = 1...1,
    settings: Settings = .flow()
  ) async throws -> [Message] {
    try await belt.apply(settings)
    var webhooks = Webhooks()
    var messages: [Message] = []
    for person in people {
      let address = RDContactID.email("pessoa\(person)@exemplo.com.br")
      try await belt.client.updateContact(address, fields: ["name": "Pessoa"], for: "acme")
      let contact = try await belt.client.contact(address, for: "acme")
      try await belt.run([webhooks.conversion(person, uuid: contact?.uuid)])
    }
    let rows = try await belt.pool.run(
      "select marker from embedded_opportunity order by created_at"
    )
    for row in rows {
      let id = try #require(Identifier(try row.string(0)))
      let changed = try #require(try await belt.desk.act(.win(value: "10"), on: id, in: "acme"))
      let body = OpportunityChanged(opportunity: id, version: changed.state.version)
      messages.append(
        Message(
          id: Identifier(derivedFrom: "\(body)", "won"),
          type: OpportunityChanged.type,
          stage: Flow.rdUpdater.stage,
          integration: "acme",
          journey: id,
          body: body.json.encoded
        )
      )
    }
    return messages
  }

  private func strike(_ belt: Belt, _ faults: [JSON]) throws {
    belt.sandbox.faults.replace(with: try faults.map { try #require(Fault($0)) }, seed: 1)
  }

  private static let laggingHistory: JSON = [
    "route": "GET /platform/contacts/*/events", "kind": "status", "status": 404, "percent": 100,
  ]

  private static func lostAnswers(_ times: Int) -> JSON {
    [
      "route": "POST /platform/events*", "kind": "drop_after_commit", "percent": 100,
      "times": .number(times),
    ]
  }

  /// So far that the next look that finds nothing lets the events be sent again.
  private func looked(_ belt: Belt, for message: Message) async throws {
    #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_outcome_unknown"])
    #expect(try await belt.count("select max(reads) from effect where state = 'unknown'") == 0)
    // Not before the latest commit and the lag of what RD shows, however often it was looked for.
    for (looks, seconds) in [(1, 20), (2, 60), (3, 149), (4, 175)] {
      try await belt.pool.run(
        "update effect set sent_at = now() - make_interval(secs => \(seconds)::int)"
      )
      #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      #expect(try await belt.count("select max(reads) from effect") == looks)
      #expect(try belt.ledger("sale").count == 1)
    }
    try await belt.pool.run("update effect set sent_at = now() - interval '181 seconds'")
  }

  @Test func `after a second lost answer the patience begins anew`() async throws {
    try await withBelt { belt in
      let message = try #require(try await won(belt).first)
      try strike(belt, [Self.laggingHistory, Self.lostAnswers(2)])
      try await looked(belt, for: message)
      #expect(try belt.ledger("sale").count == 1)
      #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      #expect(try belt.ledger("sale").count == 2, "the history lags for longer than we wait")
      for _ in 1...4 {
        #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      }
      #expect(try belt.ledger("sale").count == 2, "a look or an age of before must not count")
      try strike(belt, [])
      #expect(try await belt.run([message]).waiting.isEmpty)
      #expect(try belt.ledger("sale").count == 2)
    }
  }

  @Test func `while a worker is about to send again, others leave the message alone`() async throws
  {
    try await withBelt { belt in
      let message = try #require(try await won(belt).first)
      try strike(belt, [Self.laggingHistory, Self.lostAnswers(1)])
      try await looked(belt, for: message)
      let other = try belt.handler(.rdUpdater)
      let updater = belt.updater(
        permits: Gate { api async throws(NoPermit) in
          guard api == .events else { return }
          do {
            let outcomes = try await other.handle([message])
            #expect(outcomes.first?.waitsFor == "in_other_hands")
          } catch {
            Issue.record(error)
          }
        }
      )
      #expect(try await updater.handle([message]).map(\.name) == ["done"])
      #expect(try belt.ledger("sale").count == 2, "once before, and once by one of the two")
    }
  }

  @Test func `a worker whose message was taken over while it looked sends nothing`() async throws {
    try await withBelt { belt in
      let message = try #require(try await won(belt).first)
      try strike(belt, [Self.laggingHistory, Self.lostAnswers(1)])
      try await looked(belt, for: message)
      let updater = belt.updater(
        permits: Gate { api async throws(NoPermit) in
          guard api == .contacts else { return }
          do {
            _ = try await belt.pool.run("update effect set generation = generation + 1")
          } catch {
            Issue.record(error)
          }
        }
      )
      #expect(try await updater.handle([message]).first?.waitsFor == "in_other_hands")
      #expect(try belt.ledger("sale").count == 1)
    }
  }

  @Test func `a look that could not be made counts for none`() async throws {
    try await withBelt { belt in
      let message = try #require(try await won(belt).first)
      try strike(
        belt,
        [
          ["route": "GET /platform/contacts/*", "kind": "status", "status": 503, "percent": 100],
          Self.lostAnswers(1),
        ]
      )
      try await belt.run([message])
      for _ in 1...3 {
        #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_read_back_failed"])
      }
      #expect(try await belt.count("select max(reads) from effect") == 0)
    }
  }

  @Test func `who was found is not told again when the others cannot be told now`() async throws {
    try await withBelt { belt in
      let message = try #require(try await won(belt).first)
      try strike(belt, [Self.lostAnswers(1)])
      try await belt.run([message])
      let load = Effects.load([message])
      let found = try load.read(try await belt.pool.run(load.statements))
      let known = try #require(found[message.id])
      let effect = Effects.Found(
        state: .unknown,
        plan: known.plan,
        subject: known.subject,
        age: 181_000,
        reads: 2,
        generation: known.generation
      )
      let people = [1, 9].map { RDPerson(uuid: nil, email: "pessoa\($0)@exemplo.com.br") }
      let update = try #require(RDUpdate(json: effect.plan))
      let call = OnceCall(
        message,
        RDPlan(update, of: known.subject, people: people),
        after: effect
      )
      let generation = call.generation
      try await belt.pool.run(Effects.takingOver([(message, generation)]))
      let desk = belt.rdDesk(
        permits: Gate { api async throws(NoPermit) in
          if api == .events { throw NoPermit(.heldBack(.seconds(5))) }
        }
      )
      let told = try #require(await desk.make([call], Lease())[message.id])
      #expect(told.reason.code == "rd_held_back")
      #expect(told.state == nil, "failed would tell both people anew")
      let sales = try belt.ledger("sale").count
      let again = await belt.rdDesk().make([call], Lease())
      #expect(again[message.id]?.isDone == true)
      #expect(try belt.ledger("sale").count == sales + 1, "only the one who was not found")
    }
  }

  @Test func `one person's quota keeps that person's messages waiting and no other's`()
    async throws
  {
    try await withBelt { belt in
      let messages = try await won(belt, people: 1...3)
      try #require(messages.count == 3)
      belt.sandbox.rd.settings.withLock { $0.contactQuotas = true }
      for _ in 1...6 {
        try await belt.client.send(
          (1...20).map { _ in .opportunity(email: "pessoa2@exemplo.com.br") },
          for: "acme"
        )
      }
      let rest = try await belt.run(messages)
      #expect(rest.waiting.map(\.reason.code) == ["rd_rate_limited"])
      #expect(try belt.ledger("sale").count == 2)
      #expect(try await belt.count("select count(*) from effect where state = 'failed'") == 1)
    }
  }

  @Test func `what a person says is not there is sent, what is only parked is not`() async throws {
    try await withBelt { belt in
      let message = try #require(try await won(belt).first)
      try strike(belt, [Self.lostAnswers(1)])
      try await belt.run([message])
      try await belt.pool.run("update effect set state = 'parked' where state = 'unknown'")
      try strike(belt, [Self.laggingHistory])
      #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      #expect(try belt.ledger("sale").count == 1)
      try await belt.pool.run("update effect set state = 'failed' where state = 'unknown'")
      #expect(try await belt.run([message]).waiting.isEmpty)
      #expect(try belt.ledger("sale").count == 2)
    }
  }

  @Test func `what RD Station answered outlives a database that is away`() async throws {
    try await withBelt { belt in
      let message = try #require(try await won(belt).first)
      try await belt.pool.run([
        "create sequence failures",
        """
        create function fail_twice() returns trigger language plpgsql as $$
        begin
          if nextval('failures') <= 2 then
            raise exception 'shutting down' using errcode = '57P01';
          end if;
          return new;
        end $$
        """,
        """
        create trigger fail_twice before insert on receipt for each row
        when (new.stage = 'rd-updater') execute function fail_twice()
        """,
      ])
      let before = try belt.ledger("sale").count
      #expect(try await belt.handler(.rdUpdater).handle([message]).map(\.name) == ["done"])
      #expect(try await belt.count("select nextval('failures')") == 4)
      #expect(try belt.ledger("sale").count == before + 1)
      #expect(try await belt.count("select count(*) from effect where state <> 'confirmed'") == 0)
    }
  }

  @Test func `a message that was taken over keeps no other from its result`() async throws {
    try await withBelt { belt in
      let messages = try await won(belt, people: 1...2)
      try #require(messages.count == 2)
      let updater = belt.updater(
        permits: Gate { api async throws(NoPermit) in
          guard api == .events else { return }
          do {
            _ = try await belt.pool.run(
              "update effect set generation = generation + 1 where id = \(messages[1].id)"
            )
          } catch {
            Issue.record(error)
          }
        }
      )
      let outcomes = try await updater.handle(messages)
      #expect(outcomes.map(\.name) == ["done", "snooze"])
      #expect(outcomes.last?.waitsFor == "in_other_hands")
      let states = try await belt.pool.run(
        "select state from effect where id = any(\(messages.map(\.id))::uuid[]) order by state"
      ).map { try $0.string(0) }
      #expect(states == ["confirmed", "sent"])
    }
  }

  @Test func `a call that is held back waits longer each time, and its journey says so once`()
    async throws
  {
    try await withBelt { belt in
      var message = try #require(try await won(belt).first)
      let updater = belt.updater(
        permits: Gate { api async throws(NoPermit) in
          if api == .events { throw NoPermit(.heldBack(.seconds(5))) }
        }
      )
      var waits: [Duration] = []
      for deferrals in [0, 1, 12, 60] {
        message.deferrals = deferrals
        message.cause = deferrals == 0 ? nil : "rd_held_back"
        guard case .snooze(let wait, _)? = try await updater.handle([message]).first else {
          continue
        }
        waits.append(wait)
      }
      #expect(waits == [.seconds(5), .seconds(5), .seconds(30), .seconds(300)])
      #expect(try await belt.count("select count(*) from journey where code = 'rd_held_back'") == 1)
      message.cause = "rd_unavailable"
      _ = try await updater.handle([message])
      #expect(try await belt.count("select count(*) from journey where code = 'rd_held_back'") == 2)
    }
  }

  @Test func `everybody's events go out before what may be repeated`() async throws {
    try await withBelt { belt in
      let message = try #require(try await won(belt).first)
      try await belt.apply(.flow("beta"))
      try await belt.client.updateContact(
        .email("pessoa1@exemplo.com.br"),
        fields: ["name": "Pessoa"],
        for: "beta"
      )
      let order = Mutex<[Quota]>([])
      let desk = belt.rdDesk(
        permits: Gate { api async throws(NoPermit) in order.withLock { $0.append(api) } }
      )
      let planned = ["acme", "beta"].map { integration in
        var copy = message
        copy.integration = integration
        copy.id = Identifier(derivedFrom: integration)
        let plan = RDPlan(
          RDUpdate(events: [.opportunity], lifecycleStage: .qualifiedLead),
          of: message.id,
          people: [RDPerson(uuid: nil, email: "pessoa1@exemplo.com.br")]
        )
        return OnceCall(copy, plan)
      }
      let told = await desk.make(planned, Lease()).values.filter(\.isDone)
      #expect(told.count == 2)
      #expect(order.withLock { $0 } == [.events, .events, .funnels, .funnels])
    }
  }

  /// The first attempt to tell RD Station of a new opportunity, whose answer is lost: two conversions and
  /// the mark, in one call.
  private func created(_ belt: Belt) async throws -> Message {
    try await belt.apply(.flow())
    var webhooks = Webhooks()
    let address = RDContactID.email("pessoa1@exemplo.com.br")
    try await belt.client.updateContact(address, fields: ["name": "Pessoa"], for: "acme")
    let contact = try await belt.client.contact(address, for: "acme")
    let imported = try await belt.follows(
      .leadImporter,
      [webhooks.conversion(1, uuid: contact?.uuid)]
    )
    let centralized = try await belt.follows(.centralizer, imported)
    let message = try #require(
      try await belt.follows(.opportunityCreator, centralized)
        .first { $0.stage == Flow.rdUpdater.stage }
    )
    try strike(belt, [Self.lostAnswers(1)])
    #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_outcome_unknown"])
    try strike(belt, [])
    return message
  }

  private func conversions(_ belt: Belt) throws -> [String] {
    try belt.ledger("conversion").compactMap { $0["identifier"]?.string }
  }

  private func forget(_ identifier: String, _ belt: Belt) throws {
    let account = belt.sandbox.rd.account("acme")
    try account.state.withLock { state in
      let uuid = try #require(state.uuid(email: "pessoa1@exemplo.com.br"))
      state.update(uuid: uuid) { contact in
        contact.history.removeAll { $0.identifier == identifier }
      }
    }
  }

  @Test func `of two conversions only the one that is not there is sent again, and late`()
    async throws
  {
    try await withBelt { belt in
      let message = try await created(belt)
      #expect(
        try conversions(belt) == ["Cadastro criado no CRM", "Oportunidade gerada pelo CRM"]
      )
      try forget("Oportunidade gerada pelo CRM", belt)
      try await belt.pool.run("update effect set sent_at = now() - interval '170 seconds'")
      let early = try await belt.run([message])
      #expect(early.waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      #expect(early.waiting.first?.reason.sentence.contains("a part of what it was told") == true)
      #expect(try conversions(belt).count == 2)
      try await belt.pool.run("update effect set sent_at = now() - interval '181 seconds'")
      #expect(try await belt.run([message]).waiting.isEmpty)
      #expect(
        try conversions(belt) == [
          "Cadastro criado no CRM", "Oportunidade gerada pelo CRM", "Oportunidade gerada pelo CRM",
        ]
      )
    }
  }

  @Test func `what nothing can show waits for the same time before a person is asked`()
    async throws
  {
    try await withBelt { belt in
      let settings = Settings.flow { $0.rdUpdates.standardConversions = false }
      let message = try #require(try await won(belt, settings: settings).first)
      try strike(belt, [Self.lostAnswers(1)])
      #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      try await belt.pool.run("update effect set sent_at = now() - interval '170 seconds'")
      #expect(try await belt.run([message]).waiting.map(\.reason.code) == ["rd_outcome_unknown"])
      try await belt.pool.run("update effect set sent_at = now() - interval '181 seconds'")
      let last = try await belt.run([message])
      #expect(last.rejected.map(\.reason.code) == ["rd_outcome_undecidable"])
      #expect(try belt.ledger("sale").count == 1)
    }
  }
}
