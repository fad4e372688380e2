import Belt
import Leads
package import OutsideCalls
import StrictJSON

/// What an error answer of RD Station says, whichever of its nine shapes it has.
///
/// The shapes: `errors` as an object, an object of arrays by field, an array, an object of locale
/// objects or a mixture; a bare array; a bare object; the gateway's `error` or `message`; no JSON.
struct RDErrorBody: Equatable {
  struct Item: Equatable {
    /// Such as `CANNOT_BE_NULL`.
    var type: String
    /// Where in the request, when RD says so.
    var path: String?
  }

  /// In the order of the body; empty when it names no type.
  var items: [Item] = []
  /// The application's quota of one contact, told by its own body.
  var limitsOneContact = false
  /// Seconds, as sent.
  var remainingTime: Double?

  init(parsing bytes: [UInt8]) {
    let body: JSON
    do throws(JSONError) {
      body = try JSON(parsing: bytes)
    } catch {
      // A proxy's page: the status alone decides.
      return
    }
    items = Self.items(in: body["errors"] ?? body, path: nil)
    remainingTime = body["remaining_time"]?.double
    if let text = body["error"]?.string {
      limitsOneContact = text.hasPrefix("'lead_limiter'")
      // `invalid_token` and `invalid_request` are types; a sentence with spaces is not.
      if items.isEmpty, let type = Self.token(text) { items = [Item(type: type, path: nil)] }
    }
  }

  private static func items(in json: JSON, path: String?) -> [Item] {
    switch json {
    case .array(let list): return list.flatMap { items(in: $0, path: path) }
    case .object(let members):
      if let type = members["error_type"]?.string {
        let place = members["path"]?.string ?? path
        return [Item(type: token(type) ?? "UNNAMED", path: place.flatMap(Self.place))]
      }
      return members.list.flatMap { member in
        items(in: member.value, path: [path, member.key].compactMap(\.self).joined(separator: "."))
      }
    default: return []
    }
  }

  /// The text when it is one word that is safe to log.
  private static func token(_ text: String) -> String? {
    let isWord = text.utf8.allSatisfy {
      (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
        || $0 == UInt8(ascii: "_")
    }
    return isWord && !text.isEmpty && text.utf8.count <= 64 ? text : nil
  }

  /// The place when it cannot hold an address or other free text.
  private static func place(_ text: String) -> String? {
    let safe = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.$[]")
    return text.allSatisfy(safe.contains) && text.utf8.count <= 80 ? text : nil
  }
}

extension RDErrorBody {
  /// What the body says of a wait, between 1 s and 24 h.
  ///
  /// The page says milliseconds, yet every value seen fits the 86 400 s window: read as seconds.
  var wait: Duration? {
    guard let seconds = remainingTime, seconds >= 0 else { return nil }
    guard seconds.isFinite else { return RetryAfter.longest }
    return min(.seconds(max(seconds, 1)), RetryAfter.longest)
  }
}

extension Dialect {
  /// RD Station says no by the status, and says why in one of nine shapes.
  package static let rdStation = Dialect(.rdStation) { reply in
    guard !(200..<300).contains(reply.status) else { return nil }
    let said = RDErrorBody(parsing: reply.body)
    return Objection(
      type: said.items.first?.type,
      path: said.items.first?.path,
      wait: reply.wait(byHeader: "Retry-After-Quotas") ?? said.wait,
      limitsOneRecord: said.limitsOneContact
    )
  }
}
