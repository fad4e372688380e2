import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import StrictJSON
import Synchronization
import TestKit

/// A tiny receiver of webhooks: answers what it is told and hands over what it got.
final class WebhookReceiver: Sendable {
  struct Delivery: Sendable {
    var path: String
    var bytes: [UInt8]

    var json: JSON {
      get throws { try JSON(parsing: bytes) }
    }
  }

  private let statuses: Mutex<[Int]>
  private let deliveries: AsyncStream<Delivery>
  private let announcement: AsyncStream<Delivery>.Continuation

  /// - Parameter statuses: Of the first answers; 200 after them.
  init(statuses: [Int] = []) {
    self.statuses = Mutex(statuses)
    (deliveries, announcement) = AsyncStream.makeStream()
  }

  /// The next so many deliveries, in the order of their arrival.
  func next(_ count: Int) async -> [Delivery] {
    var list: [Delivery] = []
    for await delivery in deliveries {
      list.append(delivery)
      if list.count == count { break }
    }
    return list
  }

  func run(_ body: @Sendable (_ url: String) async throws -> Void) async throws {
    let router = Router()
    for path: RouterPath in ["/", "**"] {
      router.post(path) { request, _ in
        let bytes = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
        let status = self.statuses.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
        self.announcement.yield(Delivery(path: request.uri.path, bytes: bytes))
        return Response(status: .init(code: status))
      }
    }
    try await withServer { announce in
      Application(
        router: router,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { await announce($0.localAddress?.port ?? 0) },
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
      )
    } body: { port in
      try await body("http://127.0.0.1:\(port)")
    }
  }
}
