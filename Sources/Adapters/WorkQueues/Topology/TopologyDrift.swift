private import StrictJSON

/// One difference between the broker and what the fleet needs.
package struct DriftItem: Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// `esteira topology apply` makes it.
    case missing
    /// `apply` mends a policy; a queue or an exchange must be deleted by a person first.
    case differs
    /// Bears our prefix and is none of ours; left alone.
    case unknown
  }

  package let kind: Kind
  /// Such as `queue esteira.q.centralizer.retry.5s`.
  package let object: String
  /// What is and what should be, such as `x-message-ttl is 7000, should be 5000`.
  package let detail: String

  package var description: String { "\(object): \(detail)" }
}

extension Topology {
  /// What of this topology is missing or different in another, and what the other has besides, in a
  /// stable order.
  package func drift(of actual: Topology) -> [DriftItem] {
    exchangeDrift(actual) + queueDrift(actual) + bindingDrift(actual) + policyDrift(actual)
  }

  private func exchangeDrift(_ actual: Topology) -> [DriftItem] {
    compare(exchanges, actual.exchanges, by: \.name, as: "exchange") { wanted, found in
      [difference("type", .string(found.kind), .string(wanted.kind))]
    }
  }

  private func queueDrift(_ actual: Topology) -> [DriftItem] {
    compare(queues, actual.queues, by: \.name, as: "queue") { wanted, found in
      differences(found.arguments, wanted.arguments)
    }
  }

  private func policyDrift(_ actual: Topology) -> [DriftItem] {
    compare(policies, actual.policies, by: \.name, as: "policy") { wanted, found in
      [
        difference("pattern", .string(found.pattern), .string(wanted.pattern)),
        difference("apply-to", .string(found.appliesTo), .string(wanted.appliesTo)),
        difference("priority", .number(found.priority), .number(wanted.priority)),
      ] + differences(found.definition, wanted.definition)
    }
  }

  private func bindingDrift(_ actual: Topology) -> [DriftItem] {
    let wanted = Set(bindings)
    let found = Set(actual.bindings)
    let missing = bindings.filter { !found.contains($0) }
      .map { DriftItem(kind: .missing, object: $0.label, detail: "is missing") }
    let unknown = actual.bindings.filter { !wanted.contains($0) }.map(\.label).sorted()
      .map { DriftItem(kind: .unknown, object: $0, detail: "is not the fleet's") }
    return missing + unknown
  }
}

extension DeclaredBinding {
  fileprivate var label: String { "binding \(exchange) → \(queue) with key \"\(routingKey)\"" }
}

private func compare<Item>(
  _ wanted: [Item],
  _ actual: [Item],
  by name: (Item) -> String,
  as word: String,
  _ differences: (Item, Item) -> [String?]
) -> [DriftItem] {
  let found = Dictionary(actual.map { (name($0), $0) }) { first, _ in first }
  var items: [DriftItem] = []
  for item in wanted {
    let object = "\(word) \(name(item))"
    guard let other = found[name(item)] else {
      items.append(DriftItem(kind: .missing, object: object, detail: "is missing"))
      continue
    }
    for detail in differences(item, other).compactMap(\.self) {
      items.append(DriftItem(kind: .differs, object: object, detail: detail))
    }
  }
  let known = Set(wanted.map(name))
  for other in found.keys.sorted() where !known.contains(other) {
    items.append(
      DriftItem(kind: .unknown, object: "\(word) \(other)", detail: "is not the fleet's")
    )
  }
  return items
}

private func difference(_ name: String, _ actual: JSON?, _ wanted: JSON?) -> String? {
  guard actual != wanted else { return nil }
  return "\(name) is \(shown(actual)), should be \(shown(wanted))"
}

private func differences(_ actual: [String: JSON], _ wanted: [String: JSON]) -> [String?] {
  Set(actual.keys).union(wanted.keys).sorted().map { difference($0, actual[$0], wanted[$0]) }
}

private func shown(_ value: JSON?) -> String {
  guard let value else { return "absent" }
  return value.string ?? value.text
}
