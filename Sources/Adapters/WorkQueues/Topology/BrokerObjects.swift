package import StrictJSON

/// A queue, an exchange or a policy as RabbitMQ's definitions name it.
package struct DeclaredExchange: Sendable, Hashable {
  package var name: String
  /// `topic` or `fanout`.
  package var kind: String
}

/// A durable queue with what only its declaration can say.
package struct DeclaredQueue: Sendable, Hashable {
  package var name: String
  /// What can never change without deleting the queue.
  package var arguments: [String: JSON]
}

/// A binding of a queue to an exchange.
package struct DeclaredBinding: Sendable, Hashable {
  package var exchange: String
  package var queue: String
  package var routingKey: String
}

/// What an operator may tune about the queues or exchanges that a pattern names.
package struct DeclaredPolicy: Sendable, Hashable {
  package var name: String
  package var pattern: String
  /// `queues` or `exchanges`: the only values that every release from 3.10 on knows.
  package var appliesTo: String
  /// The matching policy with the highest number is the one in force; they do not merge.
  package var priority: Int
  package var definition: [String: JSON]
}
