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
  /// Free properties of the first hop, such as the content of a query parameter.
  package var notes: [String: String]

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
    notes: [String: String] = [:]
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
    self.notes = notes
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
      arrivedAt: arrivedAt
    )
  }
}
