import Testing

@testable import RabbitMQ

@Suite struct ConfirmTrackerTests {
  private func tracker(_ count: Int) -> ConfirmTracker<Int> {
    var tracker = ConfirmTracker<Int>()
    for number in 0..<count { tracker.add(number + 1, address: address("m\(number + 1)")) }
    return tracker
  }

  private func address(_ id: String) -> ConfirmTracker<Int>.Address {
    .init(messageID: id, exchange: "x", routingKey: "k")
  }

  @Test func `confirms in any order are for what they name`() {
    var tracker = tracker(3)
    #expect(tracker.confirm(upTo: 2, multiple: false, accepted: true).map(\.ticket) == [2])
    #expect(tracker.confirm(upTo: 1, multiple: false, accepted: true).map(\.ticket) == [1])
    #expect(tracker.count == 1)
    #expect(tracker.confirm(upTo: 3, multiple: false, accepted: true).map(\.ticket) == [3])
    #expect(tracker.count == 0)
  }

  @Test func `a multiple confirm is for all that is open up to it`() {
    var tracker = tracker(5)
    _ = tracker.confirm(upTo: 2, multiple: false, accepted: true)
    #expect(tracker.confirm(upTo: 4, multiple: true, accepted: true).map(\.ticket) == [1, 3, 4])
    #expect(tracker.confirm(upTo: 0, multiple: true, accepted: true).map(\.ticket) == [5])
  }

  @Test func `a number that is confirmed or was never given says nothing`() {
    var tracker = tracker(2)
    _ = tracker.confirm(upTo: 1, multiple: false, accepted: true)
    #expect(tracker.confirm(upTo: 1, multiple: false, accepted: true).isEmpty)
    #expect(tracker.confirm(upTo: 3, multiple: true, accepted: true).isEmpty)
    #expect(tracker.confirm(upTo: 0, multiple: false, accepted: true).isEmpty)
    #expect(tracker.confirm(upTo: .max, multiple: false, accepted: true).isEmpty)
    #expect(tracker.count == 1)
  }

  @Test func `a refused message is rejected`() throws {
    var tracker = tracker(1)
    let confirmed = try #require(tracker.confirm(upTo: 1, multiple: false, accepted: false).first)
    #expect(confirmed.result.failure == .rejected)
  }

  @Test func `a return makes the positive confirm after it a failure`() {
    var tracker = tracker(3)
    #expect(tracker.noteReturn(of: address("m2"), code: 312, text: "NO_ROUTE") == true)
    let confirmed = tracker.confirm(upTo: 3, multiple: true, accepted: true)
    #expect(
      confirmed.map(\.result.failure) == [nil, .unroutable(code: 312, text: "NO_ROUTE"), nil]
    )
  }

  @Test func `two returns of one id belong to the two oldest messages with it`() {
    var tracker = ConfirmTracker<Int>()
    for ticket in 1...3 { tracker.add(ticket, address: address("same")) }
    #expect(tracker.noteReturn(of: address("same"), code: 312, text: "") == true)
    #expect(tracker.noteReturn(of: address("same"), code: 312, text: "") == true)
    let confirmed = tracker.confirm(upTo: 3, multiple: true, accepted: true)
    #expect(confirmed.map { $0.result.failure == nil } == [false, false, true])
    #expect(tracker.noteReturn(of: address("same"), code: 312, text: "") == false)
  }

  @Test func `after a lost connection the numbers start again`() {
    var tracker = tracker(3)
    _ = tracker.confirm(upTo: 2, multiple: false, accepted: true)
    #expect(tracker.removeAll().map(\.ticket) == [1, 3])
    tracker.add(9, address: address("m9"))
    #expect(tracker.confirm(upTo: 1, multiple: false, accepted: true).map(\.ticket) == [9])
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `every message is confirmed exactly once whatever the broker sends`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var tracker = ConfirmTracker<UInt64>()
    var open: Set<UInt64> = []
    var last: UInt64 = 0
    for _ in 0..<5000 {
      if Bool.random(using: &generator) {
        last += 1
        tracker.add(last, address: .init(messageID: "\(last)", exchange: "", routingKey: ""))
        open.insert(last)
        continue
      }
      let sequence = UInt64.random(in: max(last, 41) - 40...last + 2, using: &generator)
      let multiple = Int.random(in: 0..<8, using: &generator) == 0
      let expected: Set<UInt64> =
        sequence > last ? [] : open.filter { multiple ? $0 <= sequence : $0 == sequence }
      let confirmed = tracker.confirm(upTo: sequence, multiple: multiple, accepted: true)
      #expect(Set(confirmed.map(\.ticket)) == expected)
      #expect(confirmed.count == expected.count)
      open.subtract(expected)
      #expect(tracker.count == open.count)
    }
    #expect(tracker.removeAll().map(\.ticket) == open.sorted())
  }
}
