import Belt

/// A message as bytes: the length of a head, the head in JSON, and the body as it came.
enum SpoolRecord {
  static func encoded(_ message: Message) -> [UInt8] {
    let head = MessageJSON.bytes(of: Head(form: MessageForm(message)))
    return SpoolFrame.littleEndian(UInt32(head.count)) + head + message.body
  }

  /// - Returns: Nil for a record of a form that this version does not know.
  static func message(_ payload: ArraySlice<UInt8>) -> Message? {
    guard payload.count > 4 else { return nil }
    let length = Int(SpoolFrame.number(payload.prefix(4)))
    let rest = payload.dropFirst(4)
    guard length <= rest.count else { return nil }
    do {
      return try MessageJSON.read(Head.self, from: Array(rest.prefix(length))).form
        .message(body: Array(rest.dropFirst(length)))
    } catch {
      // The checksum was right, so another version wrote it; the caller keeps the file.
      return nil
    }
  }

  /// The version before has the arrival as text, and needs notes.
  ///
  /// The next release writes the bare form, which this one reads as well.
  private struct Head: Codable {
    var form: MessageForm

    init(form: MessageForm) { self.form = form }

    init(from decoder: any Decoder) throws {
      form = try MessageForm(from: decoder)
      guard form.values[.arrivedAt] == .other else { return }
      let members = try decoder.container(keyedBy: MessageForm.PreviousName.self)
      let arrivedAt = try members.decode(String.self, forKey: .arrivedAt)
      form.values[.arrivedAt] = Int64(arrivedAt).map(MessageForm.Value.number) ?? .other
    }

    func encode(to encoder: any Encoder) throws {
      try form.encode(to: encoder)
      var members = encoder.container(keyedBy: MessageForm.PreviousName.self)
      let arrivedAt =
        if case .number(let number)? = form.values[.arrivedAt] { number } else { 0 as Int64 }
      try members.encode(String(arrivedAt), forKey: .arrivedAt)
      try members.encode(form.notes, forKey: .notes)
    }
  }
}
