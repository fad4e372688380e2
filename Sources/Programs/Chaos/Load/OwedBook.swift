import Foundation
import StrictJSON
import Workers

/// What the fleet owes: every 2xx, on disk before the next request, so that nothing of it is opinion.
actor OwedBook {
  /// The messages answered 2xx.
  private(set) var messages: [Identifier] = []
  /// Distinct events by integration.
  private(set) var events: [String: Int] = [:]
  /// Answers other than 2xx, and none at all.
  private(set) var refusals = 0
  /// Personal data that no log may hold.
  private(set) var canaries: [String] = []
  private let file: FileHandle

  init(file url: URL) throws {
    try Data().write(to: url)
    file = try FileHandle(forWritingTo: url)
  }

  func expect(_ events: Int, of integration: String) {
    self.events[integration, default: 0] += events
  }

  func remember(_ canaries: [String]) { self.canaries += canaries }

  func countRefusal() { refusals += 1 }

  /// Notes an answer of 2xx.
  func note(_ answer: [UInt8], of integration: String) throws {
    guard let id = try JSON(parsing: answer)["id"]?.string.flatMap({ Identifier($0) }) else {
      throw ChaosFleet.Failure(description: "ingress answered 2xx without an id")
    }
    try file.write(contentsOf: Data("\(integration) \(id)\n".utf8))
    try file.synchronize()
    messages.append(id)
  }
}
