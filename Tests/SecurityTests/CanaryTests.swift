import Bootstrap
import EmbeddedCRM
import BeltStorage
import Leads
import Logging
import Observability
import OutsideCalls
import Postgres
import RDStation
import RabbitMQ
import StrictJSON
import Testing
import WorkQueues
import Belt

@testable import Sandbox

/// T43: personal data and secrets are planted everywhere, and looked for where they must not be.
@Suite(.timeLimit(.minutes(2)))
struct CanaryTests {
  private static let email = "zilda@segredo-canario.com.br"
  private static let name = "Zilda Canário"
  private static let company = "Canário Doces"
  private static let cpf = "529.982.247-25"
  private static let mobile = "+5511987654321"
  private static let job = "Diretora Canária"
  private static let city = "Canarópolis"
  private static let tag = "etiqueta-canario"
  private static let custom = "valor-canario"
  private static let reason = "motivo-canario"

  /// In every spelling in which they could turn up.
  private static let planted: [String] = [
    email, name, company, cpf, "52998224725", mobile, "5511987654321", "11987654321", job, city,
    tag,
    custom, reason, "canario", "canário", "canária", "canaró", "zilda", "sandbox-secret",
    "sandbox-refresh", "sandbox-client", "sandbox-access",
  ]

  private static func found(in text: String) -> [String] {
    let text = text.lowercased()
    return planted.filter { text.contains($0.lowercased()) }
  }

  private static func lead(_ person: Int, _ change: (inout JSON.Members) -> Void = { _ in })
    -> Message
  {
    Webhook.conversion(of: person, identifier: "pedido-canario") {
      $0["email"] = .string("\(person)" + email)
      $0["name"] = .string(name)
      $0["company"] = ["name": .string("\(company) \(person)")]
      $0["mobile_phone"] = .string(mobile)
      $0["job_title"] = .string(job)
      $0["city"] = .string(city)
      $0["tags"] = [.string(tag)]
      $0["cf_cpf"] = .string(cpf)
      $0["cf_livre"] = .string(custom)
      change(&$0)
    }
  }

  /// Takes leads through everything that can become of one.
  private static func play(_ belt: Belt) async throws {
    try await belt.apply(.secure { $0.taxIDField = "cf_cpf" })
    try await belt.run([lead(1), lead(1)])
    try await belt.run([lead(1), lead(2)])

    // What the CRM tells: a sale, a sale that RD Station would refuse, a loss.
    let desk = SalesDesk(pool: belt.pool)
    let opportunities = try await belt.pool.run("select id from opportunity order by id").map {
      try $0.identifier(0)
    }
    let actions: [SalesDesk.Action] = [
      .win(value: "10.00"), .win(value: "999999999.00"), .lose(reason: reason),
    ]
    for (place, action) in actions.enumerated() {
      let opportunity = opportunities[place == 1 ? 1 : 0]
      _ = try #require(try await desk.act(action, on: opportunity, in: "acme"))
      let hook: JSON = ["opportunity": .string("\(opportunity)"), "name": .string(name)]
      try await belt.run([
        Message(
          id: Identifier(derivedFrom: "canary", "\(place)"),
          type: CRMHookReceived.type,
          stage: Flow.rdUpdater.stage,
          integration: "acme",
          journey: opportunity,
          body: hook.encoded
        )
      ])
    }

    // Values that no field takes: refused, held, warned of.
    for (number, policy) in [FieldPolicy.refuse, .hold, .blank].enumerated() {
      try await belt.apply(
        .secure {
          $0.catalogue.fields = [
            .init(name: "lista", type: .choice, options: ["x"]), .init(name: "dia", type: .date),
          ]
          $0.fields = [
            FieldMapping(crm: "lista", rd: "cf_livre", fallback: nil, onMismatch: policy),
            FieldMapping(crm: "dia", rd: "job_title", fallback: nil, onMismatch: policy),
          ]
        }
      )
      try await belt.run([lead(10 + number)])
    }

    // Rules that keep leads out and quote why.
    try await belt.apply(.secure { $0.importRules.jobTitles = ["Outra"] })
    try await belt.run([lead(3)])
    try await belt.apply(
      .secure { $0.importRules.ignoredEmailDomains = ["segredo-canario.com.br"] }
    )
    try await belt.run([lead(4)])
    try await belt.apply(.secure { $0.importRules.conversions = ["outro"] })
    try await belt.run([lead(5)])
  }

