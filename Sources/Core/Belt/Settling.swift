import Logging

/// Turns outcomes into settlements: retries are within the budget, and every end is told.
struct Settling: Sendable {
  let policy: RetryPolicy
  let budget: any RetryBudget
  let progress: WorkerProgress
  let logger: Logger

  /// One settlement a message, in the same order.
  func settlements(of messages: [Message], _ outcomes: [Outcome]) async -> [Settlement] {
    var granted = await grantedRetries(messages, outcomes)
    var generator = SystemRandomNumberGenerator()
    return zip(messages, outcomes).map { message, outcome in
      report(message, outcome)
      if case .retry(let reason) = outcome, policy.givesUp(message, after: outcome) == nil,
        let left = granted?[message.integration]
      {
        granted?[message.integration] = left - 1
        if left <= 0 { return policy.postpone(message, reason, using: &generator) }
      }
      return policy.settle(outcome, of: message, using: &generator)
    }
  }

  /// How many retries of each integration are within the budget; nil when it cannot be told.
  private func grantedRetries(_ messages: [Message], _ outcomes: [Outcome]) async -> [String: Int]?
  {
    do {
      return try await budget.spend(RetryUse.counting(messages, outcomes))
    } catch {
      // The budget spares others; it must not hold a message up. Retries are bounded without it.
      logger.warning("retry budget not asked", metadata: ["reason": "\(type(of: error))"])
      return nil
    }
  }

  private func report(_ message: Message, _ outcome: Outcome) {
    progress.settled(message, outcome)
    let level: Logger.Level
    var metadata: Logger.Metadata = [
      "message.id": "\(message.id)", "message.kind": "\(message.type)",
      "integration.id": "\(message.integration)", "correlation.id": "\(message.journey)",
      "attempt": "\(message.attempt)", "outcome": "\(outcome.name)",
    ]
    switch outcome {
    case .done: level = .debug
    case .snooze(_, let reason): (level, metadata["reason"]) = (.info, "\(reason.code)")
    case .retry(let reason): (level, metadata["reason"]) = (.warning, "\(reason.code)")
    case .reject(let reason): (level, metadata["reason"]) = (.error, "\(reason.code)")
    }
    logger.log(level: level, "delivery settled", metadata: metadata)
  }
}

extension Outcome {
  /// The word under which metrics and logs know it.
  package var name: String {
    switch self {
    case .done: "done"
    case .snooze: "snooze"
    case .retry: "retry"
    case .reject: "reject"
    }
  }
}
