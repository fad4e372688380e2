import Bootstrap
import BeltStorage
import OutsideCalls
import Postgres
import RabbitMQ
import SettingsDocument
import WorkQueues
import Belt

/// Why a command did not do what was asked, in words that say what to do, and its exit status.
struct Refusal: Error {
  static let failed: Int32 = 1
  static let usage: Int32 = 2
  /// EX_TEMPFAIL: the same command may succeed later.
  static let again: Int32 = 75

  let sentence: String
  let code: Int32

  init(_ sentence: String, code: Int32 = Refusal.failed) {
    self.sentence = sentence
    self.code = code
  }

  init(_ error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    case let problems as SettingsProblems:
      self.init("the settings cannot be used:\n\(problems)", code: Self.usage)
    case let problems as SettingsDocumentError:
      let count = problems.problems.count
      self.init(
        "\(count == 1 ? "one problem" : "\(count) problems"), nothing was applied:\n\(problems)",
        code: Self.usage
      )
    case let error as LoginRefusal:
      self.init("\(error). Nothing was changed", code: error.isTransient ? Self.again : Self.failed)
    case let error as PostgresError: self.init(error)
    case let error as BrokerFailure: self.init("\(error)", code: Self.again)
    case let error as LinkError:
      self.init(
        "the broker at ESTEIRA_AMQP_URL does not answer: \(error)",
        code: error.isTransient ? Self.again : Self.failed
      )
    case let error as TopologyError:
      if case .unreachable = error {
        self.init("\(error)", code: Self.again)
      } else {
        self.init("\(error)", code: error == .badAddress ? Self.usage : Self.failed)
      }
    case let error as any Failure:
      self.init(error.reason.sentence, code: error.disposition == .retry ? Self.again : Self.failed)
    default: self.init("\(error)")
    }
  }

  private init(_ error: PostgresError) {
    if error.serverError?.state == .undefinedTable {
      self.init("the database has no schema yet. Run: esteira migrate")
    } else if case .connect(let why) = error, Self.isLasting(why) {
      self.init("\(error). Correct ESTEIRA_POSTGRES_URL")
    } else if error.isConnectionLoss {
      self.init("\(error). Check ESTEIRA_POSTGRES_URL", code: Self.again)
    } else {
      self.init("\(error)")
    }
  }
}

extension Refusal {
  /// Whether the server answered and refuses who asks: later it will do the same.
  private static func isLasting(_ why: String) -> Bool {
    ["authentication failed", "does not exist", "no pg_hba.conf entry"].contains {
      why.contains($0)
    }
  }
}

extension Refusal: CustomStringConvertible {
  var description: String { sentence }
}
