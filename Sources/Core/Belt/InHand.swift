/// A message in the worker's hand.
struct InHand: Sendable {
  let delivery: Delivery
  let message: Message
  /// Since when it has waited for its turn in this process, and how often it was tried meanwhile.
  var wait: (since: ContinuousClock.Instant, tries: Int)?

  /// Whether it has a place in the waiting room.
  var isGuest: Bool { wait != nil }

  init(_ delivery: Delivery, _ message: Message) {
    self.delivery = delivery
    self.message = message
  }
}

extension [InHand] {
  var deliveries: [Delivery] { map(\.delivery) }
  var messages: [Message] { map(\.message) }
}
