/// A delivery whose outcome stands, with what the broker must have before it is acknowledged.
struct Owed: Sendable {
  /// Several when the broker delivered the message again meanwhile, as after a lost connection.
  var deliveries: [Delivery]
  /// What is not stored yet, with the word on the last try.
  var outgoing: [(message: Outgoing, failure: NotPublished?)]

  init(_ delivery: Delivery, _ outgoing: [Outgoing]) {
    deliveries = [delivery]
    self.outgoing = outgoing.map { ($0, nil) }
  }

  /// True when nothing but one full or missing queue keeps it: others may pass.
  var isRefused: Bool {
    !outgoing.isEmpty && outgoing.allSatisfy { $0.failure?.extent == .oneWay }
  }

  /// Where something goes: what shares it is refused or taken together.
  struct Target: Hashable {
    private enum Way: Hashable {
      case stage, parking
      case delay(DelayTier)
    }

    private let way: Way
    private let stage: String

    init(_ outgoing: Outgoing) {
      way =
        switch outgoing.destination {
        case .stage: .stage
        case .delay(let tier): .delay(tier)
        case .parking: .parking
        }
      stage = outgoing.message.stage
    }
  }

  var failures: [NotPublished] { outgoing.compactMap(\.failure) }

  /// The message that it is about.
  var id: Identifier? {
    switch deliveries.first?.content {
    case .success(let message): message.id
    case .failure(let malformed): malformed.remains.id
    case nil: nil
    }
  }
}

extension [Owed] {
  /// Where they go, each once.
  var targets: [Owed.Target] {
    var seen: Set<Owed.Target> = []
    return outgoing(to: nil).map(Owed.Target.init).filter { seen.insert($0).inserted }
  }

  /// What is outgoing to a target, in order; nil means to all.
  func outgoing(to target: Owed.Target?) -> [Outgoing] {
    flatMap { $0.outgoing.map(\.message) }.filter { target == nil || Owed.Target($0) == target }
  }

  /// Takes out what is stored, by the results for all that is outgoing to a target, in order.
  ///
  /// - Returns: The deliveries to which nothing is owed any more; they are taken out as well.
  mutating func note(_ results: [Result<Void, NotPublished>], of target: Owed.Target?)
    -> [Delivery]
  {
    var results = results[...]
    var settled: [Delivery] = []
    var left: [Owed] = []
    for var item in self {
      item.outgoing = item.outgoing.compactMap {
        entry -> (message: Outgoing, failure: NotPublished?)? in
        guard target == nil || Owed.Target(entry.message) == target else { return entry }
        switch results.popFirst() {
        case .success: return nil
        case .failure(let failure): return (entry.message, failure)
        case nil: return entry
        }
      }
      if item.outgoing.isEmpty { settled += item.deliveries } else { left.append(item) }
    }
    self = left
    return settled
  }
}
