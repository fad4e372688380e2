import Belt
import Logging

/// What the chaos harness puts around the engine; nothing in a release build.
enum Faults {
  static func around(_ queue: some WorkQueue) -> any WorkQueue {
    #if DEBUG
      FaultyQueue(queue)
    #else
      queue
    #endif
  }

  static func middleware(_ logger: Logger) -> [any Middleware] {
    #if DEBUG
      [FaultyHandling(logger: logger)]
    #else
      []
    #endif
  }
}
