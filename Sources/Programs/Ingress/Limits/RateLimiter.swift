import Synchronization

/// One token bucket a key, such as an integration or an address.
final class RateLimiter<Key: Hashable & Sendable>: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: ContinuousClock.Instant
  }

  private let rate: Double
  private let burst: Double
  private let keysMax: Int
  private let buckets = Mutex<[Key: Bucket]>([:])

  /// `rate` is in requests a second, above 0; `burst` is at once after a rest, at least 1; so many keys have a
  /// bucket at most.
  init(rate: Int, burst: Int, keysMax: Int = 10_000) {
    self.rate = Double(rate)
    self.burst = Double(burst)
    self.keysMax = keysMax
  }

  /// Takes one request out of the key's bucket; `now` is not before that of an earlier call.
  ///
  /// - Returns: Nil when it may pass, else how long until the next may.
  func take(_ key: Key, at now: ContinuousClock.Instant) -> Duration? {
    buckets.withLock { buckets in
      var bucket = buckets[key] ?? Bucket(tokens: burst, filledAt: now)
      bucket.tokens = refilled(bucket, now)
      bucket.filledAt = now
      let wait: Duration?
      if bucket.tokens >= 1 {
        bucket.tokens -= 1
        wait = nil
      } else {
        wait = .seconds((1 - bucket.tokens) / rate)
      }
      if buckets[key] == nil, buckets.count >= keysMax {
        makeRoom(in: &buckets, now)
      }
      buckets[key] = bucket
      return wait
    }
  }

  private func refilled(_ bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
    min(burst, bucket.tokens + (now - bucket.filledAt) / .seconds(1) * rate)
  }

  /// A full bucket says nothing; if none is, all start afresh rather than grow for ever.
  private func makeRoom(in buckets: inout [Key: Bucket], _ now: ContinuousClock.Instant) {
    buckets = buckets.filter { refilled($0.value, now) < burst }
    if buckets.count >= keysMax { buckets.removeAll() }
  }
}
