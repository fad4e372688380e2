/// Something around the handling of every batch, such as metrics or a trace.
package protocol Middleware: Sendable {
  /// Hands the batch on, or answers itself; both as ``Handler/handle(_:)`` says.
  ///
  /// - Parameters:
  ///   - batch: As the handler takes it: 1 to 64 messages, each once.
  ///   - next: What lies within: the next middleware, or the stage.
  /// - Returns: One outcome a message, in their order.
  /// - Throws: What ended the batch as a whole.
  func handle(_ batch: [Message], next: any Handler) async throws -> [Outcome]
}

extension Handler {
  /// This handler with middleware around it, the first outermost.
  package func within(_ middleware: [any Middleware]) -> any Handler {
    middleware.reversed().reduce(self as any Handler) { Wrapped(around: $0, by: $1) }
  }
}

private struct Wrapped: Handler {
  let inner: any Handler
  let outer: any Middleware

  init(around inner: any Handler, by outer: any Middleware) {
    self.inner = inner
    self.outer = outer
  }

  var policy: RetryPolicy { inner.policy }

  func handle(_ batch: [Message]) async throws -> [Outcome] {
    try await outer.handle(batch, next: inner)
  }
}
