/// Puts together what arrives in pieces: a method, its content header, and its body frames.
struct ContentAssembler {
  enum Envelope: Equatable {
    case delivery(tag: UInt64, redelivered: Bool, exchange: String, routingKey: String)
    case returned(code: Int, text: String, exchange: String, routingKey: String)
  }

  struct Content: Equatable {
    let envelope: Envelope
    let properties: ContentProperties
    let body: [UInt8]
  }

  private enum State {
    case idle
    case header(Envelope)
    case body(Envelope, ContentProperties, missing: Int)
  }

  private var state = State.idle
  private var body: [UInt8] = []

  /// Takes the next frame and returns the content that it completes, if any.
  ///
  /// - Throws: `.protocolViolation` for a piece out of turn; the connection is of no use after it.
  mutating func take(_ frame: IncomingFrame) throws(LinkError) -> Content? {
    switch (frame, state) {
    case (.envelope(let envelope), .idle): state = .header(envelope)
    case (.header(let size, let properties), .header(let envelope)):
      guard let missing = Int(exactly: size) else {
        throw .protocolViolation("a body of \(size) bytes was announced")
      }
      guard missing > 0 else { return finish(envelope, properties) }
      // An announced size is not trusted with memory beyond the largest message of RabbitMQ 4.
      body.reserveCapacity(min(missing, OutboundMessage.bodyBytesMax))
      state = .body(envelope, properties, missing: missing)
    case (.body(let bytes), .body(let envelope, let properties, let missing)):
      guard bytes.count <= missing else {
        throw .protocolViolation("a body is longer than announced")
      }
      body.append(contentsOf: bytes)
      guard bytes.count == missing else {
        state = .body(envelope, properties, missing: missing - bytes.count)
        return nil
      }
      return finish(envelope, properties)
    case (.envelope, _), (.header, _), (.body, _):
      throw .protocolViolation("a piece of a message arrived out of turn")
    default:
      // Heartbeats and methods of channel 0 may come between the pieces.
      return nil
    }
    return nil
  }

  private mutating func finish(_ envelope: Envelope, _ properties: ContentProperties) -> Content {
    defer {
      state = .idle
      body = []
    }
    return Content(envelope: envelope, properties: properties, body: body)
  }
}
