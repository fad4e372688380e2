package import StrictJSON
package import Belt

/// The body of one kind of message.
package protocol MessageBody: Sendable, Hashable {
  /// Kind and version, such as `lead.imported.v1`.
  static var type: String { get }
  var json: JSON { get }
  /// - Throws: ``MessageFault`` when a member is missing or of another type.
  init(json: JSON) throws(MessageFault)
}

/// A body that is not what its type says, or a type that this version does not know.
package struct MessageFault: Failure, Hashable {
  package let type: String
  package let detail: String
  private let isOfAnotherVersion: Bool

  package init(type: String, detail: String) {
    self.type = type
    self.detail = detail
    isOfAnotherVersion = false
  }

  /// A type that the stage does not know: while a change of version rolls out, a newer worker may have
  /// sent it.
  package init(unknownType type: String) {
    self.type = type
    detail = "this version does not know the type"
    isOfAnotherVersion = true
  }

  package var disposition: Disposition { isOfAnotherVersion ? .retry : .reject }

  package var reason: Reason {
    Reason(
      isOfAnotherVersion ? "message_type_unknown" : "message_malformed",
      "A message of type \(type) cannot be read: \(detail)."
    )
  }

  /// One of another version waits for a worker that knows it, for about a day; the rest is rejected.
  package func outcome(of message: Message) -> Outcome {
    let waitsMax = 288
    return isOfAnotherVersion && message.deferrals < waitsMax
      ? .snooze(.seconds(300), reason) : .reject(reason)
  }
}

extension Message {
  /// Reads the body as the kind that the message says it is.
  package func body<Body: MessageBody>(as _: Body.Type = Body.self) throws(MessageFault) -> Body {
    guard type == Body.type else {
      throw MessageFault(unknownType: type)
    }
    do {
      return try Body(json: try JSON(parsing: body))
    } catch let fault as MessageFault {
      throw fault
    } catch {
      throw MessageFault(type: type, detail: "\(error)")
    }
  }

  package func following(
    to stage: Flow,
    _ body: some MessageBody,
    journey: Identifier? = nil,
    part: String = ""
  ) -> Message {
    following(
      to: stage.stage,
      type: Swift.type(of: body).type,
      body: body.json.encoded,
      journey: journey,
      part: part
    )
  }
}

extension JSON {
  /// The member `version`: a later state has a higher one.
  func version(in type: String) throws(MessageFault) -> Int {
    guard let version = self["version"]?.int else {
      throw MessageFault(type: type, detail: "version is no integer")
    }
    return version
  }

  func identifier(_ key: String, in type: String) throws(MessageFault) -> Identifier {
    guard let text = self[key]?.string, let identifier = Identifier(text) else {
      throw MessageFault(type: type, detail: "\(key) is no identifier")
    }
    return identifier
  }
}
