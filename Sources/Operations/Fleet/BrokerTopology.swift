package import Bootstrap
import RabbitMQ
package import StrictJSON
package import WorkQueues

/// The queues, exchanges and policies on the broker, beside what the fleet needs.
package struct BrokerTopology: Sendable {
  private let definitions: BrokerDefinitions

  /// - Throws: `TopologyError` for an address that is none.
  package init(_ settings: FleetSettings) throws {
    definitions = try BrokerDefinitions(
      managementURL: settings.rabbitMQManagementURL,
      virtualHost: settings.brokerEndpoint.virtualHost
    )
  }

  /// What differs, and what bears our name and is none of ours.
  package struct Drift: Sendable, Hashable {
    package let wrong: [DriftItem]
    package let unknown: [DriftItem]
  }

  /// Declares what is missing and mends policies; deletes nothing.
  ///
  /// - Throws: `TopologyError`, also when something differs that only a person can delete.
  package func apply() async throws -> Drift {
    Drift(wrong: [], unknown: try await definitions.apply())
  }

  /// - Throws: `TopologyError`.
  package func verify() async throws -> Drift {
    let items = try await definitions.verify()
    return Drift(
      wrong: items.filter { $0.kind != .unknown },
      unknown: items.filter { $0.kind == .unknown }
    )
  }
}

extension BrokerTopology.Drift: JSONForm {
  package var json: JSON {
    func list(_ items: [DriftItem]) -> JSON {
      .array(items.map { ["object": .string($0.object), "detail": .string($0.detail)] })
    }
    return ["drift": list(wrong), "unknown": list(unknown)]
  }
}
