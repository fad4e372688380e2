package import Belt
package import StrictJSON

/// One route of an outside system: all that is known of it before anything is asked.
package struct Route<Answer: Sendable>: Sendable {
  package let pattern: RoutePattern
  package let effect: CallEffect
  /// Reads the body of a 2xx; nil for one that is not what the documents say.
  let decode: @Sendable ([UInt8]) -> Answer?
  /// What a 404 means; nil where it is a refusal.
  let absent: Answer?

  /// `decode`: nil for an answer that is not what the documents say.
  package init(
    _ pattern: RoutePattern,
    _ effect: CallEffect,
    absent: Answer? = nil,
    decode: @escaping @Sendable (JSON) -> Answer?
  ) {
    self.init(
      pattern,
      effect,
      absent: absent,
      reading: { bytes in
        do throws(JSONError) {
          return decode(try JSON(parsing: bytes))
        } catch {
          // A 2xx that is not JSON comes from something between us and the system.
          return nil
        }
      }
    )
  }

  /// `reading`: of an answer that is not JSON from its first byte; nil as for `decode`.
  package init(
    _ pattern: RoutePattern,
    _ effect: CallEffect,
    absent: Answer? = nil,
    reading: @escaping @Sendable ([UInt8]) -> Answer?
  ) {
    self.pattern = pattern
    self.effect = effect
    self.absent = absent
    decode = reading
  }

  /// Puts what is asked into the route.
  ///
  /// - Parameters:
  ///   - variables: The values of the route's variables, in its order, percent-encoded.
  ///   - query: Without the question mark, percent-encoded.
  ///   - body: Sent as JSON.
  ///   - form: Sent as a form instead, percent-encoded.
  ///   - headers: Values of printable ASCII.
  /// - Returns: What ``Caller`` makes.
  package func call(
    _ variables: String...,
    query: String? = nil,
    body: JSON? = nil,
    form: String? = nil,
    headers: [(name: String, value: String)] = []
  ) -> Call<Answer> {
    Call(
      route: self,
      path: pattern.path(variables).adding(query: query),
      body: form.map { Array($0.utf8) } ?? body?.encoded,
      isForm: form != nil,
      headers: headers
    )
  }
}

extension Route<Void> {
  /// Of an answer only the status counts.
  package init(_ pattern: RoutePattern, _ effect: CallEffect) {
    self.pattern = pattern
    self.effect = effect
    absent = nil
    decode = { _ in () }
  }
}

/// Where a route is, and what its calls count against.
package struct RoutePattern: Sendable, Hashable, CustomStringConvertible {
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
  }

  package let method: Method
  /// With its variables in braces, such as `/contacts/{id}`: safe to log.
  package let template: String
  package let quota: Quota

  package init(_ method: Method, _ template: String, _ quota: Quota) {
    self.method = method
    self.template = template
    self.quota = quota
  }

  package var description: String { "\(method.rawValue) \(template)" }

  func path(_ variables: [String]) -> String {
    var values = variables[...]
    let parts = template.split(separator: "/", omittingEmptySubsequences: false).map { part in
      part.hasPrefix("{") ? values.popFirst() ?? "" : String(part)
    }
    return parts.joined(separator: "/")
  }
}

/// One request on a route.
package struct Call<Answer: Sendable>: Sendable {
  package let route: Route<Answer>
  var path: String
  var body: [UInt8]?
  let isForm: Bool
  let headers: [(name: String, value: String)]

  package var bodyBytes: Int { body?.count ?? 0 }

  var contentType: String {
    isForm ? "application/x-www-form-urlencoded" : "application/json"
  }

  /// With a parameter more, in the form where there is one.
  func adding(_ name: String, _ value: String) -> Call {
    var call = self
    let parameter = "\(name)=\(percentEncoded(value))"
    if isForm {
      call.body = (body ?? []) + Array("&\(parameter)".utf8)
    } else {
      call.path = path.adding(query: parameter)
    }
    return call
  }
}

extension String {
  /// A path with a query more; a template may have one of its own.
  fileprivate func adding(query: String?) -> String {
    guard let query else { return self }
    return "\(self)\(contains("?") ? "&" : "?")\(query)"
  }
}

/// A text as one segment of a path: every byte but the unreserved ones of RFC 3986 as `%XX`.
package func percentEncoded(_ text: String) -> String {
  var out = ""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      out.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      let hex = String(byte, radix: 16, uppercase: true)
      out += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
    }
  }
  return out
}
