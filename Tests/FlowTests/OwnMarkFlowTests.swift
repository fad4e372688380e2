import OutsideCalls
import BeltStorage
import Leads
import Postgres
import RDStation
import StrictJSON
import Synchronization
import TestKit
import Testing
import Belt

@testable import Sandbox

/// RD Station tells us of the mark that we set, by every webhook that a customer has registered.
@Suite(.timeLimit(.minutes(2)))
struct OwnMarkFlowTests {
  private static let email = RDContactID.email("pessoa1@exemplo.com.br")

  /// One person who converted at RD Station; everything that her lead tells RD is told, and what RD
  /// tells of it is handed to `body`: our two conversions, and our mark in both forms.
  private func lead(
    _ body: @Sendable @escaping (Belt, RDHooks, [Message]) async throws -> Void
  ) async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      try await RDHooks.registered(at: belt) { hooks in
        try await convert(belt)
        try await belt.run(await hooks.next(1))
        try await body(belt, hooks, await hooks.next(4))
      }
    }
  }

  /// A form that the person fills in.
  private func convert(_ belt: Belt) async throws {
    try await belt.client.send(
      [
        .conversion(
          email: "pessoa1@exemplo.com.br",
          identifier: "orcamento",
          marker: "a visitor",
          fields: [:]
        )
      ],
      for: "acme"
    )
  }

  private func expectOneOfEverything(_ belt: Belt) async throws {
    #expect(try await belt.count("select count(*) from embedded_opportunity") == 1)
    #expect(try belt.ledger("opportunity").count == 1)
    let conversions = try belt.ledger("conversion").compactMap { $0["identifier"]?.string }
    #expect(
      conversions == ["orcamento", "Cadastro criado no CRM", "Oportunidade gerada pelo CRM"]
    )
  }

  private func codes(_ belt: Belt) async throws -> [String: Int] {
    let rows = try await belt.pool.run(
      "select reason, count(*) from arrival where state = 'ignored' group by reason"
    )
    var codes: [String: Int] = [:]
    for row in rows { codes[try row.string(0)] = try row.int(1) }
    return codes
  }

  /// The same delivery again, as a message of its own.
  private func again(_ messages: [Message], _ attempt: String) -> [Message] {
    messages.map { message in
      var copy = message
      copy.id = Identifier(derivedFrom: "\(message.id)", attempt)
      copy.journey = copy.id
      return copy
    }
  }

  @Test(arguments: [0, 1, 2, 3])
  func `our own mark makes nothing, by whichever webhooks it is told, in any order, and twice`(
    turn: Int
  ) async throws {
    try await lead { belt, _, echoes in
      let turned = Array(echoes[turn...] + echoes[..<turn])
      for echo in turned { try await belt.run([echo]) }
      try await expectOneOfEverything(belt)
      #expect(try await codes(belt) == ["own_conversion": 2, "own_mark": 2])
      try await belt.run(again(echoes, "retried"))
      try await expectOneOfEverything(belt)
      #expect(try await belt.count("select count(*) from effect where echo_event is not null") == 1)
      #expect(try await belt.count("select count(*) from journey where code = 'own_mark'") == 4)
    }
  }

  @Test func `our own mark is known a day later, when the webhook stood in a queue`() async throws {
    try await lead { belt, _, echoes in
      let late = echoes.map { echo in
        var copy = echo
        copy.arrivedAt += 86_400_000
        return copy
      }
      try await belt.run(late)
      try await expectOneOfEverything(belt)
    }
  }

  @Test func `our own mark is known while its outcome is not`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      try await RDHooks.registered(at: belt) { hooks in
        try await convert(belt)
        let fault = try #require(
          Fault([
            "route": "POST /platform/events*", "kind": "drop_after_commit", "percent": 100,
            "times": 1,
          ])
        )
        belt.sandbox.faults.replace(with: [fault], seed: 1)
        let rest = try await belt.run(await hooks.next(1))
        #expect(rest.waiting.map(\.reason.code) == ["rd_outcome_unknown"])
        try await belt.run(await hooks.next(4))
        #expect(try await codes(belt) == ["own_conversion": 2, "own_mark": 2])
        #expect(try await belt.run(rest.waiting.map(\.message)).waiting.isEmpty)
        try await expectOneOfEverything(belt)
      }
    }
  }

  /// Permits that tell a test of the moment after a call, before its result is written.
  private struct AfterCall: CallPermits {
    let act: @Sendable () async -> Void

    func permit(_ api: Quota, of integration: String) -> CallPermit {
      CallPermit(api, of: integration)
    }

    func ended(_ permit: CallPermit, _: CallPermit.Ending) async { await act() }
  }

  @Test func `our own mark is known before our own result is written`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      try await RDHooks.registered(at: belt) { hooks in
        try await convert(belt)
        var messages = await hooks.next(1)
        for stage in [Flow.leadImporter, .centralizer, .opportunityCreator] {
          messages = try await belt.follows(stage, messages)
        }
        messages.removeAll { $0.stage != Flow.rdUpdater.stage }
        let states = Mutex<[String]>([])
        let updater = belt.updater(
          permits: AfterCall {
            do {
              let rows = try await belt.pool.run(
                "select state from effect where kind = 'rd.events'"
              )
              let found = try rows.map { try $0.string(0) }
              states.withLock { $0 += found }
              try await belt.run(await hooks.next(4))
            } catch {
              Issue.record(error)
            }
          }
        )
        #expect(try await updater.handle(messages).map(\.name) == ["done"])
        #expect(states.withLock { $0 } == ["sent"])
        try await expectOneOfEverything(belt)
      }
    }
  }

  @Test func `of a lead that was known by its e-mail alone, our own mark is known by it`()
    async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      try await RDHooks.registered(at: belt) { hooks in
        try await convert(belt)
        _ = await hooks.next(1)
        var webhooks = Webhooks()
        try await belt.run([
          webhooks.message([
            "leads": [
              [
                "email": "Pessoa1@exemplo.com.br",
                "last_conversion": [
                  "source": "orcamento", "created_at": "2026-03-09T14:02:10.000-03:00",
                ],
              ]
            ]
          ])
        ])
        try await belt.run(await hooks.next(4))
        try await expectOneOfEverything(belt)
      }
    }
  }

  @Test func `a mark that is set anew is told anew`() async throws {
    try await lead { belt, _, echoes in
      try await belt.run(echoes)
      let row = try await belt.pool.run(
        "select id, journey_id, subject_id, plan from effect where echo_event is not null"
      )[0]
      let message = Message(
        id: try row.identifier(0),
        type: OpportunityCreated.type,
        stage: Flow.rdUpdater.stage,
        integration: "acme",
        journey: try row.identifier(1),
        body: []
      )
      let intent = Effects.Intent(
        message: message,
        kind: "rd.events",
        subject: try row.identifier(2),
        plan: try row.json(3)
      )
      try await belt.pool.run([Effects.sending([intent])])
      #expect(
        try await belt.count(
          "select count(*) from effect where echo_event is not null or echo_at is not null"
        ) == 0
      )
    }
  }

  @Test func `an effect that the program before this one wrote is known too`() async throws {
    try await lead { belt, _, echoes in
      try await belt.pool.run("update effect set begun_at = null")
      try await belt.run(echoes)
      try await expectOneOfEverything(belt)
    }
  }

  @Test(.behaviour("B045"))
  func `a person who takes our mark away and marks again makes an opportunity`() async throws {
    try await lead { belt, _, echoes in
      try await belt.run(echoes)
      let mark = try #require(echoes.last { $0.notes["trigger"] == "opportunity" })
      // The same body with another time of the mark.
      for (hours, expected) in [(1, 2), (24, 3)] {
        var text = String(decoding: mark.body, as: UTF8.self)
        let body = try JSON(parsing: mark.body)
        let legacy = body["leads"]?.array?.first?["last_marked_opportunity_date"]
        let at = try #require((legacy ?? body["event_timestamp"])?.string)
        let rows = try await belt.pool.run(
          """
          select to_char((\(at)::timestamptz + make_interval(hours => \(hours))) at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
          """
        )
        text.replace(at, with: try rows[0].string(0))
        var message = mark
        message.body = Array(text.utf8)
        message.id = Identifier(derivedFrom: text)
        message.journey = message.id
        message.arrivedAt += Int64(hours) * 3_600_000
        try await belt.run([message])
        #expect(try await belt.count("select count(*) from embedded_opportunity") == expected)
        try await belt.run(again([message], "retried"))
        #expect(try await belt.count("select count(*) from embedded_opportunity") == expected)
      }
    }
  }

  @Test
  func `a mark that a person set before ours makes its opportunity, also when it is told late`()
    async throws
  {
    try await lead { belt, _, echoes in
      var webhooks = Webhooks()
      let contact = try await belt.client.contact(Self.email, for: "acme")
      try await belt.run([
        webhooks.conversion(1, type: "WEBHOOK.MARKED_OPPORTUNITY", uuid: contact?.uuid)
      ])
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 2)
      try await belt.run(echoes)
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 2)
    }
  }

  @Test func `marks of other people and of other integrations are none of ours`() async throws {
    try await lead { belt, _, echoes in
      try await belt.apply(.flow("beta"))
      let mark = try #require(echoes.last { $0.notes["trigger"] == "opportunity" })
      var elsewhere = mark
      elsewhere.integration = "beta"
      try await belt.run([elsewhere])
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 2)
      var other = mark
      let uuid = try await belt.client.contact(Self.email, for: "acme")?.uuid ?? ""
      let text = String(decoding: mark.body, as: UTF8.self)
        .replacing("pessoa1@", with: "pessoa2@")
        .replacing(uuid, with: "\(Identifier(derivedFrom: "person", "2"))")
      other.body = Array(text.utf8)
      other.id = Identifier(derivedFrom: text)
      try await belt.run([other])
      #expect(try await belt.count("select count(*) from embedded_opportunity") == 3)
    }
  }
}
