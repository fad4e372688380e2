internal import Hummingbird
private import NIOCore
internal import StrictJSON
private import Synchronization

/// Objects, one a line, numbered from 1 with each start of the program; nothing is ever removed or
/// changed.
final class LineLog: Sendable {
  private let lines = Mutex<[[UInt8]]>([])

  /// Appends the object, with its number as `seq`.
  func append(_ members: [(String, JSON)]) {
    lines.withLock { lines in
      var line = JSON.Members()
      line["seq"] = .number(lines.count + 1)
      for (name, value) in members { line[name] = value }
      lines.append(JSON.object(line).encoded + [UInt8(ascii: "\n")])
    }
  }

  /// All lines after the number in `after`.
  func response(to request: Request) -> Response {
    Response.lines(to: request) { after, limit in
      self.lines.withLock { $0.dropFirst(max(0, after)).prefix(limit) }
    }
  }
}

extension Response {
  /// All lines after the number in the query's `after`, had page by page.
  static func lines(
    to request: Request,
    page: @escaping @Sendable (_ after: Int, _ limit: Int) -> ArraySlice<[UInt8]>
  ) -> Response {
    let after = request.query("after").flatMap { Int($0) } ?? 0
    return Response(
      status: .ok,
      headers: [.contentType: "application/x-ndjson"],
      body: ResponseBody { writer in
        var position = max(0, after)
        while true {
          let lines = page(position, 1000)
          if lines.isEmpty { break }
          try await writer.write(ByteBuffer(bytes: lines.joined()))
          position += lines.count
        }
        try await writer.finish(nil)
      }
    )
  }
}
