import Leads
import Belt

extension Message {
  /// The first message of a journey: a body as it was accepted, bounded and valid JSON.
  ///
  /// The kind decides the type and the stage; the trigger is what the address says of the reason for the call,
  /// the trace what the call itself says; `arrivedAt` is in milliseconds since 1970.
  init(
    hook kind: HookToken.Kind,
    of integration: IntegrationName,
    body: [UInt8],
    trigger: HookTrigger?,
    trace: TraceContext?,
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
      trigger: trigger,
      trace: trace
    )
  }
}
