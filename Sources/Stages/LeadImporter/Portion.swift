import Leads
import Belt

/// Webhooks that are stored in one transaction: as many as are waiting, within what a transaction and
/// the memory of this process bear.
struct Portion {
  /// RD Station sends one lead a webhook; a body that somebody posts may hold as many as this.
  static let leadsMax = RDWebhookBody.leadsMax
  /// Of raw bodies, which take ten times that while they are read and written.
  static let bytesMax = 2 << 20

  private(set) var contents: [WebhookContent] = []
  private var leads = 0
  private var bytes = 0

  /// Always for the first one, whatever its size.
  func hasRoom(for content: WebhookContent) -> Bool {
    contents.isEmpty || Saboteur.waitsInsteadOfSplitting.isOn
      || leads + content.leads.count <= Self.leadsMax
        && bytes + content.message.body.count <= Self.bytesMax
  }

  mutating func add(_ content: WebhookContent) {
    contents.append(content)
    leads += content.leads.count
    bytes += content.message.body.count
  }
}
