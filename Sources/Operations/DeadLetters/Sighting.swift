import BeltStorage
package import Leads
import Postgres
import Belt

/// What a person saw who has looked outside for a call whose outcome could not be found out.
package enum Sighting: Sendable, Hashable {
  /// It was not carried out: it is made anew.
  case notThere
  /// The opportunity is there, under this id of the CRM: what is left to do for it is done.
  case there(CRMRecord)

  /// For whoever asks later.
  var words: String {
    switch self {
    case .notThere: "not there"
    case .there(let record): "there as \(record.id)"
    }
  }

  private var option: String {
    switch self {
    case .notThere: "--not-there"
    case .there: "--there"
    }
  }

  private var codes: Set<String> {
    switch self {
    case .notThere: ["rd_outcome_undecidable", "crm_outcome_undecidable"]
    case .there: ["crm_outcome_undecidable"]
    }
  }

  /// - Throws: ``Refusal`` for a letter of which it cannot be said.
  func check(_ letters: [DeadLetter], in pool: PostgresPool) async throws {
    let unfit = letters.filter { !codes.contains($0.reason.code) }
    guard unfit.isEmpty else {
      throw Refusal(
        .conflict,
        "outcome_known",
        "\(option) is for what could not be found out \(place), and not for "
          + unfit.map { "\($0.message.id) (\($0.reason.code))" }.joined(separator: ", ")
          + "; nothing was done"
      )
    }
    guard case .there(let record) = self else { return }
    guard letters.count == 1 else {
      throw Refusal(.conflict, "one_record", "--there is said of one dead letter; nothing was done")
    }
    let others = try await pool.run(
      """
      select from opportunity o where o.integration_id = \(letters[0].message.integration)
        and o.crm_id = \(record.id)
      """
    )
    guard others.isEmpty else {
      throw Refusal(
        .conflict,
        "record_taken",
        "\(record.id) is the record of another lead's opportunity; nothing was done"
      )
    }
  }

  private var place: String {
    switch self {
    case .notThere: "outside"
    case .there: "at a CRM"
    }
  }

  /// Settles the calls of the letters that are claimed, as far as a person was to decide them.
  func settling(_ claim: Identifier) -> [SQL] {
    let claimed: SQL =
      "(select integration_id as i, id from dead_letter where claim = \(claim)) as k"
    func settling(as state: SQL) -> SQL {
      RowOrder.updating(
        "effect",
        set: "state = \(state), settled_at = now()",
        from: claimed,
        where: "r.state = 'parked'"
      )
    }
    switch self {
    case .notThere: return [settling(as: "'failed'")]
    case .there(let record):
      return [
        """
        update opportunity o set crm_id = \(record.id) from effect e, \(claimed)
        where e.integration_id = k.i and e.id = k.id and e.state = 'parked'
          and o.integration_id = e.integration_id and o.id = e.subject_id
        """,
        settling(as: "'confirmed'"),
      ]
    }
  }
}
