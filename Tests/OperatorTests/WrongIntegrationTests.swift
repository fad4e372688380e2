import ArgumentParser
import Foundation
import BeltStorage
import Logging
import Postgres
import TestKit
import Testing

@testable import Operator

/// A name that nothing bears must not look like "all clear".
@Suite struct WrongIntegrationTests {
  /// What a command needs besides the integration.
  private static let rest = [
    "dead-letters discard": "--reason x", "contact convert": "ana@exemplo.com.br --to client",
    "explain": "ana@exemplo.com.br",
  ]

  private static let options = leaves(of: Esteira.self)
    .filter { Esteira.helpMessage(for: $0.type).contains("--integration") }
    .map { "esteira \($0.path) \(rest[$0.path] ?? "") --integration acne" }

  private static let arguments = [
    "held release", "diff", "fields", "settings ls", "settings show", "hook-url",
  ].map { "esteira \($0) acne" }

  private func prompt() async throws -> Prompt {
    let database = try await PrivatePostgres.freshDatabase()
    let pool = PostgresPool(url: database, size: 1, logger: Logger(label: "test"))
    try await Migrator(pool: pool).migrate()
    try await pool.run([
      """
      insert into integration (id, rd_account, crm, config_version)
      values ('acme', 'acme', 'embedded', 1), ('other', 'other', 'embedded', 1)
      """
    ])
    await pool.shutdown()
    return Prompt(environment: [
      "ESTEIRA_POSTGRES_URL": database, "ESTEIRA_AMQP_URL": try await PrivateBroker.sharedURL(),
      "ESTEIRA_SECRET_KEY": Data(repeating: 7, count: 32).base64EncodedString(),
    ])
  }

  @Test func `a wrong integration is refused by every command, with the nearest name`()
    async throws
  {
    let prompt = try await prompt()
    #expect(Self.options.count > 10)
    for line in Self.options + Self.arguments {
      let answer = try await prompt.type(line)
      #expect(answer.status == 1, "\(line)")
      #expect(
        answer.complaint.contains("there is no integration acne; did you mean “acme”?"),
        "\(line): \(answer.complaint)"
      )
      #expect(answer.output == "", "\(line)")
    }
  }
}
