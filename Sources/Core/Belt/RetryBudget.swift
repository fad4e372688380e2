/// How many retries the whole fleet may make, by integration and stage.
///
/// When everything of an integration fails, each message would be tried ``RetryPolicy/attemptsMax``
/// times: the outside, hardly up again, would meet many times its usual load. Retries are therefore a
/// share of the deliveries; what is over waits longer and counts no attempt. Nothing is lost by it.
package protocol RetryBudget: Sendable {
  /// Adds the deliveries to the balance and takes the retries from it.
  ///
  /// - Parameter uses: By integration, of one batch.
  /// - Returns: How many of the retries are granted, by integration; all of one that is missing.
  /// - Throws: When the balance cannot be asked; the retries are then made.
  func spend(_ uses: [String: RetryUse]) async throws -> [String: Int]
}

/// What one batch brings to a budget and asks of it.
package struct RetryUse: Sendable, Hashable {
  /// Messages that came for the first time.
  package var deliveries = 0
  /// Messages that failed and shall be tried again.
  package var retries = 0

  package init(deliveries: Int = 0, retries: Int = 0) {
    self.deliveries = deliveries
    self.retries = retries
  }

  static func counting(_ messages: [Message], _ outcomes: [Outcome]) -> [String: RetryUse] {
    var uses: [String: RetryUse] = [:]
    for (message, outcome) in zip(messages, outcomes) {
      var use = uses[message.integration] ?? RetryUse()
      if message.attempt == 1, message.deferrals == 0 { use.deliveries += 1 }
      if case .retry = outcome { use.retries += 1 }
      uses[message.integration] = use
    }
    return uses
  }
}

/// Grants everything.
package struct UnlimitedRetries: RetryBudget {
  package init() {}
  package func spend(_: [String: RetryUse]) -> [String: Int] { [:] }
}
