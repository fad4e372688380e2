import Testing

@testable import RabbitMQ

@Suite struct AckCoalescerTests {
  private func coalescer(_ deliveries: UInt64) -> AckCoalescer {
    var coalescer = AckCoalescer()
    for tag in 1...deliveries { coalescer.noteDelivery(tag) }
    return coalescer
  }

  @Test func `contiguous acknowledgements become one frame`() {
    var acks = coalescer(5)
    for tag in [3, 1, 2] as [UInt64] { acks.acknowledge(tag) }
    #expect(acks.flush() == [.ack(tag: 3, multiple: true)])
    #expect(acks.outstanding == 2)
  }

  @Test func `a gap is kept and closed later`() {
    var acks = coalescer(4)
    acks.acknowledge(2)
    acks.acknowledge(4)
    #expect(acks.flush() == [.ack(tag: 2, multiple: false), .ack(tag: 4, multiple: false)])
    acks.acknowledge(1)
    #expect(acks.flush() == [.ack(tag: 1, multiple: true)])
    acks.acknowledge(3)
    #expect(acks.flush() == [.ack(tag: 3, multiple: true)])
    #expect(acks.outstanding == 0)
  }

  @Test func `what is given back goes before an acknowledgement that would swallow it`() {
    var acks = coalescer(3)
    acks.acknowledge(1)
    acks.acknowledge(3)
    acks.giveBack(2)
    #expect(acks.flush() == [.giveBack(tag: 2), .ack(tag: 3, multiple: true)])
  }

  @Test func `a second verdict and one on nothing are ignored`() {
    var acks = coalescer(2)
    acks.acknowledge(1)
    acks.giveBack(1)
    acks.acknowledge(3)
    acks.acknowledge(0)
    #expect(acks.flush() == [.ack(tag: 1, multiple: true)])
    acks.acknowledge(1)
    #expect(acks.isIdle)
    #expect(acks.flush().isEmpty)
  }

  /// A broker that closes the channel, here: fails, when a tag it is told of is not open.
  private struct StrictBroker {
    var open: Set<UInt64> = []
    var acknowledged: Set<UInt64> = []
    var givenBack: Set<UInt64> = []

    mutating func take(_ frame: AckCoalescer.Frame) {
      switch frame {
      case .ack(let tag, let multiple):
        #expect(open.contains(tag))
        let covered = multiple ? open.filter { $0 <= tag } : [tag]
        acknowledged.formUnion(covered)
        open.subtract(covered)
      case .giveBack(let tag):
        #expect(open.contains(tag))
        givenBack.insert(tag)
        open.remove(tag)
      }
    }
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `the broker ends up with exactly the verdicts that were given`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var acks = AckCoalescer()
    var broker = StrictBroker()
    var acknowledged: Set<UInt64> = []
    var givenBack: Set<UInt64> = []
    var last: UInt64 = 0
    for _ in 0..<2000 {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<4:
        last += 1
        broker.open.insert(last)
        acks.noteDelivery(last)
      case 4..<9:
        let tag = UInt64.random(in: max(last, 30) - 30...last + 1, using: &generator)
        let fresh =
          tag > 0 && tag <= last && !acknowledged.contains(tag) && !givenBack.contains(tag)
        if Int.random(in: 0..<5, using: &generator) == 0 {
          acks.giveBack(tag)
          if fresh { givenBack.insert(tag) }
        } else {
          acks.acknowledge(tag)
          if fresh { acknowledged.insert(tag) }
        }
      default:
        for frame in acks.flush() { broker.take(frame) }
        #expect(broker.acknowledged == acknowledged)
        #expect(broker.givenBack == givenBack)
        #expect(acks.outstanding == broker.open.count)
      }
    }
  }

  @Test func `before a close, what lies behind a gap goes with what closes the gap, in one frame`()
  {
    var acks = AckCoalescer()
    acks.noteDelivery(100)
    for tag in 6...100 as ClosedRange<UInt64> { acks.acknowledge(tag) }
    #expect(acks.flush(keepingGaps: true) == [])
    for tag in 1...5 as ClosedRange<UInt64> { acks.acknowledge(tag) }
    #expect(acks.flush(keepingGaps: true) == [.ack(tag: 100, multiple: true)])
    #expect(acks.flush() == [])
  }

  @Test func `what was kept behind a gap that never closes is sent at the end`() {
    var acks = AckCoalescer()
    acks.noteDelivery(3)
    acks.acknowledge(3)
    #expect(acks.flush(keepingGaps: true) == [])
    #expect(acks.flush() == [.ack(tag: 3, multiple: false)])
  }
}
