import EmbeddedCRM
import Leads
import RDStation
import StrictJSON
import Testing
import Belt

@testable import BeltStorage
@testable import RDUpdater
@testable import TagSync

/// What an RD Station that takes every call and answers none costs.
@Suite(.timeLimit(.minutes(1)))
struct SlowRDStationTests {
  /// Calls that hang until their time is over, as in a black hole; a test makes that time short.
  private func desk(_ belt: Belt, timeout: Duration, length: Duration) -> CallDesk<RDCalls> {
    CallDesk(RDCalls(belt.hangingClient(timeout: timeout)), pool: belt.pool, length: length)
  }

  /// `number`: tells apart the messages about one person.
  private static func planned(_ integration: String, _ person: Int = 1, number: Int = 1)
    -> OnceCall<RDPlan>
  {
    let message = Message(
      id: Identifier(derivedFrom: "\(integration) \(person) \(number)"),
      type: OpportunityCreated.type,
      stage: Flow.rdUpdater.stage,
      integration: integration,
      journey: Identifier(high: 2, low: 2),
      body: []
    )
    let plan = RDPlan(
      RDUpdate(events: [.opportunity], lifecycleStage: .qualifiedLead),
      of: message.id,
      people: [RDPerson(uuid: nil, email: "pessoa\(person)@exemplo.com.br")]
    )
    return OnceCall(message, plan)
  }

  @Test func `fifteen integrations in a black hole take as long as one`() async throws {
    try await withBelt { belt in
      let names = (1...15).map { "cliente-\($0)" }
      for name in names { try await belt.apply(.flow(name)) }
      try belt.hang("POST /platform/events*")
      let desk = desk(belt, timeout: .seconds(1), length: .seconds(20))
      let start = ContinuousClock.now
      let told = await desk.make(names.map { Self.planned($0) }, Lease())
      #expect(told.count == 15)
      #expect(told.values.allSatisfy { $0.state == .unknown })
      #expect(ContinuousClock.now - start < .seconds(8), "one after the other takes 15 s")
    }
  }

  @Test func `what is not begun by the batch's end waits, and is certainly not sent`() async throws
  {
    try await withBelt { belt in
      try await belt.apply(.flow())
      try await belt.apply(.flow("beta"))
      let desk = desk(belt, timeout: .seconds(1), length: .zero)
      let told = await desk.make(["acme", "beta"].map { Self.planned($0) }, Lease())
      #expect(told.count == 2)
      #expect(told.values.allSatisfy { $0.state == .failed && $0.step == .wait(.seconds(5)) })
      #expect(try belt.ledger("opportunity").isEmpty)
    }
  }

  @Test func `what may be repeated is left for later when the batch's time is over`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      try belt.hang("PUT /platform/contacts/*/funnels/default")
      let desk = desk(belt, timeout: .seconds(1), length: .milliseconds(500))
      let items = (1...4).map { Self.planned("acme", number: $0) }
      let start = ContinuousClock.now
      let told = await desk.make(items, Lease())
      #expect(ContinuousClock.now - start < .seconds(4), "four calls of a second each")
      #expect(told.values.allSatisfy { $0.state == .confirmed })
      #expect(told.values.contains { $0.reason.code == "rd_late" })
      #expect(try belt.ledger("opportunity").count == 4)
    }
  }

  @Test func `what may be repeated for sixteen people takes as long as for one`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      try belt.hang("PUT /platform/contacts/*/funnels/default")
      let desk = desk(belt, timeout: .seconds(1), length: .seconds(20))
      let start = ContinuousClock.now
      let told = await desk.make((1...16).map { Self.planned("acme", $0) }, Lease())
      #expect(told.count == 16)
      #expect(ContinuousClock.now - start < .seconds(8), "one after the other takes 16 s")
    }
  }

  @Test func `tags of fifteen integrations in a black hole take as long as those of one`()
    async throws
  {
    try await withBelt { belt in
      var messages: [Message] = []
      for number in 1...15 {
        let name = "cliente-\(number)"
        try await belt.apply(.flow(name))
        var webhooks = Webhooks()
        var webhook = webhooks.conversion(number)
        webhook.integration = name
        let imported = try await belt.follows(.leadImporter, [webhook])
        let centralized = try await belt.follows(.centralizer, imported)
        let created = try await belt.follows(.opportunityCreator, centralized)
        let opportunity = try #require(created.first)
        let id = try OpportunityCreated(json: JSON(parsing: opportunity.body)).opportunity
        var message = opportunity
        message.id = Identifier(derivedFrom: name)
        message.journey = id
        message.type = OpportunityChanged.type
        message.stage = Flow.tagSync.stage
        message.body = OpportunityChanged(opportunity: id, version: 1).json.encoded
        messages.append(message)
      }
      try belt.hang("GET /platform/contacts/*")
      let tags = StageRunner(
        TagSyncStage(
          crms: CRMs([.embedded: { EmbeddedCRM(pool: belt.pool, integration: $0.integration) }]),
          client: belt.hangingClient(timeout: .seconds(1))
        ),
        pool: belt.pool
      )
      let start = ContinuousClock.now
      let outcomes = try await tags.handle(messages)
      #expect(outcomes.count == 15)
      #expect(Set(outcomes.map(\.reasonCode)) == ["rd_unavailable"])
      #expect(ContinuousClock.now - start < .seconds(8), "one after the other takes 15 s")
    }
  }

  /// A message whose call was made by an earlier attempt that never learned the outcome.
  private static func unknown(_ integration: String, _ person: Int) -> OnceCall<RDPlan> {
    let call = planned(integration, person)
    let effect = Effects.Found(
      state: .unknown,
      plan: call.plan.update.json,
      subject: call.plan.subject,
      age: 30_000,
      reads: 1,
      generation: 1
    )
    return OnceCall(call.message, call.plan, after: effect)
  }

  @Test func `what is new is told although looks for others take all the time`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      try belt.hang("GET /platform/contacts/*")
      let desk = desk(belt, timeout: .seconds(1), length: .milliseconds(500))
      let sought = (1...4).map { Self.unknown("acme", $0) }
      let fresh = Self.planned("acme", 5)
      let start = ContinuousClock.now
      let told = await desk.make(sought + [fresh], Lease())
      #expect(ContinuousClock.now - start < .seconds(4), "four looks of a second each")
      #expect(told.count == 5)
      #expect(told[fresh.message.id]?.state == .confirmed)
      #expect(sought.allSatisfy { told[$0.message.id]?.isDone == false })
      #expect(try belt.ledger("opportunity").count == 1)
    }
  }

  @Test func `pages that come slowly are asked for only until the end`() async throws {
    try await withBelt { belt in
      try await belt.apply(.flow())
      let error = await #expect(throws: CallError.self) {
        try await belt.client.conversions(of: .uuid("any"), for: "acme", before: .now)
      }
      #expect(error?.cause == .late)
    }
  }

  @Test func `what may be repeated and always fails counts its tries, unless RD asks for a wait`() {
    func ending(_ cause: CallError.Cause) -> CallEnding {
      CallEnding(
        CallError(cause, of: .repeatable, at: .rdStation),
        of: Self.planned("acme").message,
        unsent: .confirmed
      )
    }
    #expect(ending(.failing(wait: nil)).state == .confirmed)
    #expect(ending(.failing(wait: nil)).step == .retry)
    #expect(ending(.failing(wait: .seconds(90))).step == .wait(.seconds(90)))
  }
}

extension Outcome {
  fileprivate var reasonCode: String? {
    switch self {
    case .done: nil
    case .snooze(_, let reason), .retry(let reason), .reject(let reason): reason.code
    }
  }
}
