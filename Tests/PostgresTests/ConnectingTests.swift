import Foundation
import Logging
import Postgres
import TestKit
import Testing

@Suite struct ConnectingTests {
  private func failure(of url: String) async throws -> PostgresError? {
    var options = PostgresOptions(url: url, size: 1)
    options.checkoutTimeout = .milliseconds(200)
    let pool = PostgresPool(options, logger: Logger(label: "test"))
    let error = try await postgresError { try await pool.ping() }
    #expect(!pool.isHealthy)
    await pool.shutdown()
    return error
  }

  @Test(arguments: [
    "postgres://ana:s3cret@127.0.0.1:1/nowhere", "postgres://ana:s3cret@127.0.0.1:port/x",
    "postgres://ana:s3cret@[::1", "host=127.0.0.1 password='s3cret", "s3cret=1", "",
    "postgres://ana:s3cret@127.0.0.1:1/x?sslmode=s3cret",
  ])
  func `a failure to connect says so without the password`(_ url: String) async throws {
    let error = try #require(try await failure(of: url))
    guard case .connect = error else {
      Issue.record("\(error)")
      return
    }
    #expect(!"\(error)".contains("s3cret"))
  }

  @Test func `an unknown database is named by the server`() async throws {
    let url = try await PrivatePostgres.freshDatabase() + "_gone"
    let error = try #require(try await failure(of: url))
    #expect("\(error)".contains("does not exist"))
  }

  @Test func `a server that only reads is not taken`() async throws {
    let url = try await PrivatePostgres.freshDatabase()
    let pool = PostgresPool(url: url, size: 1, logger: Logger(label: "test"))
    let name = try await pool.run("select current_database()")[0].string(0)
    try await pool.withConnection {
      try $0.script("alter database \(name) set default_transaction_read_only = on")
    }
    let error = try #require(try await failure(of: url))
    #expect("\(error)".contains("read-only"))
    await pool.shutdown()
  }

  @Test func `a server that turned read-only has its connections replaced`() async throws {
    try await withPool(size: 2) { pool in
      try await pool.run("create table t (n int)")
      let before = try await pool.withConnection { connection in
        try connection.script("set default_transaction_read_only = on")
        return connection.backendProcess
      }
      let error = try await postgresError { try await pool.run("insert into t values (1)") }
      #expect(error?.serverError?.state == .readOnlyTransaction)
      try await pool.run("insert into t values (1)")
      #expect(try await pool.withConnection { $0.backendProcess } != before)
    }
  }
}
