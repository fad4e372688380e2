import BeltStorage
import Leads
import Belt

/// Webhooks that are stored in one transaction: as many as are waiting, within what a transaction and
/// the memory of this process bear.
struct Portion {
  /// RD Station sends one lead a webhook; a body that somebody posts may hold as many as this.
  static let leadsMax = RDWebhookBody.leadsMax
  /// Of raw bodies, which take ten times that while they are read and written.
  static let bytesMax = 2 << 20

  private(set) var webhooks: [Taken<WebhookContent>] = []
  private var leads = 0
  private var bytes = 0

  static func dividing(_ all: [Taken<WebhookContent>]) -> [[Taken<WebhookContent>]] {
    var portions = [Portion()]
    for taken in all {
      if !portions[portions.count - 1].hasRoom(for: taken.input) { portions.append(Portion()) }
      portions[portions.count - 1].add(taken)
    }
    return portions.map(\.webhooks).filter { !$0.isEmpty }
  }

  /// Always for the first one, whatever its size.
  func hasRoom(for content: WebhookContent) -> Bool {
    webhooks.isEmpty
      || leads + content.leads.count <= Self.leadsMax
        && bytes + content.message.body.count <= Self.bytesMax
  }

  mutating func add(_ taken: Taken<WebhookContent>) {
    webhooks.append(taken)
    leads += taken.input.leads.count
    bytes += taken.message.body.count
  }
}
