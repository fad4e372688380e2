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
  /// Takes out what is stored, by the results for all that is outgoing, in order.
  ///
  /// - Returns: The deliveries to which nothing is owed any more; they are taken out as well.
  mutating func note(_ results: [Result<Void, NotPublished>]) -> [Delivery] {
    var results = results[...]
    var settled: [Delivery] = []
    var left: [Owed] = []
    for var item in self {
      item.outgoing = item.outgoing.compactMap { entry in
        switch results.popFirst() {
        case .success: nil
        case .failure(let failure): (entry.message, failure)
        case nil: entry
        }
      }
      if item.outgoing.isEmpty { settled += item.deliveries } else { left.append(item) }
    }
    self = left
    return settled
  }
}
