package import Belt
import FoundationEssentials

/// A form of a message as programs that run have it, in `Tests/Goldens`: `X.json` of this version,
/// `X.previous.json` of the one before, whose programs run beside this one's during an update.
package enum Golden {
  /// `name`: of a file, without its ending; without the end of its last line.
  package static func bytes(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent()
    let bytes = Array(try Data(contentsOf: folder.appending(path: "Goldens/\(name).json")))
    return bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes
  }

  package static func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  /// With every field set.
  package static let message = Message(
    id: Identifier(high: 0x0123_4567_89AB_8DEF, low: 0x8123_4567_89AB_CDEF),
    type: "lead.imported.v1",
    stage: "centralizer",
    integration: "acme",
    journey: Identifier(high: 0xFEDC_BA98_7654_8210, low: 0x9EDC_BA98_7654_3210),
    body: Array(#"{"lead":"1"}"#.utf8),
    attempt: 2,
    deferrals: 3,
    arrivedAt: 1_700_000_000_123,
    cause: "crm_away",
    round: 4,
    wait: 40,
    trigger: .conversion,
    trace: TraceContext(
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      tracestate: "a=1,b=2"
    )
  )

  /// With what the version before has, too.
  package static let messageOfBefore = {
    var message = Golden.message
    message.trace = nil
    return message
  }()
}
