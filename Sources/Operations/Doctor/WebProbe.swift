import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WorkQueues

/// Asks an address for a sign of life.
package enum WebProbe {
  /// Why it is not answered with 2xx within 3 s; nil when it is.
  ///
  /// - Throws: ``Refusal`` when the text is no address.
  package static func fault(at url: String) async throws -> String? {
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw Refusal(
        .invalid,
        "address_invalid",
        "--http needs an address such as http://127.0.0.1:9090/livez"
      )
    }
    return try await HTTPClient.withHTTPClient(configuration: .askingOnce) { http in
      do {
        let answer = try await http.execute(HTTPClientRequest(url: url), timeout: .seconds(3))
        let status = answer.status.code
        return (200..<300).contains(status) ? nil : "the answer has the status \(status)"
      } catch {
        // No answer is an answer here.
        return ConnectionFault.words(error)
      }
    }
  }
}
