import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import StrictJSON

/// The whole book of a sandbox that plays RD Station, since it was started.
struct SandboxBook: Sendable {
  /// Such as `http://127.0.0.1:8090`.
  let baseURL: String

  /// Nil when the fleet writes to RD Station itself and not to a sandbox.
  init?(rdURL: String) {
    guard rdURL.hasSuffix("/rd"), !rdURL.contains("//api.rd.services") else { return nil }
    baseURL = String(rdURL.dropLast(3))
  }

  /// The conversions of an account that bear a marker, and when the book begins; nil for an empty one.
  ///
  /// - Throws: ``Refusal`` when the sandbox does not answer, or not with 2xx.
  func read(account: String) async throws -> (begin: String?, lines: [Reconciliation.RDBook.Line]) {
    let entries = try await ledger().split(separator: UInt8(ascii: "\n")).map {
      try JSON(parsing: Array($0))
    }
    let lines = entries.compactMap { entry -> Reconciliation.RDBook.Line? in
      guard entry["system"]?.string == "rd", entry["account"]?.string == account,
        entry["effect"]?.string == "conversion"
      else { return nil }
      return Reconciliations.line(entry["marker"]?.string, entry["identifier"]?.string)
    }
    return (entries.first?["at"]?.string, lines)
  }

  private func ledger() async throws -> [UInt8] {
    let status: UInt
    let answer: [UInt8]
    do {
      let request = HTTPClientRequest(url: baseURL + "/ledger?after=0")
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
      status = response.status.code
      answer = Array(buffer: try await response.body.collect(upTo: 1 << 30))
    } catch {
      throw Refusal(
        .unavailable,
        "sandbox_away",
        "the sandbox at \(baseURL) does not answer",
        remedy: "Start it: deploy/up, or docker compose --profile sandbox up"
      )
    }
    guard (200..<300).contains(status) else {
      throw Refusal(
        .failed,
        "sandbox_failed",
        "the sandbox at \(baseURL) answered GET /ledger?after=0 with status \(status)"
      )
    }
    return answer
  }
}
