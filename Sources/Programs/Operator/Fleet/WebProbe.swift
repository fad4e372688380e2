import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Asks an address for a sign of life.
enum WebProbe {
  /// Whether it answers with 2xx within 3 s.
  ///
  /// - Throws: ``Refusal`` when the text is no address.
  static func answers(_ url: String) async throws -> Bool {
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw Refusal(
        "--http needs an address such as http://127.0.0.1:9090/livez",
        code: Refusal.usage
      )
    }
    do {
      let answer = try await HTTPClient.shared.execute(
        HTTPClientRequest(url: url),
        timeout: .seconds(3)
      )
      return (200..<300).contains(answer.status.code)
    } catch {
      // No answer is an answer here.
      return false
    }
  }
}
