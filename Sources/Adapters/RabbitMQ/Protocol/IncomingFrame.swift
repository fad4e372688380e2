/// What the broker sends on our one channel, as far as this client listens.
enum IncomingFrame {
  /// A message follows, as a content header and its body.
  case envelope(ContentAssembler.Envelope)
  case header(bodySize: UInt64, ContentProperties)
  /// Valid until the next frame is read.
  case body(UnsafeRawBufferPointer)
  case confirm(sequence: UInt64, multiple: Bool, accepted: Bool)
  case consumerCancelled
  case cancelOk
  /// The broker closed the channel, or the whole connection.
  case closed(LinkError)
  case blocked(reason: String)
  case unblocked
  /// Heartbeats and what does not concern us.
  case other
}

/// The properties of a content header that this client reads.
struct ContentProperties: Equatable {
  var messageID: String?
  var type: String?
  var correlationID: String?
  var timestamp: UInt64?
  var headers: FieldTable = [:]
}
