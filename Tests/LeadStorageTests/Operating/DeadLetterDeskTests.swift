import LeadStorage
import Leads
import Postgres
import Synchronization
import Testing
import Workers

@Suite struct DeadLetterDeskTests {
  private let reason = Reason("rd_login_expired", "The login has expired.")

  @Test func `a parked message is recorded whole`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetterDesk(pool: pool)
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
    let desk = DeadLetterDesk(pool: pool)
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
    let desk = DeadLetterDesk(pool: pool)
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
    #expect(published.withLock { $0 } == [Outgoing(fresh)])
    #expect(try await desk.open() == [])
    #expect(try await desk.find([message.id]).map(\.state) == [.retried])
    await pool.shutdown()
  }

  @Test func `a publish that fails leaves the dead letter open`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetterDesk(pool: pool)
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
    let desk = DeadLetterDesk(pool: pool)
    try await desk.record([(.sample("one", attempt: 8), reason)])
    _ = try await desk.retry(try await desk.open(), actor: "test") { _ in }
    let other = Reason("rd_refused", "Refused.")
    #expect(try await desk.record([(.sample("one", attempt: 3), other)]) == 1)
    let letter = try #require(try await desk.open().first)
    #expect(letter.attempts == 11)
    #expect(letter.reason == other)
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
    #expect(try await DeadLetterDesk(pool: pool).record([(message, reason)]) == 0)
    await pool.shutdown()
  }

  @Test func `integrations do not see each other's dead letters`() async throws {
    let pool = try await migratedPool()
    let desk = DeadLetterDesk(pool: pool)
    try await desk.record([
      (.sample("one"), reason), (.sample("one", integration: "other"), reason),
    ])
    #expect(try await desk.open(in: "acme").map(\.message.integration) == ["acme"])
    #expect(try await desk.open().count == 2)
    await pool.shutdown()
  }
}