  /// Makes everything go wrong that can.
  private static func breakEverything(_ belt: Belt) async throws {
    try await belt.apply(.secure())
    // Bodies that are none, at every stage.
    let broken = [
      #"{"email":"\#(email)","name":"\#(name)""#, #"["\#(name)"]"#, "\(name) \(cpf)",
      #"{"lead":"\#(email)","event":"\#(cpf)","opportunity":"\#(name)","contact":"\#(custom)"}"#,
      #"{"event_type":"\#(tag)","contact":{"email":"\#(email)"}}"#,
    ]
    let types = [
      WebhookReceived.type, CRMHookReceived.type, LeadImported.type, LeadCentralized.type,
      LeadTagged.type, OpportunityCreated.type, OpportunityChanged.type, ContactChanged.type,
    ]
    var messages: [Message] = []
    for stage in Flow.allCases {
      for (place, type) in types.enumerated() {
        for (number, body) in broken.enumerated() {
          messages.append(
            Message(
              id: Identifier(derivedFrom: "broken", stage.stage, "\(place)", "\(number)"),
              type: type,
              stage: stage.stage,
              integration: "acme",
              journey: Identifier(derivedFrom: "broken"),
              body: Array(body.utf8)
            )
          )
        }
      }
    }
    try await belt.run(messages)

    // RD Station refuses, is full, is away, gives no answer.
    for (number, status) in [400, 401, 404, 422, 429, 500, 502].enumerated() {
      let fault = #"[{"route":"* /platform/*","kind":"status","status":\#(status)}]"#
      let list = try JSON(parsing: Array(fault.utf8)).array ?? []
      belt.sandbox.faults.replace(with: list.compactMap { Fault($0) }, seed: 1)
      try await belt.run([lead(20 + number)])
    }
    belt.sandbox.faults.replace(with: [], seed: 1)

    // The database refuses what a stage writes, and says which row it was.
    try await belt.pool.run(
      "alter table embedded_opportunity add constraint canary check (title not like '%Can%') not valid"
    )
    try await belt.run([lead(40)])
    try await belt.pool.run(
      "alter table contact add constraint canary check (email is null) not valid"
    )
    try await belt.run([lead(41)])
  }

