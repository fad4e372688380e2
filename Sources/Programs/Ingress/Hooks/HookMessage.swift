import Leads
import Belt

extension Message {
  /// The first message of a journey: a body as it was accepted.
  ///
  /// - Parameters:
  ///   - kind: Whose body it is; decides the type and the stage.
  ///   - integration: Whose address was called.
  ///   - body: Bounded and valid JSON.
  ///   - trigger: What the address says of the reason for the call.
  ///   - arrivedAt: Milliseconds since 1970.
  init(
    hook kind: HookToken.Kind,
    of integration: IntegrationName,
    body: [UInt8],
    trigger: HookTrigger?,
    arrivedAt: Int64
  ) {
    var generator = SystemRandomNumberGenerator()
    // Random: the same body twice may be two events, and only the importer can tell.
    let id = Identifier.random(using: &generator)
    self.init(
      id: id,
      type: kind == .rd ? WebhookReceived.type : CRMHookReceived.type,
      stage: (kind == .rd ? Flow.entry : .crmEntry).stage,
      integration: integration.text,
      journey: id,
      body: body,
      arrivedAt: arrivedAt,
      notes: trigger.map { ["trigger": $0.rawValue] } ?? [:]
    )
  }
}

/// Why RD Station calls, as `?trigger=` of the address says; its bodies do not tell.
enum HookTrigger: String, Sendable {
  case conversion, opportunity, flow
}
