import BeltStorage
import Leads
import Logging
import Postgres
import StrictJSON
import TestKit
import Testing
import Belt

@testable import LeadImporter

/// Bodies that PostgreSQL cannot do in one piece: they hold up nobody, and nothing of them is lost.
@Suite(.timeLimit(.minutes(5)))
struct LargeBodyTests {
  /// A body of many leads, as somebody would post who has a list.
  private static func body(
    _ number: Int,
    _ webhooks: inout Webhooks,
    leads: Int = 1_000,
    person: (Int) -> Int
  ) -> Message {
    webhooks.message([
      "leads": .array(
        (0..<leads).map { place in
          [
            "email": .string("p\(person(place))@exemplo.com.br"),
            "name": .string("Pessoa \(place)"),
            "last_conversion": [
              "created_at": .string("2026-03-09T14:10:10.000-03:00"),
              "cumulative_sum": .number("\(number * leads + place + 1)"),
              "content": ["conversion_identifier": .string("lista \(number) \(place)")],
            ],
          ]
        }
      )
    ])
  }

  private static func bodies(_ count: Int, leads: Int = 1_000) -> [Message] {
    var webhooks = Webhooks()
    return (0..<count).map { number in
      body(number, &webhooks, leads: leads) { number * leads + $0 }
    }
  }

  private static func quiet() -> Message {
    var webhooks = Webhooks(seed: 2, integration: "beta")
    return webhooks.conversion(1)
  }

  private static func count(_ sql: SQL, _ pool: PostgresPool) async throws -> Int {
    try await pool.run(sql)[0].int(0)
  }

  /// Makes the server fail whenever a statement brings more events than it has room for.
  private static func limit(_ events: Int, failing state: String, _ pool: PostgresPool) async throws
  {
    try await pool.run([
      "create table room (events int, state text)",
      "insert into room values (\(events), \(state))",
      """
      create function refuse() returns trigger language plpgsql as $$ begin
        if (select count(*) from arrived) > (select events from room) then
          raise exception using errcode = (select state from room), message = 'no room';
        end if;
        return null;
      end $$
      """,
      """
      create trigger refuse after insert on conversion referencing new table as arrived
        for each statement execute function refuse()
      """,
    ])
  }

  /// Each event once, with one line, one receipt a body and one message that follows.
  private static func expectAll(_ leads: Int, _ state: ImporterQueue.State, _ pool: PostgresPool)
    async throws
  {
    #expect(try await count("select count(*) from conversion", pool) == leads)
    #expect(try await count("select count(*) from lead", pool) == leads)
    #expect(try await count("select count(*) from arrival where state = 'accepted'", pool) == leads)
    #expect(try await count("select count(*) from arrival", pool) == leads)
    #expect(try await count("select count(*) from journey where code = 'imported'", pool) == leads)
    #expect(state.follows.count == leads)
    #expect(Set(state.follows.map(\.id)).count == leads)
    #expect(state.delayed.isEmpty)
    #expect(state.parked == [])
  }

  @Test
  func `a transaction takes a thousand leads and two megabytes, and one body whatever it holds`() {
    var webhooks = Webhooks()
    var large = webhooks.conversion(1)
    large.body += [UInt8](repeating: 0x20, count: 3 << 20)
    let messages = Self.bodies(2, leads: 500) + [webhooks.conversion(2), large]
    let taken = messages.map { Taken($0, WebhookContent(of: $0)) }
    func places(_ chosen: Int...) -> [[Identifier]] {
      Portion.dividing(chosen.map { taken[$0] }).map { $0.map(\.message.id) }
    }
    let ids = messages.map(\.id)
    #expect(places(0, 1, 2) == [[ids[0], ids[1]], [ids[2]]])
    #expect(places(2, 3, 0) == [[ids[2]], [ids[3]], [ids[0]]])
  }

  @Test
  func `a server with few locks imports bodies of a thousand leads, and the lead behind them`()
    async throws
  {
    let server = try await PrivatePostgres(settings: [
      "max_locks_per_transaction": "10", "max_connections": "20",
    ])
    try await withImporter(url: try await server.freshDatabase()) { pool in
      let messages = Self.bodies(12) + [Self.quiet()]
      let state = await importing(messages, pool)
      #expect(state.acknowledged == 13)
      try await Self.expectAll(12_001, state, pool)
    }
    await server.stop()
  }

