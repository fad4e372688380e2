package import Belt

/// What a stage takes: a body, or an enum of the bodies that it knows.
package protocol StageInput: Sendable {
  /// One entry a kind of message; nothing else reaches the stage.
  static var kinds: [InputKind<Self>] { get }
}

/// A kind of message and how its body is read.
package struct InputKind<Input: StageInput>: Sendable {
  package let type: String
  fileprivate let read: @Sendable (Message) throws(MessageFault) -> Input

  /// A kind whose body is read by hand, such as a raw webhook.
  package init(_ type: String, read: @escaping @Sendable (Message) throws(MessageFault) -> Input) {
    self.type = type
    self.read = read
  }

  package init<Body: MessageBody>(_: Body.Type, as input: @escaping @Sendable (Body) -> Input) {
    self.init(Body.type) { message throws(MessageFault) in
      input(try message.body(as: Body.self))
    }
  }
}

extension StageInput {
  /// - Throws: ``MessageFault`` for a type that is none of ``kinds``, or a body that is not what its
  ///   type says.
  package init(reading message: Message) throws(MessageFault) {
    guard let kind = Self.kinds.first(where: { $0.type == message.type }) else {
      throw MessageFault(unknownType: message.type)
    }
    self = try kind.read(message)
  }
}

extension StageInput where Self: MessageBody {
  package static var kinds: [InputKind<Self>] { [InputKind(Self.self) { $0 }] }
}