  @Test func `nothing of a person and no secret is in logs, metrics, queues or reasons`()
    async throws
  {
    try await withBelt { belt in
      try await Self.play(belt)
      try await Self.breakEverything(belt)

      // The planted things are where they belong; else the rest would prove nothing.
      let stored = try await belt.rows(of: "acme")
      let journeys = (stored["journey"] ?? []).joined().lowercased()
      for text in [Self.custom, Self.job] { #expect(journeys.contains(text.lowercased())) }
      #expect(Set((stored["journey"] ?? []).compactMap(Self.code)).count >= 10)
      #expect(stored["lead"]?.joined().contains(Self.cpf) == true)
      // What a refused login stops is not among them: it waits.
      #expect(belt.wire.parked.count > 40)
      #expect(belt.lines.all.count > 200)
      let causes = Set(belt.wire.parked.map(\.reason.code))
      #expect(causes.isSuperset(of: ["message_malformed", "sale_value_over_limit"]), "\(causes)")
      #expect(causes.contains { $0.hasPrefix("database_") }, "\(causes)")

      for line in belt.lines.all { #expect(Self.found(in: line) == [], "\(line)") }
      #expect(Self.found(in: Belt.metrics.text()) == [])
      for message in belt.wire.messages {
        var seen = "\(message.headers) \(message.routingKey) \(message.messageID) \(message.type) "
        seen += "\(message.correlationID ?? "") \(message.exchange) \(message.appID ?? "")"
        #expect(Self.found(in: seen) == [], "\(seen)")
        // What came from outside is a message of its own body until it has been stored.
        let isFirst = [WebhookReceived.type, CRMHookReceived.type].contains(message.type)
        let isBroken = message.correlationID == "\(Identifier(derivedFrom: "broken"))"
        if !isFirst, !isBroken {
          let body = String(decoding: message.body, as: UTF8.self)
          #expect(Self.found(in: body) == [], "\(body)")
        }
      }
      for table in ["receipt", "audit"] {
        for row in stored[table] ?? [] { #expect(Self.found(in: row) == [], "\(table): \(row)") }
      }
      let sealed = (stored["credential"] ?? []).joined()
      #expect(Self.found(in: sealed) == [], "a login is kept encrypted")
    }
  }

  private static func code(_ row: String) -> String? {
    do { return try JSON(parsing: Array(row.utf8))["code"]?.string } catch { return nil }
  }

  @Test func `no error of the core and the adapters quotes what it was given`() async throws {
    let canary = "canario"
    var said: [String] = []
    func note(_ error: any Error) {
      said.append("\(error)")
      if let failure = error as? any Failure { said.append("\(failure.reason)") }
    }
    func catching(_ body: () throws -> Void) {
      do {
        try body()
        Issue.record("nothing was thrown")
      } catch { note(error) }
    }
    for text in ["\"canario", "{canario}", "[\"canario\",]", "{\"canario\":1,\"canario\":2}"] {
      catching { _ = try JSON(parsing: Array(text.utf8)) }
    }
    let message = Webhook.message(Array(#"{"lead":"canario","event":"canario"}"#.utf8), "x")
    catching { _ = try message.body(as: LeadImported.self) }
    for url in [
      "amqp://user:canario@", "amqp://user:canario@host:port/x", "amqp://u:canario@h:99999999",
      "http://user:canario@host", "amqp://user:canario@host/a/b", "amqp://u:can%ario@h",
      "amqp://u:x/canario@h", "amqp://u:canario/x@h", "amqp://u:x/y/canario@h", "canario",
    ] {
      catching { _ = try Endpoint(url) }
    }
    for url in ["https://u:canario@h", "canario://x", "https://canario.:1", "https://canario:x"] {
      catching { _ = try OutgoingAddress(url) }
    }
    let server = ServerError(
      state: .uniqueViolation,
      message: "Key (email)=(canario) already exists.",
      detail: "canario",
      constraint: "lead_pkey",
      table: "lead"
    )
    note(PostgresError.server(server))
    note(PostgresError.pipelineAborted(by: server))
    note(
      CallError(
        .noLogin,
        of: .reads,
        at: .rdStation,
        underlying: PostgresError.server(server)
      )
    )
    note(CallError(.lost, of: .reads, at: .rdStation, underlying: JSONCanary()))
    note(CredentialFault.unreadable("acme"))
    do {
      _ = try await FleetSettings.load(
        needs: [.broker, .database, .secret, .management],
        environment: [
          "ESTEIRA_AMQP_URL": "canario", "ESTEIRA_POSTGRES_URL": "canario",
          "ESTEIRA_SECRET_KEY": "canario", "ESTEIRA_RABBITMQ_MANAGEMENT_URL": "canario",
          "ESTEIRA_RD_URL": "https://u:canario@h", "ESTEIRA_LOG_LEVEL": "canario",
        ]
      )
      Issue.record("nothing was thrown")
    } catch {
      #expect(error.problems.count >= 6)
      note(error)
    }
    var options = PostgresOptions(url: "postgresql://zilda:canario@127.0.0.1:1/canarios", size: 1)
    options.checkoutTimeout = .seconds(1)
    let lines = Lines()
    let pool = PostgresPool(options, logger: lines.logger)
    do {
      try await pool.ping()
      Issue.record("nothing was thrown")
    } catch { note(error) }
    await pool.shutdown()
    said += lines.all

    #expect(said.count > 25)
    for text in said { #expect(!text.contains(canary), "\(text)") }
  }

  private struct JSONCanary: Error, CustomStringConvertible {
    var description: String { "canario" }
  }

  @Test func `a stored login shows none of itself when it is printed`() async throws {
    try await withBelt { belt in
      try await belt.apply(.secure())
      let login = try await CredentialStore(pool: belt.pool, key: Belt.key).login(of: "acme")
      var dumped = ""
      dump(login, to: &dumped)
      for text in [dumped, "\(login as Any)", String(reflecting: login)] {
        #expect(Self.found(in: text) == [], "\(text)")
      }
    }
  }
}