  @Test(arguments: ["53200", "57014"])
  func `what does not go into one transaction goes into several, each event once`(_ code: String)
    async throws
  {
    try await withImporter { pool in
      try await Self.limit(90, failing: code, pool)
      let messages = Self.bodies(2, leads: 400) + [Self.quiet()]
      let state = await importing(messages, pool)
      #expect(state.acknowledged == 3)
      try await Self.expectAll(801, state, pool)
      // Delivered once more, as after a lost acknowledgement: the same follows from it.
      let again = await importing(messages, pool)
      #expect(Set(again.follows) == Set(state.follows))
      try await Self.expectAll(801, again, pool)
    }
  }

  @Test func `an importer that dies between two pieces goes on where it was`() async throws {
    try await withImporter { pool in
      try await Self.limit(90, failing: "53200", pool)
      try await pool.run([
        """
        create function die() returns trigger language plpgsql as $$ begin
          if (select count(*) from arrived) <= 90 and (select count(*) from conversion) > 200 then
            perform pg_terminate_backend(pg_backend_pid());
          end if;
          return null;
        end $$
        """,
        """
        create trigger die after insert on conversion referencing new table as arrived
          for each statement execute function die()
        """,
      ])
      let messages = Self.bodies(1, leads: 400)
      // The process ends while it waits for the server.
      let before = await importing(
        messages,
        pool,
        pause: Pause { _ in throw CancellationError() }
      )
      #expect(before.acknowledged == 0)
      #expect(before.givenBack == messages)
      let stored = try await Self.count("select count(*) from conversion", pool)
      #expect(stored > 0 && stored < 400)
      try await pool.run("drop trigger die on conversion")
      let after = await importing(messages, pool)
      try await Self.expectAll(400, after, pool)
    }
  }

  /// Another process ends the message when `stored` events stand, with one message that follows.
  @Test(arguments: [1, 100, 400])
  func `a body that another process ends between two pieces is done as that process did it`(
    _ stored: Int
  ) async throws {
    try await withImporter { pool in
      try await Self.limit(90, failing: "53200", pool)
      let messages = Self.bodies(1, leads: 400)
      let other = messages[0].following(to: Flow.centralizer.stage, type: "t", body: [])
      try await pool.run([
        "create table other_process (stored int, id uuid, follows text, follow_id uuid)",
        """
        insert into other_process values (\(stored), \(messages[0].id),
          \(MessageJSON.text(of: [other])), \(other.id))
        """,
        """
        create function finish() returns trigger language plpgsql as $$ begin
          insert into receipt (integration_id, message_id, stage, journey_id, outcome, follows,
            follow_ids)
          select 'acme', id, 'lead-importer', id, 'done', follows, array[follow_id]
          from other_process where stored <= (select count(*) from conversion)
          on conflict do nothing;
          return null;
        end $$
        """,
        """
        create trigger finish after insert on conversion for each statement
          execute function finish()
        """,
      ])
      let state = await importing(messages, pool)
      #expect(state.acknowledged == 1)
      #expect(state.follows == [other])
      #expect(state.delayed.isEmpty && state.parked == [])
      let events = try await Self.count("select count(*) from conversion", pool)
      #expect(events >= stored && events < stored + 100, "what is done is not gone on with")
    }
  }

