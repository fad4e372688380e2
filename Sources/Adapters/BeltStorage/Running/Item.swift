package import Leads
package import Belt

/// A message that a stage takes, with its body read.
package struct Taken<Input: StageInput>: Sendable {
  package let message: Message
  package let input: Input

  package init(_ message: Message, _ input: Input) {
    self.message = message
    self.input = input
  }

  package var integration: String { message.integration }

  /// An id of this message's integration.
  package func key(_ id: Identifier) -> IntegrationKey { IntegrationKey(integration, id) }
}

/// A message that may be handled now, with the settings in force.
package struct Item<Input: StageInput>: Sendable {
  package let taken: Taken<Input>
  package let settings: Settings
  /// That of the settings.
  package let version: Int

  package var message: Message { taken.message }
  package var input: Input { taken.input }
  package var integration: String { taken.integration }

  package func key(_ id: Identifier) -> IntegrationKey { taken.key(id) }
}

/// A message for which something is to be done outside.
package struct Planned<Input: StageInput, Plan: Sendable>: Sendable {
  package let item: Item<Input>
  package let plan: Plan

  package var message: Message { item.message }
}

/// One message in parts, each stored by itself, and its receipt at the end.
package struct Division<Input: StageInput>: Sendable {
  /// The least parts, such as the leads of a webhook.
  package let count: Int
  package let part: @Sendable (Range<Int>) -> Input
  /// A message of its own with the parts that could not be stored; nil when it cannot be made.
  package let rest: @Sendable ([Int]) throws -> Message?
  /// What is written once for the whole message, with its receipt.
  package let writes: [Write]

  package init(
    count: Int,
    part: @escaping @Sendable (Range<Int>) -> Input,
    rest: @escaping @Sendable ([Int]) throws -> Message?,
    writes: [Write]
  ) {
    self.count = count
    self.part = part
    self.rest = rest
    self.writes = writes
  }
}
