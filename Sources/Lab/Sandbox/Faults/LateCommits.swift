internal import AsyncHTTPClient
private import HTTPTypes
internal import Hummingbird
internal import NIOCore
private import NIOHTTP1

/// Does what a request asks for when its caller has long gone: the same request comes again, to this
/// very server, and meets no fault.
struct LateCommits: Sendable {
  let http: HTTPClient
  let work: BackgroundWork

  private static let sign = "x-sandbox-late"

  static func isLate(_ request: Request) -> Bool {
    HTTPField.Name(sign).map { request.headers[$0] != nil } ?? false
  }

  func call(_ request: Request, _ body: [UInt8], on channel: any Channel, after delay: Duration) {
    guard let address = channel.localAddress, let host = address.ipAddress,
      let port = address.port
    else { return }
    var again = HTTPClientRequest(url: "http://\(host):\(port)\(request.uri)")
    again.method = .RAW(value: request.method.rawValue)
    for field in request.headers where field.name != .contentLength {
      again.headers.add(name: field.name.rawName, value: field.value)
    }
    again.headers.add(name: Self.sign, value: "1")
    again.body = .bytes(body)
    let late = again
    work.start {
      do {
        try await Task.sleep(for: delay)
        _ = try await http.execute(late, timeout: .seconds(10))
      } catch {
        // The sandbox ends, and what was to happen later never does.
        return
      }
    }
  }
}
