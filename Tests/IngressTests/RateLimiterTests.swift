import Leads
import Testing

@testable import Ingress

struct RateLimiterTests {
  private let acme: IntegrationName
  private let other: IntegrationName
  private let start = ContinuousClock.now

  init() throws {
    acme = try #require(IntegrationName("acme"))
    other = try #require(IntegrationName("other"))
  }

  @Test func `a burst passes, then the rate holds`() {
    let limiter = RateLimiter<IntegrationName>(rate: 10, burst: 3)
    for _ in 0..<3 { #expect(limiter.take(acme, at: start) == nil) }
    #expect(limiter.take(acme, at: start) == .milliseconds(100))
    #expect(limiter.take(acme, at: start + .milliseconds(100)) == nil)
    #expect(limiter.take(acme, at: start + .milliseconds(150)) != nil)
    #expect(limiter.take(acme, at: start + .milliseconds(200)) == nil)
  }

  @Test func `a rest fills the bucket, and no further`() {
    let limiter = RateLimiter<IntegrationName>(rate: 10, burst: 3)
    for _ in 0..<3 { _ = limiter.take(acme, at: start) }
    let later = start + .seconds(3600)
    for _ in 0..<3 { #expect(limiter.take(acme, at: later) == nil) }
    #expect(limiter.take(acme, at: later) != nil)
  }

  @Test func `one integration does not use up another's`() {
    let limiter = RateLimiter<IntegrationName>(rate: 1, burst: 1)
    #expect(limiter.take(acme, at: start) == nil)
    #expect(limiter.take(acme, at: start) != nil)
    #expect(limiter.take(other, at: start) == nil)
  }

  @Test func `the buckets are bounded, and one in use is kept`() throws {
    let limiter = RateLimiter<IntegrationName>(rate: 1, burst: 2, keysMax: 100)
    _ = limiter.take(acme, at: start)
    _ = limiter.take(acme, at: start)
    for index in 0..<99 {
      _ = limiter.take(try #require(IntegrationName("i\(index)")), at: start)
    }
    // All others are full again by now, this one just is not.
    let later = start + .milliseconds(1500)
    #expect(limiter.take(try #require(IntegrationName("new")), at: later) == nil)
    #expect(limiter.take(acme, at: later) == nil)
    #expect(limiter.take(acme, at: later) != nil)
  }
}
