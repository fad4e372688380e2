import HTTPTypes
import Hummingbird
import NIOCore
import Observability
import StrictJSON

extension Response {
  /// The answer in HTTP, without its body for HEAD.
  ///
  /// `unread`: the connection on which the request's body was not read to its end; it is closed soon, or the
  /// rest would be read however long it is.
  init(_ answer: HookAnswer, isHead: Bool = false, closing unread: (any Channel)? = nil) {
    var headers: HTTPFields = [.cacheControl: "no-store"]
    if let seconds = answer.retryAfter { headers[.retryAfter] = String(seconds) }
    if let allow = answer.allow { headers[.allow] = allow }
    let text: String
    switch answer.body {
    case .none: text = ""
    case .accepted(let id):
      headers[.contentType] = "application/json"
      text = "{\"id\":\"\(id)\"}"
    case .problem(let problem):
      headers[.contentType] = ProblemDetails.contentType
      text = problem.json.text
    }
    let buffer = ByteBuffer(string: isHead ? "" : text)
    var body = ResponseBody(byteBuffer: buffer)
    if let unread {
      headers[.connection] = "close"
      body = ResponseBody(contentLength: buffer.readableBytes) { writer in
        try await writer.write(buffer)
        try await writer.finish(nil)
        // At once, and the system would drop the answer together with what is still coming in.
        unread.eventLoop.scheduleTask(in: .seconds(1)) { unread.close(promise: nil) }
      }
    }
    self.init(status: .init(code: answer.status), headers: headers, body: body)
  }
}
