import Leads
import StrictJSON

/// What the body of a hook asks of us.
enum HookBody: Sendable, Hashable {
  /// Goes on to the stage, which decides; also when it is odd.
  case forStage
  /// No lead at all, such as RD Station's call when a hook is registered: welcome, and not a message.
  case probe
  case invalid(JSONError)

  static let depthMax = 64

  init(_ bytes: [UInt8], kind: HookToken.Kind) {
    guard bytes.contains(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) else {
      self = .probe
      return
    }
    do throws(JSONError) {
      let json = try JSON(parsing: bytes, depth: Self.depthMax)
      self = Self.isForStage(json, kind) ? .forStage : .probe
    } catch {
      self = .invalid(error)
    }
  }

  private static func isForStage(_ json: JSON, _ kind: HookToken.Kind) -> Bool {
    switch kind {
    // Whoever sends a person in another form than RD Station's must not lose it: the importer puts it
    // aside, where it is found again.
    case .rd: RDWebhookBody.mayHoldLead(json)
    // Every CRM has bodies of its own; an empty one tells nothing in any of them.
    case .crm: json.members?.isEmpty == false || json.array?.isEmpty == false
    }
  }
}
