import Bootstrap
import Glibc
import Logging
import Observability
import ServiceLifecycle

/// HTTP in, AMQP out: takes the webhooks of RD Station and of the CRMs.
///
/// Needs nothing but RabbitMQ, and with a spool not even that for a while: that an address is genuine is told by its token alone.
@main
struct IngressProgram {
  static func main() async {
    FaultArming.arm()
    var reader = await SettingsReader()
    let fleet = FleetSettings(needs: [.broker, .secret], from: &reader)
    let settings = IngressSettings(from: &reader)
    do throws(SettingsProblems) {
      try reader.check()
    } catch {
      error.exit()
    }
    let registry = bootstrapObservability(program: "esteira-ingress", level: fleet.logLevel)
    let logger = Logger(label: "esteira-ingress")
    raiseDescriptorLimit()
    // A file beyond the system's bound is an error like a full disk, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    let lanes: [SpoolLane]
    do throws(SpoolError) {
      lanes = try await SpoolLane.open(settings, logger: logger)
    } catch {
      logger.critical("the spool cannot be used", metadata: [LogKey.error: "\(error)"])
      exit(1)
    }
    let server = IngressServer(
      listen: fleet.ingressListen,
      settings: settings,
      secret: fleet.hookSecret,
      broker: fleet.brokerEndpoint,
      lanes: lanes,
      logger: logger
    )
    let health = HealthServer(
      host: fleet.healthListen.host,
      port: fleet.healthListen.port,
      pages: HealthPages(metrics: registry, readiness: { server.readiness }),
      logger: logger
    )
    await ServiceGroup.runToItsEnd(server.services(health: health), logger: logger)
  }
}
