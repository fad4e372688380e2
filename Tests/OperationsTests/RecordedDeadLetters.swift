import Belt
import BeltStorage

@testable import Operations

extension DeadLetters {
  /// As a stage gives messages up.
  @discardableResult
  func record(_ parked: [(message: Message, reason: Reason)]) async throws -> Int {
    try await DeadLetterRecorder(pool: pool).record(parked)
  }

  /// The open ones, newest first; no integration means all.
  func open(in integration: String? = nil) async throws -> [DeadLetter] {
    try await list(DeadLetterFilter(integration: integration)).items
  }
}
