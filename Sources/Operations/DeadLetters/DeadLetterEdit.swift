import Leads
import StrictJSON
package import Belt

/// A body that a person has corrected, checked as its stage will read it.
///
/// Only the body: an id, a type, a stage or an integration is never edited.
package struct DeadLetterEdit: Sendable, Hashable {
  /// Why a body is not taken; the text may quote the body.
  package struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
  }

  /// What a person wants of a body.
  package enum Change: Sendable, Hashable {
    case replacing([UInt8])
    /// Each `path=value`, such as `leads.0.email`, from the outside in.
    case setting([Place])
  }

  /// A place of a body, and what is to stand there.
  package struct Place: Sendable, Hashable {
    package let path: String
    /// JSON, or else text; an empty one takes the place away.
    package let value: String

    package init(path: String, value: String) {
      self.path = path
      self.value = value
    }
  }

  package let body: [UInt8]
  /// Each changed place, in the order of the old body, then of the new: `path: old → new`.
  package let differences: [Difference]

  package struct Difference: Sendable, Hashable {
    /// Names and places from the outside in, such as `leads.0.email`.
    package let path: String
    /// As JSON; nil for what is not there.
    package let old: String?
    package let new: String?
  }

  init(of message: Message, _ change: Change) throws(Fault) {
    switch change {
    case .replacing(let body): try self.init(of: message, replacingWith: body)
    case .setting(let places): try self.init(of: message, setting: places)
    }
  }

  /// A whole new body.
  package init(of message: Message, replacingWith body: [UInt8]) throws(Fault) {
    let new: JSON
    do throws(JSONError) {
      new = try JSON(parsing: body)
    } catch {
      throw Fault("the new body is no JSON: \(error)")
    }
    try Self.check(new, of: message)
    self.body = body
    differences = Self.differences(from: Self.json(message.body), to: new)
  }

  /// Some places of the body, each `path=value`; a value that is no JSON is text, and an empty one
  /// takes the place away.
  package init(of message: Message, setting places: [Place]) throws(Fault) {
    guard var json = Self.json(message.body) else {
      throw Fault("the body is no JSON, so it has no places to set: give a whole one with --body")
    }
    for place in places {
      let (path, value) = (place.path, place.value)
      // The type is said, since a bare nil would be JSON's null.
      let given: JSON? =
        value.isEmpty ? JSON?.none : Self.json(Array(value.utf8)) ?? JSON.string(value)
      json = try Self.setting(
        path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)[...],
        of: json,
        to: given,
        path: path
      )
    }
    try self.init(of: message, replacingWith: json.encoded)
  }

  private static func json(_ bytes: [UInt8]) -> JSON? {
    do throws(JSONError) {
      return try JSON(parsing: bytes)
    } catch {
      // What is no JSON is compared as a whole.
      return nil
    }
  }
}

// MARK: Checking

extension DeadLetterEdit {
  private static func check(_ json: JSON, of message: Message) throws(Fault) {
    switch message.type {
    case WebhookReceived.type:
      let items: [RDWebhookBody.Item]
      do throws(RDWebhookBody.Unreadable) {
        items = try RDWebhookBody.items(of: json, trigger: message.notes["trigger"])
      } catch {
        throw Fault("the new body is no webhook of RD Station: \(error.detail)")
      }
      for (place, item) in items.enumerated() {
        if case .failure(let unreadable) = item {
          throw Fault("lead \(place) of the new body cannot be read: \(unreadable.detail)")
        }
      }
      guard !items.isEmpty else { throw Fault("the new body holds no lead; discard it instead") }
    case CRMHookReceived.type:
      guard json.members != nil else { throw Fault("a webhook of a CRM is a JSON object") }
    default:
      let kinds = Flow.allCases.flatMap(\.takes)
      guard let type = kinds.first(where: { $0.type == message.type })?.body else {
        throw Fault("this program does not know messages of type \(message.type)")
      }
      do throws(MessageFault) {
        _ = try type.init(json: json)
      } catch {
        throw Fault("the new body is no \(message.type): \(error.detail)")
      }
    }
  }

  private static func setting(
    _ steps: ArraySlice<String>,
    of json: JSON,
    to value: JSON?,
    path: String
  ) throws(Fault) -> JSON {
    guard let step = steps.first else { return value ?? .null }
    let rest = steps.dropFirst()
    switch json {
    case .object(var members):
      if rest.isEmpty {
        members[step] = value
      } else {
        guard let inner = members[step] else {
          throw Fault("there is no \(step) on the way to \(path)")
        }
        members[step] = try setting(rest, of: inner, to: value, path: path)
      }
      return .object(members)
    case .array(var items):
      guard let place = Int(step), items.indices.contains(place) else {
        throw Fault("the list has no place \(step) on the way to \(path)")
      }
      if rest.isEmpty, value == nil {
        items.remove(at: place)
      } else {
        items[place] = try setting(rest, of: items[place], to: value, path: path)
      }
      return .array(items)
    default: throw Fault("there is nothing below \(step) on the way to \(path)")
    }
  }
}

// MARK: Comparing

extension DeadLetterEdit {
  private static func differences(from old: JSON?, to new: JSON) -> [Difference] {
    guard let old else { return [Difference(path: "", old: "(no JSON)", new: new.text)] }
    var list: [Difference] = []
    compare(old, new, at: "", &list)
    return list
  }

  private static func compare(
    _ old: JSON?,
    _ new: JSON?,
    at path: String,
    _ list: inout [Difference]
  ) {
    guard old != new else { return }
    func inner(_ step: String) -> String { path.isEmpty ? step : "\(path).\(step)" }
    switch (old, new) {
    case (.object(let before)?, .object(let after)?):
      for member in before.list {
        compare(member.value, after[member.key], at: inner(member.key), &list)
      }
      for member in after.list where before[member.key] == nil {
        compare(nil, member.value, at: inner(member.key), &list)
      }
    case (.array(let before)?, .array(let after)?):
      for place in 0..<max(before.count, after.count) {
        compare(
          place < before.count ? before[place] : nil,
          place < after.count ? after[place] : nil,
          at: inner("\(place)"),
          &list
        )
      }
    default: list.append(Difference(path: path, old: old?.text, new: new?.text))
    }
  }
}
