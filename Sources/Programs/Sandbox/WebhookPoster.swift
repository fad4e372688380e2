internal import AsyncHTTPClient
private import HTTPTypes
private import NIOCore
private import NIOHTTP1
private import SandboxLeads
private import StrictJSON

/// Posts webhooks as RD Station does: a slow or non-2xx answer is a failure and is tried again.
struct WebhookPoster: Sendable {
  struct Policy: Sendable, Hashable {
    var timeout: Duration = .seconds(5)
    /// After the first attempt.
    var retries = 3
    /// Before the first retry; doubled for each further one.
    var pause: Duration = .milliseconds(200)
  }

  let http: HTTPClient
  let ledger: Ledger

  /// One attempt; true when it was answered 2xx in time.
  func post(_ body: [UInt8], to url: String, timeout: Duration) async -> Bool {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.body = .bytes(body)
    do {
      let response = try await http.execute(request, timeout: TimeAmount(timeout))
      _ = try await response.body.collect(upTo: 1 << 20)
      return (200..<300).contains(response.status.code)
    } catch {
      // Which way it failed makes no difference to RD either: the attempt did not succeed.
      return false
    }
  }

  /// Attempts until one succeeds or none is left, and tells how many it made.
  ///
  /// The body is asked for before every attempt, with the number of the attempt from 0.
  func deliver(
    to url: String,
    policy: Policy,
    body: (Int) -> [UInt8]
  ) async -> (isDelivered: Bool, attempts: Int) {
    var pause = policy.pause
    for attempt in 0...policy.retries {
      if await post(body(attempt), to: url, timeout: policy.timeout) { return (true, attempt + 1) }
      guard attempt < policy.retries, !Task.isCancelled else { return (false, attempt + 1) }
      do {
        try await Task.sleep(for: pause)
      } catch {
        return (false, attempt + 1)
      }
      pause *= 2
    }
    return (false, policy.retries + 1)
  }
}
