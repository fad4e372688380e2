import BeltStorage
import Belt
import Logging
import OutsideCalls

/// What the chaos harness puts around the engine; nothing in a release build.
enum Faults {
  static func around(_ queue: some WorkQueue) -> any WorkQueue {
    #if DEBUG
      FaultyQueue(queue)
    #else
      queue
    #endif
  }

  static func around(_ stage: some Stage) -> some Stage {
    #if DEBUG
      FaultyStage(inner: stage)
    #else
      stage
    #endif
  }

  static func around(_ permits: some CallPermits) -> any CallPermits {
    #if DEBUG
      FaultyPermits(inner: permits)
    #else
      permits
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
