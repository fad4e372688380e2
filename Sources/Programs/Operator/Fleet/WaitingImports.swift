import Bootstrap
import Logging
import RabbitMQ
import WorkQueues

/// What ingress accepted and no ledger can know yet, because nobody has imported it.
enum WaitingImports {
  /// Nil when the broker does not answer; a reading command is useful without it too, and says so.
  static func backlog(_ access: FleetAccess) async -> ImportBacklog? {
    do {
      let statistics = try access.settings.rabbitMQManagementURLIfSet.map { url in
        try BrokerDefinitions(
          managementURL: url,
          virtualHost: access.settings.brokerEndpoint.virtualHost
        )
      }
      return try await ImportBacklog.read(access.settings.brokerEndpoint, statistics: statistics)
    } catch {
      access.logger.debug("the broker could not be asked", metadata: ["error": "\(error)"])
      return nil
    }
  }

  static func text(of backlog: ImportBacklog?) -> String {
    guard let backlog else {
      return "accepted and not yet imported: unknown, for the broker does not answer"
    }
    return "\(backlog); what waits on ingress' own disk, its /readyz tells"
  }
}
