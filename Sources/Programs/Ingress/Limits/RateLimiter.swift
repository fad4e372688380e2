import Leads
import Synchronization

/// One token bucket an integration.
final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: ContinuousClock.Instant
  }

  private let rate: Double
  private let burst: Double
  private let integrationsMax: Int
  private let buckets = Mutex<[IntegrationName: Bucket]>([:])

  /// - Parameters:
  ///   - rate: Requests a second, above 0.
  ///   - burst: Requests at once after a rest, at least 1.
  ///   - integrationsMax: Buckets kept; only integrations with a valid token have one.
  init(rate: Int, burst: Int, integrationsMax: Int = 10_000) {
    self.rate = Double(rate)
    self.burst = Double(burst)
    self.integrationsMax = integrationsMax
  }

  /// Takes one request out of the bucket.
  ///
  /// - Parameters:
  ///   - integration: Whose bucket.
  ///   - now: Not before that of an earlier call.
  /// - Returns: Nil when it may pass, else how long until the next may.
  func take(_ integration: IntegrationName, at now: ContinuousClock.Instant) -> Duration? {
    buckets.withLock { buckets in
      var bucket = buckets[integration] ?? Bucket(tokens: burst, filledAt: now)
      bucket.tokens = refilled(bucket, now)
      bucket.filledAt = now
      let wait: Duration?
      if bucket.tokens >= 1 {
        bucket.tokens -= 1
        wait = nil
      } else {
        wait = .seconds((1 - bucket.tokens) / rate)
      }
      if buckets[integration] == nil, buckets.count >= integrationsMax {
        makeRoom(in: &buckets, now)
      }
      buckets[integration] = bucket
      return wait
    }
  }

  private func refilled(_ bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
    min(burst, bucket.tokens + (now - bucket.filledAt) / .seconds(1) * rate)
  }

  /// A full bucket says nothing; if none is, all start afresh rather than grow for ever.
  private func makeRoom(
    in buckets: inout [IntegrationName: Bucket],
    _ now: ContinuousClock.Instant
  ) {
    buckets = buckets.filter { refilled($0.value, now) < burst }
    if buckets.count >= integrationsMax { buckets.removeAll() }
  }
}
