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
  /// The longest that ingress let anybody wait for an answer.
  private(set) var slowest = Duration.zero
  /// Of the messages, those that nobody has seen arrive.
  private var unseen: [Identifier] = []
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
    unseen.append(id)
  }

  func took(_ duration: Duration) { slowest = max(slowest, duration) }

  /// Begins to look for the longest wait afresh.
  func forgetSlowest() { slowest = .zero }

  /// Hands over what nobody has seen arrive; what of it has still not arrived is to be given back.
  func takeUnseen() -> [Identifier] {
    defer { unseen = [] }
    return unseen
  }

  func giveBack(unseen missing: [Identifier]) { unseen += missing }
}
