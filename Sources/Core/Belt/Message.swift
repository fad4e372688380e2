/// One message on its way to a stage.
///
/// `id` is deterministic: handling a message twice makes equal follow-ups, and each stage keeps one
/// receipt an id. The body holds ids only once the importer has stored the lead.
package struct Message: Sendable, Hashable {
  package var id: Identifier
  /// Kind and version of the body, such as `lead.imported.v1`; never reused for another shape.
  package var type: String
  /// The stage that handles it, by the name of its queue.
  package var stage: String
  package var integration: String
  /// The journey of one lead event through all stages, also the correlation id.
  package var journey: Identifier
  package var body: [UInt8]
  /// How many times this message is being tried, from 1.
  ///
  /// Counted by us, never by the broker.
  package var attempt: Int
  /// Waits that are nobody's fault (a quota, a busy key); they count no attempt.
  package var deferrals: Int
  /// When the webhook arrived, in milliseconds since 1970.
  package var arrivedAt: Int64
  /// Why the last attempt failed, as a code.
  package var cause: String?
  /// How often people had settled its dead letter when it was sent.
  package var round: Int
  /// Seconds that are left to wait when the message comes out of its delay queue; 0 when it is due.
  package var wait: Int
  /// Of a webhook of RD Station: why it called.
  package var trigger: HookTrigger?
  package var trace: TraceContext?

  package init(
    id: Identifier,
    type: String,
    stage: String,
    integration: String,
    journey: Identifier,
    body: [UInt8],
    attempt: Int = 1,
    deferrals: Int = 0,
    arrivedAt: Int64 = 0,
    cause: String? = nil,
    round: Int = 0,
    wait: Int = 0,
    trigger: HookTrigger? = nil,
    trace: TraceContext? = nil
  ) {
    self.id = id
    self.type = type
    self.stage = stage
    self.integration = integration
    self.journey = journey
    self.body = body
    self.attempt = attempt
    self.deferrals = deferrals
    self.arrivedAt = arrivedAt
    self.cause = cause
    self.round = round
    self.wait = wait
    self.trigger = trigger
    self.trace = trace
  }

  /// The message that follows from this one at another stage, with an id derived from both.
  ///
  /// `part`: tells apart several messages to one stage; empty when there is one.
  package func following(
    to stage: String,
    type: String,
    body: [UInt8],
    journey: Identifier? = nil,
    part: String = ""
  ) -> Message {
    Message(
      id: Identifier(derivedFrom: id.description, stage, type, part),
      type: type,
      stage: stage,
      integration: integration,
      journey: journey ?? self.journey,
      body: body,
      arrivedAt: arrivedAt,
      trace: trace?.onward
    )
  }

  /// The same message before its first attempt.
  package var fresh: Message {
    var copy = self
    copy.attempt = 1
    copy.deferrals = 0
    copy.cause = nil
    copy.wait = 0
    return copy
  }
}
