import Bootstrap
import Logging
import RabbitMQ
package import WorkQueues

extension Fleet {
  /// What ingress accepted and no ledger can know yet, because nobody has imported it.
  ///
  /// Nil when the broker does not answer.
  package func importBacklog() async -> ImportBacklog? {
    do {
      let statistics = try settings.rabbitMQManagementURLIfSet.map { url in
        try BrokerDefinitions(managementURL: url, virtualHost: settings.brokerEndpoint.virtualHost)
      }
      return try await ImportBacklog.read(settings.brokerEndpoint, statistics: statistics)
    } catch {
      logger.debug("the broker could not be asked", metadata: ["error": "\(error)"])
      return nil
    }
  }
}
