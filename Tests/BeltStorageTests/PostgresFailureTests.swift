import BeltStorage
import Postgres
import Testing
import Belt

struct PostgresFailureTests {
  @Test(arguments: [
    // What concerns everybody is waited for.
    ("08006", nil, Disposition.stop), ("57P01", nil, .stop), ("57P02", nil, .stop),
    ("57P03", nil, .stop), ("53300", nil, .stop), ("53100", nil, .stop), ("25006", nil, .stop),
    // What is too much at once is taken apart.
    ("53200", nil, .split), ("53000", nil, .split), ("53400", nil, .split), ("57014", nil, .split),
    ("58030", nil, .split),
    // Who holds what is needed is waited for without an attempt.
    ("55P03", nil, .busy), ("40P01", nil, .busy), ("40001", nil, .busy),
    // What can never be stored is refused at once.
    ("22001", nil, .reject), ("22P05", nil, .reject), ("54000", nil, .reject),
    ("54001", nil, .reject), ("23502", nil, .reject), ("23514", "kind_check", .reject),
    // A partition that nobody made yet, a race, a fault of the program.
    ("23514", nil, .retry), ("23505", "lead_pkey", .retry), ("23503", nil, .retry),
    ("42703", nil, .retry), ("XX000", nil, .retry),
  ])
  func `what the server answers is waited for, taken apart, put off, refused or tried again`(
    _ state: String,
    _ constraint: String?,
    _ disposition: Disposition
  ) {
    let error = ServerError(
      state: SQLState(rawValue: state),
      message: "",
      constraint: constraint
    )
    #expect(PostgresError.server(error).disposition == disposition)
    #expect(PostgresError.pipelineAborted(by: error).disposition == disposition)
  }

  @Test func `only a server that answers nobody is waited for when an answer does not come`() {
    #expect(PostgresError.timedOut.disposition == .stop)
    #expect(PostgresError.overdue.disposition == .split)
    #expect(PostgresError.connectionLost(commitUnknown: true).disposition == .stop)
  }
}