  @Test func `a lead that the database refuses is a dead letter of its own, its neighbours enter`()
    async throws
  {
    try await withImporter { pool in
      try await pool.run([
        "alter table conversion add constraint no_poison check (identifier <> 'lista 0 77')"
      ])
      let state = await importing(Self.bodies(1, leads: 200), pool)
      #expect(state.follows.count == 199)
      #expect(try await Self.count("select count(*) from conversion", pool) == 199)
      #expect(state.delayed.isEmpty)
      #expect(state.parked == ["database_23514"])
      let body = try #require(
        try await pool.run("select convert_from(body, 'UTF8') from dead_letter").first?.string(0)
      )
      let leads = try JSON(parsing: Array(body.utf8))["leads"]?.array ?? []
      #expect(leads.map { $0["email"]?.string } == ["p77@exemplo.com.br"])
    }
  }

  @Test
  func `a body that has no room at all is tried again and then given up, and holds up nobody`()
    async throws
  {
    try await withImporter { pool in
      try await Self.limit(0, failing: "53200", pool)
      try await pool.run(
        """
        create or replace function refuse() returns trigger language plpgsql as $$ begin
          if exists (select from arrived where integration_id = 'acme') then
            raise exception using errcode = '53200', message = 'no room';
          end if;
          return null;
        end $$
        """
      )
      let state = await importing(Self.bodies(2, leads: 50) + [Self.quiet()], pool)
      #expect(state.follows.map(\.integration) == ["beta"])
      #expect(state.delayed.map(\.attempt) == [2, 2])
      var last = Self.bodies(1, leads: 50)[0]
      last.attempt = 8
      #expect(await importing([last], pool).parked == ["database_53200"])
      #expect(try await Self.count("select count(*) from dead_letter", pool) == 1)
    }
  }

  @Test func `a thousand bad leads of one body are a thousand dead letters, and it is read twice`()
    async throws
  {
    try await withImporter { pool in
      var webhooks = Webhooks()
      let answers = JSON.object(
        JSON.Members((0..<40).map { .init(key: "cf_\($0)", value: "uma resposta") })
      )
      let body = webhooks.message([
        "leads": .array(
          (0..<1_000).map { ["email": .string("sem-arroba-\($0)"), "custom_fields": answers] }
        )
      ])
      let began = ContinuousClock.now
      let state = await importing([body, Self.quiet()], pool)
      // Read once for each lead it would take minutes, inside the transaction.
      #expect(.now - began < .seconds(30))
      #expect(state.follows.map(\.integration) == ["beta"])
      let letters = try await Self.count("select count(*) from dead_letter", pool)
      #expect(letters == 1_000)
    }
  }

  @Test func `a thousand events of one lead are written at once, the newest over the others`()
    async throws
  {
    try await withImporter({ $0.responseTimeout = .seconds(15) }) { pool in
      var webhooks = Webhooks()
      let messages = (0..<3).map { number in
        Self.body(number, &webhooks) { _ in 7 }
      }
      let newest = webhooks.message([
        "leads": [
          [
            "email": "p7@exemplo.com.br", "job_title": "Diretora", "name": "Nova",
            "last_conversion": [
              "created_at": "2026-03-09T15:00:00.000-03:00",
              "content": ["conversion_identifier": "nova"],
            ],
          ]
        ]
      ])
      let state = await importing([messages[0], newest, messages[1], messages[2]], pool)
      #expect(state.follows.count == 3_001)
      #expect(state.delayed.isEmpty)
      let lead = try await pool.run("select profile ->> 'name', profile ->> 'job_title' from lead")
      #expect(try lead.map { [try $0.string(0), try $0.string(1)] } == [["Nova", "Diretora"]])
      #expect(try await Self.count("select count(*) from conversion where first_import", pool) == 1)
    }
  }

  @Test func `a lead that another session holds waits without losing an attempt, the others enter`()
    async throws
  {
    let url = try await PrivatePostgres.freshDatabase()
    try await withImporter(url: url, { $0.lockTimeout = .milliseconds(100) }) { pool in
      var webhooks = Webhooks()
      let first = webhooks.conversion(3)
      _ = await importing([first], pool)
      let messages = (1...6).map { webhooks.conversion($0, identifier: "outro", minute: 5) }
      let lock = try await pool.run("select 'lead:acme:' || id from lead")[0].string(0)
      let holder = PostgresPool(url: url, size: 1, logger: Logger(label: "holder"))
      try await holder.run("select pg_advisory_lock(hashtextextended(\(lock), 0))")
      let state = await importing(messages, pool)
      #expect(state.follows.count == 5)
      #expect(state.delayed.map(\.attempt) == [1])
      #expect(state.delayed.map(\.deferrals) == [1])
      await holder.shutdown()
      var again = state.delayed
      again[0].wait = 0
      #expect(await importing(again, pool).follows.count == 1)
    }
  }
}
