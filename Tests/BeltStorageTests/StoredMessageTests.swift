import Belt
import StrictJSON
import TestKit
import Testing

/// What receipts, holds and dead letters keep of messages, in both directions between this version and
/// the one before.
struct StoredMessageTests {
  /// As a receipt has it: before its first attempt, with nothing but what it must have.
  private static let plain = {
    var message = Golden.messageOfBefore.fresh
    message.round = 0
    message.trigger = nil
    return message
  }()

  @Test func `receipts and holds keep messages in this form`() throws {
    #expect(
      MessageJSON.text(of: [Golden.message, Self.plain]) == (try Golden.text("receipt"))
    )
    let read = try MessageJSON.read([Message].self, from: Golden.bytes("receipt"))
    #expect(read == [Golden.message, Self.plain])
  }

  @Test func `what the version before kept is read`() throws {
    let read = try MessageJSON.read([Message].self, from: Golden.bytes("receipt.previous"))
    // It kept nothing of an attempt.
    var noted = Golden.messageOfBefore
    (noted.attempt, noted.deferrals, noted.cause) = (1, 0, nil)
    #expect(read == [noted, Self.plain])
  }

  @Test func `what the version before looks for in a receipt is there`() throws {
    let (now, before) = try (
      Self.previousReading(of: "receipt"), Self.previousReading(of: "receipt.previous")
    )
    #expect(now == before)
    #expect(now.count == 2 && now[0].count == 10)
  }

  /// What the version before reads of a stored message; its notes besides.
  private static func previousReading(of golden: String) throws -> [[String: String]] {
    try #require(JSON(parsing: Golden.bytes(golden)).array).map { json in
      var read: [String: String] = [:]
      for name in ["id", "journey", "type", "stage", "integration", "body"] {
        read[name] = try #require(json[name]?.string)
      }
      read["arrived_at"] = String(json["arrived_at"]?.int ?? 0)
      for note in json["notes"]?.members ?? [] { read["note \(note.key)"] = note.value.string }
      return read
    }
  }

  @Test func `a dead letter keeps the form without the body`() throws {
    #expect(MessageJSON.text(of: MessageForm(Golden.message)) == (try Golden.text("dead-letter")))
    let form = try MessageJSON.read(MessageForm.self, from: Golden.bytes("dead-letter"))
    #expect(try form.message(body: Golden.message.body) == Golden.message)
  }

  @Test func `a dead letter of the version before is read with what its columns hold`() throws {
    var form = try MessageJSON.read(MessageForm.self, from: Golden.bytes("dead-letter.previous"))
    let columns = MessageForm(Golden.message)
    for name in [MessageForm.Name.id, .type, .stage, .integration, .journey] {
      form.values[name] = columns.values[name]
    }
    var expected = Golden.messageOfBefore
    expected.cause = nil
    #expect(try form.message(body: expected.body) == expected)
  }

  @Test func `what the version before looks for in a dead letter is there`() throws {
    let (now, before) = try (
      JSON(parsing: Golden.bytes("dead-letter")),
      JSON(parsing: Golden.bytes("dead-letter.previous"))
    )
    for name in ["attempt", "deferrals", "arrived_at"] {
      #expect(now[name]?.int != nil && now[name]?.int == before[name]?.int)
    }
    #expect(now["cause"]?.string == Golden.message.cause)
    #expect(now["notes"] == before["notes"])
  }

  static let odd = [
    #"{}"#, #"[]"#, #"{"id":"7"}"#,
    #"{"id":7,"type":"t","stage":"s","integration":"i","journey":"7","body":"{}"}"#,
  ]

  @Test(arguments: odd)
  func `what is no message is never taken for one`(_ text: String) {
    #expect(throws: (any Error).self) {
      try MessageJSON.read(Message.self, from: Array(text.utf8))
    }
  }
}
