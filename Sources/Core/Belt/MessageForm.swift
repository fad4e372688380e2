/// A message as named texts and numbers: the one form behind all those in which it is sent and stored.
///
/// The broker carries it as properties and headers; receipts, holds, dead letters and the spool keep it
/// as an object of JSON. The body stands beside it. What has its usual value is left out, and a name that
/// a reader does not know is passed over: so the form may gain, and never changes.
package struct MessageForm: Sendable, Hashable {
  package enum Name: String, CodingKey, CaseIterable, Sendable {
    case id, type, stage, integration, journey
    case arrivedAt = "arrived_at"
    case attempt, deferrals, cause, round, wait, trigger, traceparent, tracestate

    var isNumber: Bool {
      switch self {
      case .arrivedAt, .attempt, .deferrals, .round, .wait: true
      case .id, .type, .stage, .integration, .journey, .cause, .trigger, .traceparent, .tracestate:
        false
      }
    }
  }

  package enum Value: Sendable, Hashable {
    case text(String)
    case number(Int64)
    /// Neither of the two.
    case other
  }

  package var values: [Name: Value] = [:]
  /// Why it is no message of ours, as far as its carrier can tell.
  package var fault: String?

  package init() {}

  package init(_ message: Message) {
    values[.id] = .text(message.id.description)
    values[.type] = .text(message.type)
    values[.stage] = .text(message.stage)
    values[.integration] = .text(message.integration)
    values[.journey] = .text(message.journey.description)
    set(.arrivedAt, message.arrivedAt)
    set(.attempt, message.attempt, unless: 1)
    set(.deferrals, message.deferrals)
    values[.cause] = message.cause.map(Value.text)
    set(.round, message.round)
    set(.wait, message.wait)
    values[.trigger] = (message.trigger?.rawValue).map(Value.text)
    values[.traceparent] = (message.trace?.traceparent).map(Value.text)
    values[.tracestate] = message.trace?.tracestate.map(Value.text)
  }

  private mutating func set(
    _ name: Name,
    _ number: some BinaryInteger,
    unless usual: Int64 = 0
  ) {
    if number != usual { values[name] = .number(Int64(number)) }
  }

  /// Reads on after a fault, so that what remains can be parked and shown.
  ///
  /// - Throws: ``MalformedMessage`` with the first fault and as much of the message as could be read;
  ///   its id is then derived from what arrived, so that the same bytes park under the same id.
  package func message(body: [UInt8]) throws(MalformedMessage) -> Message {
    var reading = self
    let message = reading.read(body)
    guard let fault = reading.fault else { return message }
    throw MalformedMessage(
      Reason("message_malformed", "A message is not one of ours: \(fault)."),
      remains: message
    )
  }

  private mutating func read(_ body: [UInt8]) -> Message {
    let stage = required(.stage)
    let integration = required(.integration)
    let type = required(.type)
    let id =
      identifier(.id)
      ?? Identifier(
        derivedFrom: "malformed",
        stage,
        integration,
        text(.id) ?? "",
        String(decoding: body, as: UTF8.self)
      )
    return Message(
      id: id,
      type: type,
      stage: stage,
      integration: integration,
      journey: identifier(.journey) ?? id,
      body: body,
      attempt: count(.attempt, atLeast: 1),
      deferrals: count(.deferrals),
      arrivedAt: number(.arrivedAt, in: 0...Int64.max) ?? 0,
      cause: text(.cause),
      round: count(.round),
      wait: count(.wait),
      trigger: text(.trigger).flatMap(HookTrigger.init(rawValue:)),
      trace: trace()
    )
  }

  private mutating func note(_ sentence: String) { fault = fault ?? sentence }

  private mutating func text(_ name: Name) -> String? {
    guard let value = values[name] else { return nil }
    guard case .text(let text) = value else {
      note("\(name.rawValue) is no text")
      return nil
    }
    return text
  }

  private mutating func required(_ name: Name) -> String {
    if let text = text(name), !text.isEmpty { return text }
    note("\(name.rawValue) is missing")
    return "unknown"
  }

  private mutating func identifier(_ name: Name) -> Identifier? {
    guard let text = text(name) else {
      note("\(name.rawValue) is missing")
      return nil
    }
    guard let identifier = Identifier(text) else {
      note("\(name.rawValue) is no UUID")
      return nil
    }
    return identifier
  }

  private mutating func number(_ name: Name, in range: ClosedRange<Int64>) -> Int64? {
    guard let value = values[name] else { return nil }
    guard case .number(let number) = value, range.contains(number) else {
      note("\(name.rawValue) is no number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  /// As large as the database's columns for them.
  private mutating func count(_ name: Name, atLeast usual: Int64 = 0) -> Int {
    Int(number(name, in: usual...Int64(Int32.max)) ?? usual)
  }

  private mutating func trace() -> TraceContext? {
    guard let traceparent = text(.traceparent) else { return nil }
    return TraceContext(traceparent: traceparent, tracestate: text(.tracestate))
  }
}
