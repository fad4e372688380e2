import BeltStorage
import Leads
import Postgres
import Samples
import StrictJSON
import Synchronization
import Testing
import Belt

@testable import Operations

@Suite struct DeadLetterDeskTests {
  private let reason = Reason("rd_login_expired", "The login has expired.")

  @Test func `a parked message is recorded whole`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    let message = Message.sample("one", attempt: 8)
    #expect(try await desk.record([(message, reason)]) == 1)
    let letter = try #require(try await desk.open().first)
    #expect(letter.message == message)
    #expect(letter.reason == reason)
    #expect(letter.attempts == 8)
    #expect(letter.state == .open)
    #expect(letter.fingerprint == "centralizer:rd_login_expired")
    await pool.shutdown()
  }

  @Test func `recording the same message again changes nothing`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    let message = Message.sample("one")
    #expect(try await desk.record([(message, reason), (message, reason)]) == 1)
    #expect(try await desk.record([(message, Reason("other", "Other."))]) == 0)
    #expect(try await desk.open().map(\.reason) == [reason])
    await pool.shutdown()
  }

  @Test func `a retry publishes the message as if for the first time, and twice is harmless`()
    async throws
  {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    let message = Message.sample("one", attempt: 8)
    try await desk.record([(message, reason)])
    let published = Mutex<[Outgoing]>([])
    for expected in [1, 0] {
      let letters = try await desk.find([message.id])
      let sent = try await desk.retry(letters, actor: "test") { messages in
        published.withLock { $0 += messages }
      }
      #expect(sent == expected)
    }
    var fresh = message
    fresh.attempt = 1
    fresh.deferrals = 0
    fresh.cause = nil
    fresh.round = 1
    #expect(published.withLock { $0 } == [Outgoing(fresh)])
    #expect(try await desk.open() == [])
    #expect(try await desk.find([message.id]).map(\.state) == [.retried])
    await pool.shutdown()
  }

  @Test func `a publish that fails leaves the dead letter open`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    try await desk.record([(.sample("one"), reason)])
    struct Away: Error {}
    let letters = try await desk.open()
    await #expect(throws: Away.self) {
      try await desk.retry(letters, actor: "test") { _ in throw Away() }
    }
    #expect(try await desk.open().count == 1)
    await pool.shutdown()
  }

  @Test func `one that fails again after a retry is opened again with its attempts added`()
    async throws
  {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    try await desk.record([(.sample("one", attempt: 8), reason)])
    var sent = try await Self.retried(try await desk.open(), by: desk)[0]
    sent.attempt = 3
    let other = Reason("rd_refused", "Refused.")
    #expect(try await desk.record([(sent, other)]) == 1)
    let letter = try #require(try await desk.open().first)
    #expect(letter.attempts == 11)
    #expect(letter.reason == other)
    await pool.shutdown()
  }

  /// Sends them again; gives what was published.
  private static func retried(
    _ letters: [DeadLetter],
    by desk: DeadLetters,
    seen: Sighting? = nil
  ) async throws -> [Message] {
    let published = Mutex<[Message]>([])
    _ = try await desk.retry(letters, seen: seen, actor: "test") { messages in
      published.withLock { $0 = messages.map(\.message) }
    }
    return published.withLock { $0 }
  }

  @Test func `a copy of an earlier round opens nothing, and one of this round does`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    let copy = Message.sample("one", attempt: 8)
    try await desk.record([(copy, reason)])
    // Sent again while the copy still lies in the parked queue.
    let first = try await Self.retried(try await desk.open(), by: desk)[0]
    #expect(try await desk.record([(copy, reason)]) == 0)
    #expect(try await desk.find([copy.id]).map(\.state) == [.retried])
    #expect(try await desk.record([(first, reason)]) == 1)
    #expect(try await desk.record([(first, reason), (copy, reason)]) == 0)
    #expect(try await desk.discard(try await desk.open(), reason: "a test", actor: "test") == 1)
    #expect(try await desk.record([(first, reason)]) == 0)
    #expect(try await desk.record([(copy, reason)]) == 0)
    let letter = try #require(try await desk.find([copy.id]).first)
    #expect((letter.state, letter.discardReason) == (.discarded, "a test"))
    #expect(letter.attempts == 9)
    await pool.shutdown()
  }

  @Test func `a copy of an earlier round does not take a retry away that is under way`()
    async throws
  {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    let copy = Message.sample("one", attempt: 8)
    try await desk.record([(copy, reason)])
    _ = try await desk.retry(try await desk.open(), actor: "test") { _ in
      let recorded = try await desk.record([(copy, reason)])
      #expect(recorded == 0)
    }
    #expect(try await desk.find([copy.id]).map(\.state) == [.retried])
    await pool.shutdown()
  }

  @Test func `what the program before rounds has sent again is opened again when it fails`()
    async throws
  {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    try await desk.record([(.sample("one", attempt: 8), reason)])
    try await pool.run("update dead_letter set state = 'retried', settled_at = now()")
    #expect(try await desk.record([(.sample("one"), reason)]) == 1)
    #expect(try await desk.open().count == 1)
    await pool.shutdown()
  }

  @Test func `one whose message was handled after all is open no more`() async throws {
    let pool = try await migratedPool()
    _ = try await SettingsVersions(pool: pool).apply(.sample(), source: "", actor: "test")
    let desk = DeadLetters(pool: pool)
    let message = Message.sample("one", attempt: 8)
    try await desk.record([(message, reason), (.sample("two"), reason)])
    let letters = try await desk.find([message.id])
    #expect(try await desk.settleHandled() == 0)
    try await pool.run(
      """
      insert into receipt (integration_id, message_id, stage, journey_id, outcome, follows, follow_ids)
      values ('acme', \(message.id)::uuid, 'centralizer', \(message.journey)::uuid, 'done', '[]', '{}')
      """
    )
    // Before it is written down, and after.
    for settled in [1, 0] {
      #expect(try await desk.open().map(\.message.id) == [Message.sample("two").id])
      #expect(try await desk.groups().map(\.count) == [1])
      #expect(try await desk.list(state: .retried).items.map(\.message.id) == [message.id])
      #expect(try await desk.find(journeys: [message.journey], in: "acme")[0].state == .retried)
      let shares = try await BulkActions(pool: pool).shares(of: DeadLetterFilter())
      #expect(shares.map(\.count) == [1])
      #expect(try await Self.retried(letters, by: desk).isEmpty)
      #expect(try await desk.discard(letters, reason: "x", actor: "test") == 0)
      #expect(try await desk.settleHandled() == settled)
    }
    await pool.shutdown()
  }

  @Test func `only by a person's word is an undecidable call made again`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    let messages = ["one", "two"].map { Message.sample($0, stage: .rdUpdater) }
    let undecidable = Reason("rd_outcome_undecidable", "It cannot be found out.")
    try await desk.record(messages.map { ($0, undecidable) })
    for message in messages {
      try await pool.run(
        """
        insert into effect (integration_id, id, journey_id, kind, subject_id, state, plan)
        values ('acme', \(message.id), \(message.journey), 'rd.events', \(message.id), 'parked', '{}')
        """
      )
    }
    func states() async throws -> [String] {
      try await pool.run(
        "select e.state from effect e where e.id = any(\(messages.map(\.id))::uuid[]) order by 1"
      ).map { try $0.string(0) }
    }
    let second = try await Self.retried(try await desk.find([messages[1].id]), by: desk)
    #expect(second.count == 1)
    #expect(try await states() == ["parked", "parked"])
    // The first by its word; the second is not open, so the word changes nothing.
    let letters = try await desk.find(messages.map(\.id))
    let first = try await Self.retried(letters, by: desk, seen: .notThere)
    #expect(first.map(\.id) == [messages[0].id])
    #expect(try await states() == ["failed", "parked"])
    await pool.shutdown()
  }

  @Test func `a message that was handled meanwhile is not recorded`() async throws {
    let pool = try await migratedPool()
    let message = Message.sample("one")
    try await pool.run(
      """
      insert into receipt (integration_id, message_id, stage, journey_id, outcome, follows, follow_ids)
      values ('acme', \(message.id)::uuid, 'centralizer', \(message.journey)::uuid, 'done', '[]', '{}')
      """
    )
    #expect(try await DeadLetterRecorder(pool: pool).record([(message, reason)]) == 0)
    await pool.shutdown()
  }

  @Test func `integrations do not see each other's dead letters`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    try await desk.record([
      (.sample("one"), reason), (.sample("one", integration: "other"), reason),
    ])
    #expect(try await desk.open(in: "acme").map(\.message.integration) == ["acme"])
    #expect(try await desk.open().count == 2)
    await pool.shutdown()
  }

  @Test func `groups count by stage and code, and say what to do`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    try await desk.record([
      (.sample("one"), reason), (.sample("two"), reason),
      (.sample("three", integration: "other"), reason),
      (.sample("four", stage: .rdUpdater), Reason("rd_rate_limited", "Too many.")),
      (.sample("five"), Reason("never_heard_of", "Odd.")),
    ])
    let groups = try await desk.groups()
    #expect(
      groups.map(\.fingerprint) == [
        "centralizer:rd_login_expired", "centralizer:never_heard_of", "rd-updater:rd_rate_limited",
      ]
    )
    #expect(groups.map(\.count) == [3, 1, 1])
    #expect(groups[0].integrations == ["acme", "other"])
    #expect(groups[0].sentence == reason.sentence)
    #expect(groups[0].fix.command.hasPrefix("esteira doctor"))
    #expect(try await desk.groups(DeadLetterFilter(integration: "other")).map(\.count) == [1])
    _ = try await desk.discard(try await desk.open(in: "other"), reason: "not ours", actor: "test")
    #expect(try await desk.groups().map(\.count) == [2, 1, 1])
    await pool.shutdown()
  }

  @Test func `a filter means what all of its parts mean`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    try await desk.record([
      (.sample("one"), reason), (.sample("two", stage: .rdUpdater), reason),
      (.sample("three", integration: "other"), reason), (.sample("four"), Reason("x", "X.")),
    ])
    try await pool.run(
      """
      update dead_letter set last_at = '2026-03-09T14:00:00Z'
      where id = \(Message.sample("one").id)
      """
    )
    func ids(_ filter: DeadLetterFilter) async throws -> Set<Identifier> {
      Set(try await desk.list(filter).items.map(\.message.id))
    }
    func named(_ names: String...) -> Set<Identifier> {
      Set(names.map { Message.sample($0).id })
    }
    let moment = try #require(Timestamp("2026-03-09T14:00:00Z"))
    let later = Timestamp(milliseconds: moment.milliseconds + 1)
    #expect(try await ids(DeadLetterFilter()) == named("one", "two", "three", "four"))
    #expect(try await ids(.init(integration: "acme")) == named("one", "two", "four"))
    #expect(try await ids(.init(stage: "rd-updater")) == named("two"))
    #expect(try await ids(.init(fingerprint: "centralizer:x")) == named("four"))
    #expect(try await ids(.init(integration: "other", code: "x")) == [])
    #expect(try await ids(.init(since: moment, until: later)) == named("one"))
    #expect(try await ids(.init(until: moment)) == [])
    #expect(try await ids(.init(since: later)) == named("two", "three", "four"))
    await pool.shutdown()
  }

  @Test func `a message that fails again before its retry is written down stays open`() async throws
  {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    let message = Message.sample("one", attempt: 8)
    try await desk.record([(message, reason)])
    let again = Reason("rd_refused", "Refused.")
    let sent = try await desk.retry(try await desk.open(), actor: "test") { messages in
      // The stage is quick: it gives the message up before the publisher knows that it was stored.
      let recorded = try await desk.record([(messages[0].message, again)])
      #expect(recorded == 1)
    }
    #expect(sent == 1)
    let letter = try #require(try await desk.open().first)
    #expect(letter.reason == again)
    #expect(letter.attempts == 9)
    await pool.shutdown()
  }

  @Test func `a discard keeps the reason, is written into the audit, and twice is harmless`()
    async throws
  {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    try await desk.record([(.sample("one"), reason)])
    let letters = try await desk.open()
    #expect(try await desk.discard(letters, reason: "a test lead", actor: "ana") == 1)
    #expect(try await desk.discard(letters, reason: "another", actor: "ana") == 0)
    #expect(try await desk.list(state: .discarded).items.map(\.discardReason) == ["a test lead"])
    #expect(try await desk.retry(letters, actor: "ana") { _ in Issue.record("published") } == 0)
    let audit = try await pool.run(
      "select actor, action, integration_id, detail ->> 'reason' from audit"
    )
    #expect(audit.count == 1)
    #expect(try audit[0].string(1) == "dead_letters.discarded")
    #expect(try audit[0].string(3) == "a test lead")
    await pool.shutdown()
  }

  @Test func `of two editors the later one is refused, and the first body is kept`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetters(pool: pool)
    try await desk.record([(.sample("one"), reason)])
    let letter = try #require(try await desk.open().first)
    func edit(_ lead: Identifier) throws -> DeadLetterEdit {
      let body = LeadImported(lead: lead, event: Identifier(high: 1, low: 1)).json
      return try DeadLetterEdit(of: letter.message, replacingWith: body.encoded)
    }
    let (first, second) = (
      try edit(Identifier(high: 2, low: 2)), try edit(Identifier(high: 3, low: 3))
    )
    #expect(
      try await desk.edit(letter, first, expecting: letter.bodySHA256, actor: "ana") == true
    )
    #expect(
      try await desk.edit(letter, second, expecting: letter.bodySHA256, actor: "bia") == false
    )
    let edited = try #require(try await desk.open().first)
    #expect(edited.message.body == first.body)
    #expect(edited.editedAt != nil)
    #expect(try await desk.edit(edited, second, expecting: edited.bodySHA256, actor: "bia") == true)
    #expect(
      try await pool.run("select original_body from dead_letter")[0].bytes(0) == letter.message.body
    )
    #expect(try await pool.run("select count(*) from audit")[0].int(0) == 2)
    // What is sent is what stands there, not what somebody saw earlier.
    let published = Mutex<[[UInt8]]>([])
    _ = try await desk.retry([letter], actor: "ana") { messages in
      published.withLock { $0 += messages.map(\.message.body) }
    }
    #expect(published.withLock { $0 } == [second.body])
    let retried = try #require(try await desk.list(state: .retried).items.first)
    #expect(
      try await desk.edit(retried, first, expecting: retried.bodySHA256, actor: "ana") == false
    )
    await pool.shutdown()
  }
}
