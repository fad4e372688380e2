import Testing

/// Waits until the state of an outside process is as expected; fails at the deadline.
func eventually(
  _ what: Comment,
  within limit: Duration = .seconds(20),
  sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    try #require(.now < deadline, what, sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(20))
  }
}
