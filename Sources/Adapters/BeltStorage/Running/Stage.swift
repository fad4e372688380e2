package import Leads
import Postgres
package import Belt

/// What one stage is: what it takes, what it reads, what it decides, what it writes, and for some, what
/// it does outside.
///
/// Everything else about a message is the runner's: its body read or refused, its receipt, its turn, the
/// settings in force, the order of answers, effects with their fence, journeys, dead letters, follow-ups.
///
/// | step | where | may |
/// | --- | --- | --- |
/// | ``load(_:)``, ``load(_:having:)`` | in a transaction | read, in one round trip each |
/// | ``decide(_:_:)`` | in it, message by message | nothing but think |
/// | ``writes(_:_:)`` | in it | write, with receipts and journeys |
/// | ``look(_:_:)`` | after the commit | ask outside, for what cannot be decided without; then all of it again |
/// | ``act(_:since:)`` | after the commit | call outside, for what was planned |
/// | ``results(_:)`` | in a second transaction | write what became of it |
///
/// A batch may pass through all of it several times, after a deadlock or when the process dies: what
/// stands in the database has receipts and is not decided again.
package protocol Stage<Input>: Sendable {
  associatedtype Input: StageInput
  /// What the first round trip shows.
  associatedtype Found: Sendable = Known
  /// What the decisions know; it grows with each of them.
  associatedtype Known: Sendable
  /// What a decision writes.
  associatedtype Change: Sendable = Never
  /// What a decision still wants done outside.
  associatedtype Plan: Sendable = Never
  /// What the outside did.
  associatedtype Fact: Sendable = Never

  static var flow: Flow { get }

  /// What can be read by the messages alone.
  func load(_ taken: [Taken<Input>]) -> Load<Found>
  /// What can be read only when the first round trip has answered; of messages that may be handled now.
  func load(_ items: [Item<Input>], having found: Found) -> Load<Known>
  /// Decides one message, knowing what the earlier ones of its batch brought.
  func decide(_ item: Item<Input>, _ known: inout Known) -> Decision<Change, Plan>
  func writes(_ changes: [Change], _ known: Known) -> [Write]

  /// Asks outside about messages of one integration of which that was decided; it is cancelled at the
  /// batch's end.
  func look(_ items: [Item<Input>], _ known: Known) async -> [Identifier: Seen<Input>]

  /// Does what was planned; a message that is missing in the answer gets no outcome.
  ///
  /// `start`: when the intents began to be ours, before they were written.
  func act(_ planned: [Planned<Input, Plan>], since start: ContinuousClock.Instant) async throws
    -> [Identifier: Acted<Fact>]
  func results(_ facts: [Fact]) -> [Write]

  /// The parts of a batch that go into one transaction each; most stages have no need of any.
  func portions(_ taken: [Taken<Input>]) -> [[Taken<Input>]]
  /// How one message that cannot be stored whole is taken apart; nil when it cannot be.
  func division(of taken: Taken<Input>) -> Division<Input>?
}

extension Stage {
  package func look(_: [Item<Input>], _: Known) async -> [Identifier: Seen<Input>] { [:] }
  package func portions(_ taken: [Taken<Input>]) -> [[Taken<Input>]] { [taken] }
  package func division(of taken: Taken<Input>) -> Division<Input>? { nil }
}

extension Stage where Found == Known {
  package func load(_ items: [Item<Input>], having found: Found) -> Load<Known> { .known(found) }
}

extension Stage where Change == Never {
  package func writes(_: [Change], _: Known) -> [Write] { [] }
}

extension Stage where Plan == Never {
  package func act(_: [Planned<Input, Plan>], since _: ContinuousClock.Instant) async throws
    -> [Identifier: Acted<Fact>]
  { [:] }
}

extension Stage where Fact == Never {
  package func results(_: [Fact]) -> [Write] { [] }
}
