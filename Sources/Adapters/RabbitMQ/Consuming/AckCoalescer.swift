/// Gathers verdicts on deliveries and turns them into as few frames as possible.
///
/// Delivery tags of one channel count up from 1. An acknowledgement that closes the gap at the low
/// end is sent for all of them at once.
struct AckCoalescer {
  enum Frame: Equatable {
    case ack(tag: UInt64, multiple: Bool)
    case giveBack(tag: UInt64)
  }

  private enum Verdict { case acknowledged, givenBack, sent }

  /// All tags up to this one have a verdict that was sent.
  private var lowWater: UInt64 = 0
  private var highest: UInt64 = 0
  private var verdicts: [UInt64: Verdict] = [:]
  private var pendingAcks: [UInt64] = []
  private var pendingGiveBacks: [UInt64] = []

  /// Deliveries without a verdict.
  var outstanding: Int { Int(highest - lowWater) - verdicts.count }
  var isIdle: Bool { pendingAcks.isEmpty && pendingGiveBacks.isEmpty }

  mutating func noteDelivery(_ tag: UInt64) { highest = max(highest, tag) }

  /// A second verdict on a tag, or one on a tag that was never delivered, is ignored: the broker
  /// would close the channel over it.
  mutating func acknowledge(_ tag: UInt64) {
    guard isOpen(tag) else { return }
    verdicts[tag] = .acknowledged
    pendingAcks.append(tag)
  }

  mutating func giveBack(_ tag: UInt64) {
    guard isOpen(tag) else { return }
    verdicts[tag] = .givenBack
    pendingGiveBacks.append(tag)
  }

  /// The frames to send now, in this order.
  ///
  /// - Parameter keepsGaps: Acknowledgements behind a delivery without a verdict stay until it has one.
  ///   A channel keeps those beyond about 32 to itself while its queue is busy, and forgets them when it
  ///   closes: what closes soon must send few.
  /// - Returns: Nothing when there is nothing to say.
  mutating func flush(keepingGaps keepsGaps: Bool = false) -> [Frame] {
    guard !isIdle else { return [] }
    // Give-backs first: a later `multiple` would swallow them.
    var frames = pendingGiveBacks.sorted().map(Frame.giveBack)
    for tag in pendingGiveBacks { verdicts[tag] = .sent }
    pendingGiveBacks.removeAll(keepingCapacity: true)

    var lastInRun: UInt64?
    while let verdict = verdicts.removeValue(forKey: lowWater + 1) {
      lowWater += 1
      // The tag of a `multiple` must itself still be open at the broker.
      if verdict == .acknowledged { lastInRun = lowWater }
    }
    if let lastInRun { frames.append(.ack(tag: lastInRun, multiple: true)) }
    if keepsGaps {
      pendingAcks.removeAll { $0 <= lowWater }
      return frames
    }
    for tag in pendingAcks.sorted() where tag > lowWater {
      frames.append(.ack(tag: tag, multiple: false))
      verdicts[tag] = .sent
    }
    pendingAcks.removeAll(keepingCapacity: true)
    return frames
  }

  private func isOpen(_ tag: UInt64) -> Bool {
    tag > lowWater && tag <= highest && verdicts[tag] == nil
  }
}
