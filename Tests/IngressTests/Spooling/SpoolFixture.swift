import Foundation
import Leads
import Logging
import SystemPackage
import TestKit
import Testing
import Belt

@testable import Ingress

enum SpoolFixture {
  static func message(_ number: Int, bytes: Int = 20) -> Message {
    let id = Identifier(derivedFrom: "spool", "\(number)")
    return Message(
      id: id,
      type: WebhookReceived.type,
      stage: Flow.leadImporter.stage,
      integration: "acme",
      journey: id,
      body: [UInt8](repeating: UInt8(ascii: "x"), count: bytes),
      arrivedAt: Int64(1000 + number)
    )
  }

  static func logger(_ log: LogLines = LogLines()) -> Logger { log.logger }
}

/// A folder that goes with its test.
final class ScratchFolder: Sendable {
  let url = FileManager.default.temporaryDirectory
    .appending(path: "esteira-spool-\(UUID().uuidString)")

  var path: FilePath { FilePath(url.path()) }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path()).sorted()
  }

  var segments: [String] {
    get throws { try names().filter { $0.hasSuffix(".spool") } }
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
