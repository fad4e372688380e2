import StrictJSON
import Belt

/// A message as bytes: the length of a head, the head in JSON, and the body as it came.
///
/// Only what the first message of a journey has is kept; it was never tried.
enum SpoolRecord {
  static func encoded(_ message: Message) -> [UInt8] {
    let notes = JSON.Members(
      message.notes.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: .string($0.value)) }
    )
    let head: JSON = [
      "id": .string(message.id.description),
      "type": .string(message.type),
      "stage": .string(message.stage),
      "integration": .string(message.integration),
      "journey": .string(message.journey.description),
      "arrived_at": .string("\(message.arrivedAt)"),
      "notes": .object(notes),
    ]
    let text = head.encoded
    return SpoolFrame.littleEndian(UInt32(text.count)) + text + message.body
  }

  /// - Returns: Nil for a record of a form that this version does not know.
  static func message(_ payload: ArraySlice<UInt8>) -> Message? {
    guard payload.count > 4 else { return nil }
    let length = Int(SpoolFrame.number(payload.prefix(4)))
    let rest = payload.dropFirst(4)
    guard length <= rest.count else { return nil }
    do throws(JSONError) {
      return message(
        try JSON(parsing: Array(rest.prefix(length))),
        body: Array(rest.dropFirst(length))
      )
    } catch {
      // The checksum was right, so another version wrote it; the caller keeps the file.
      return nil
    }
  }

  private static func message(_ head: JSON, body: [UInt8]) -> Message? {
    guard let id = head["id"]?.string.flatMap({ Identifier($0) }),
      let journey = head["journey"]?.string.flatMap({ Identifier($0) }),
      let type = head["type"]?.string, let stage = head["stage"]?.string,
      let integration = head["integration"]?.string,
      let arrivedAt = head["arrived_at"]?.string.flatMap({ Int64($0) }),
      let members = head["notes"]?.members
    else { return nil }
    var notes: [String: String] = [:]
    for member in members { notes[member.key] = member.value.string }
    return Message(
      id: id,
      type: type,
      stage: stage,
      integration: integration,
      journey: journey,
      body: body,
      arrivedAt: arrivedAt,
      notes: notes
    )
  }
}
