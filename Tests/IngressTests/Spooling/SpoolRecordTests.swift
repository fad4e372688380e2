import Leads
import Testing
import Belt

@testable import Ingress

struct SpoolRecordTests {
  @Test func `a message comes back as it was`() {
    var message = SpoolFixture.message(3)
    message.notes = ["trigger": "opportunity", "b": "\"é\n"]
    message.body = [0, 255, 10]
    #expect(SpoolRecord.message(SpoolRecord.encoded(message)[...]) == message)
    message.body = []
    message.notes = [:]
    #expect(SpoolRecord.message(SpoolRecord.encoded(message)[...]) == message)
  }

  @Test func `a record cut short is no message`() {
    let message = SpoolFixture.message(1)
    let bytes = SpoolRecord.encoded(message)
    for count in 0..<(bytes.count - message.body.count) {
      #expect(SpoolRecord.message(bytes.prefix(count)) == nil)
    }
  }
}
