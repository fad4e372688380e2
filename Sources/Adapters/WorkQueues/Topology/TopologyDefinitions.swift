package import StrictJSON

extension Topology {
  /// The document that `POST /api/definitions/{vhost}` of RabbitMQ's management takes.
  package var definitions: JSON {
    [
      "exchanges": .array(
        exchanges.map {
          [
            "name": .string($0.name), "type": .string($0.kind), "durable": true,
            "auto_delete": false, "internal": false, "arguments": [:],
          ]
        }
      ),
      "queues": .array(
        queues.map {
          [
            "name": .string($0.name), "durable": true, "auto_delete": false,
            "arguments": object($0.arguments),
          ]
        }
      ),
      "bindings": .array(
        bindings.map {
          [
            "source": .string($0.exchange), "destination": .string($0.queue),
            "destination_type": "queue", "routing_key": .string($0.routingKey), "arguments": [:],
          ]
        }
      ),
      "policies": .array(
        policies.map {
          [
            "name": .string($0.name), "pattern": .string($0.pattern),
            "apply-to": .string($0.appliesTo), "priority": .number($0.priority),
            "definition": object($0.definition),
          ]
        }
      ),
    ]
  }

  /// What `GET /api/definitions/{vhost}` says, of it only what bears the fleet's prefix.
  ///
  /// A member that is missing or odd reads as empty, so it shows as drift instead of ending the check.
  package init(definitions: JSON) {
    exchanges = definitions.named("exchanges", Self.prefix).map { item in
      let kind = item["type"]?.string ?? ""
      return DeclaredExchange(
        name: item["name"]?.string ?? "",
        kind: item["durable"]?.bool == false ? "transient \(kind)" : kind
      )
    }
    queues = definitions.named("queues", Self.prefix).map { item in
      var arguments = dictionary(item["arguments"])
      // A transient queue is a difference too, in the only list that a queue has.
      if item["durable"]?.bool == false { arguments["durable"] = false }
      return DeclaredQueue(name: item["name"]?.string ?? "", arguments: arguments)
    }
    bindings = (definitions["bindings"]?.array ?? []).compactMap { item in
      guard let exchange = item["source"]?.string, let queue = item["destination"]?.string,
        exchange.hasPrefix(Self.prefix) || queue.hasPrefix(Self.prefix)
      else { return nil }
      return DeclaredBinding(
        exchange: exchange,
        queue: queue,
        routingKey: item["routing_key"]?.string ?? ""
      )
    }
    policies = definitions.named("policies", Self.policyPrefix).map { item in
      DeclaredPolicy(
        name: item["name"]?.string ?? "",
        pattern: item["pattern"]?.string ?? "",
        appliesTo: item["apply-to"]?.string ?? "",
        priority: item["priority"]?.int ?? 0,
        definition: dictionary(item["definition"])
      )
    }
  }
}

extension JSON {
  fileprivate func named(_ kind: String, _ prefix: String) -> [JSON] {
    (self[kind]?.array ?? []).filter { $0["name"]?.string?.hasPrefix(prefix) == true }
  }
}

private func object(_ members: [String: JSON]) -> JSON {
  .object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
}

private func dictionary(_ json: JSON?) -> [String: JSON] {
  var result: [String: JSON] = [:]
  for member in json?.members ?? [] { result[member.key] = member.value }
  return result
}
