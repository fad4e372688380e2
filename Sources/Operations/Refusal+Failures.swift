import Bootstrap
import OutsideCalls
import Postgres
import RabbitMQ
import SettingsDocument
import WorkQueues
import Belt

extension Refusal {
  /// What an error of the layers below means for who asked.
  package init(_ error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    case let problems as SettingsProblems:
      self.init(.invalid, "settings_invalid", "the settings cannot be used:\n\(problems)")
    case let problems as SettingsDocumentError:
      let count = problems.problems.count
      self.init(
        .invalid,
        "document_invalid",
        "\(count == 1 ? "one problem" : "\(count) problems"), nothing was applied:\n\(problems)"
      )
    case let error as LoginRefusal:
      self.init(
        error.isTransient ? .unavailable : .failed,
        error.isTransient ? "login_not_tried" : "login_refused",
        "\(error)",
        remedy: "Nothing was changed"
      )
    case let error as CredentialFault: self.init(.failed, "login_unusable", "\(error)")
    case let error as PostgresError: self.init(error)
    case let error as BrokerFailure: self.init(.unavailable, error.reason.code, "\(error)")
    case let error as LinkError:
      self.init(
        error.isTransient ? .unavailable : .failed,
        error.isTransient ? "broker_away" : "broker_refuses",
        "the broker at ESTEIRA_AMQP_URL does not answer: \(error)"
      )
    case let error as TopologyError: self.init(error)
    case let error as any Failure:
      self.init(
        error.disposition == .retry ? .unavailable : .failed,
        error.reason.code,
        error.reason.sentence
      )
    default: self.init(.failed, "unexpected_error", "\(error)")
    }
  }

  private init(_ error: PostgresError) {
    if error.serverError?.state == .undefinedTable {
      self.init(
        .failed,
        "schema_missing",
        "the database has no schema yet",
        remedy: "Run: esteira migrate"
      )
    } else if case .connect(let why) = error, Self.isLasting(why) {
      self.init(.failed, "database_refuses", "\(error)", remedy: "Correct ESTEIRA_POSTGRES_URL")
    } else if error.isConnectionLoss {
      self.init(.unavailable, "database_away", "\(error)", remedy: "Check ESTEIRA_POSTGRES_URL")
    } else {
      self.init(.failed, "database_failed", "\(error)")
    }
  }

  private init(_ error: TopologyError) {
    switch error {
    case .badAddress: self.init(.invalid, "management_address_invalid", "\(error)")
    case .unreachable: self.init(.unavailable, "management_away", "\(error)")
    case .refused, .unexpectedAnswer: self.init(.failed, "management_refuses", "\(error)")
    case .drift: self.init(.failed, "topology_differs", "\(error)")
    }
  }

  /// Whether the server answered and refuses who asks: later it will do the same.
  private static func isLasting(_ why: String) -> Bool {
    ["authentication failed", "does not exist", "no pg_hba.conf entry"].contains {
      why.contains($0)
    }
  }
}
