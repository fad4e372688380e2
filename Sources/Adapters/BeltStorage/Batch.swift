package import Leads
package import Belt

extension [Message] {
  /// Reads the bodies; those that are not of this type are refused alone.
  package func reading<Body: MessageBody>(_: Body.Type) -> (
    readable: [(message: Message, body: Body)], refused: [Identifier: Outcome]
  ) {
    var readable: [(message: Message, body: Body)] = []
    var refused: [Identifier: Outcome] = [:]
    for message in self {
      do {
        readable.append((message, try message.body(as: Body.self)))
      } catch {
        refused[message.id] = error.outcome(of: message)
      }
    }
    return (readable, refused)
  }

  /// The outcomes of some of these messages, put into the order of all.
  package func merging(
    _ messages: [Message],
    _ outcomes: [Outcome],
    _ others: [Identifier: Outcome]
  )
    -> [Outcome]
  {
    var all = others
    for (message, outcome) in zip(messages, outcomes) { all[message.id] = outcome }
    return answers(from: all)
  }

  /// One outcome a message, in order.
  ///
  /// A message that a stage forgot is a fault of the program: it is tried again and then parked, never
  /// dropped.
  package func answers(from outcomes: [Identifier: Outcome]) -> [Outcome] {
    map { message in
      outcomes[message.id]
        ?? .retry(Reason("not_settled", "The stage gave no answer for this message."))
    }
  }
}

extension Unit {
  /// The settings of a fresh message's integration.
  package func settings(of message: Message) -> Settings {
    guard let stored = settings[message.integration] else {
      preconditionFailure("a fresh message has settings")
    }
    return stored.settings
  }
}
