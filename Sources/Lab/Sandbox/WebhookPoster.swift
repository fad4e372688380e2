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
    var longestPause: Duration = .seconds(60)
  }

  struct Answer: Sendable, Hashable {
    var status: UInt
    var body: [UInt8]
    var took: Duration

    var isTaken: Bool { (200..<300).contains(status) }
  }

  /// What became of one webhook.
  struct Delivery: Sendable, Hashable {
    var isDelivered = false
    var attempts = 0
    /// The longest that any answer took.
    var slowest: Duration = .zero
    /// To the last attempt; empty when there was none.
    var answer: [UInt8] = []
  }

  let http: HTTPClient
  let ledger: Ledger

  /// One attempt; nil when it was not answered in time.
  ///
  /// `header`: sent along.
  func post(
    _ body: [UInt8],
    to url: String,
    timeout: Duration,
    header: (name: String, value: String)? = nil
  ) async -> Answer? {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    if let header { request.headers.add(name: header.name, value: header.value) }
    request.body = .bytes(body)
    let begin = ContinuousClock.now
    do {
      let response = try await http.execute(request, timeout: TimeAmount(timeout))
      let bytes = try await response.body.collect(upTo: 1 << 20)
      return Answer(
        status: response.status.code,
        body: Array(bytes.readableBytesView),
        took: .now - begin
      )
    } catch {
      // Which way it failed makes no difference to RD either: the attempt did not succeed.
      return nil
    }
  }

  /// Attempts until one succeeds or none is left.
  ///
  /// The body is asked for before every attempt, with the number of the attempt from 0.
  func deliver(
    to url: String,
    policy: Policy,
    header: (name: String, value: String)? = nil,
    body: (Int) -> [UInt8]
  ) async -> Delivery {
    var delivery = Delivery()
    var pause = policy.pause
    while true {
      let answer = await post(
        body(delivery.attempts),
        to: url,
        timeout: policy.timeout,
        header: header
      )
      delivery.attempts += 1
      delivery.slowest = max(delivery.slowest, answer?.took ?? .zero)
      delivery.answer = answer?.body ?? []
      delivery.isDelivered = answer?.isTaken == true
      guard !delivery.isDelivered, delivery.attempts <= policy.retries, !Task.isCancelled else {
        return delivery
      }
      do {
        try await Task.sleep(for: pause)
      } catch {
        return delivery
      }
      pause = min(pause * 2, policy.longestPause)
    }
  }
}
