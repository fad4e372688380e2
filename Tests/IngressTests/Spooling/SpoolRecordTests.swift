import Belt
import StrictJSON
import TestKit
import Testing

@testable import Ingress

struct SpoolRecordTests {
  /// As the first of a journey is, with everything that it can have.
  private static let message = Message(
    id: Golden.message.id,
    type: "webhook.received.v1",
    stage: "lead-importer",
    integration: "acme",
    journey: Golden.message.id,
    body: [0, 255, 10],
    arrivedAt: Golden.message.arrivedAt,
    trigger: .conversion,
    trace: Golden.message.trace
  )

  private static func record(_ head: [UInt8]) -> ArraySlice<UInt8> {
    (SpoolFrame.littleEndian(UInt32(head.count)) + head + message.body)[...]
  }

  @Test func `a message comes back as it was`() {
    var message = Self.message
    #expect(SpoolRecord.message(SpoolRecord.encoded(message)[...]) == message)
    message.body = []
    message.trigger = nil
    message.trace = nil
    #expect(SpoolRecord.message(SpoolRecord.encoded(message)[...]) == message)
  }

  @Test func `the record is one that other versions read`() throws {
    #expect(SpoolRecord.encoded(Self.message)[...] == Self.record(try Golden.bytes("spool")))
    // As the version before reads it.
    let (now, before) = try (
      JSON(parsing: Golden.bytes("spool")), JSON(parsing: Golden.bytes("spool.previous"))
    )
    for member in before.members ?? [] { #expect(now[member.key] == member.value) }
  }

  @Test(arguments: ["spool.previous", "spool.next"])
  func `the record of another version is read`(_ golden: String) throws {
    var expected = Self.message
    expected.trace = nil
    #expect(SpoolRecord.message(Self.record(try Golden.bytes(golden))) == expected)
  }

  @Test func `a record cut short is no message`() {
    let message = SpoolFixture.message(1)
    let bytes = SpoolRecord.encoded(message)
    for count in 0..<(bytes.count - message.body.count) {
      #expect(SpoolRecord.message(bytes.prefix(count)) == nil)
    }
  }
}
