package import Leads
package import Postgres
package import StrictJSON
import Belt

/// How the rows behind a decision about opportunities are read, for the stage and for a rehearsal.
package enum OpportunityRows {
  /// Of the columns integration, name, waiting, last.
  package static func rotations(in rows: Rows) throws -> [String: [String: OwnerRotation]] {
    var rotations: [String: [String: OwnerRotation]] = [:]
    for row in rows {
      rotations[try row.string(0), default: [:]][try row.string(1)] = OwnerRotation(
        waiting: (try row.json(2).array ?? []).compactMap(\.string),
        last: try row.optionalString(3)
      )
    }
    return rotations
  }

  /// Of the columns integration, record, field, option.
  package static func created(in rows: Rows) throws -> [String: [FieldName: Set<String>]] {
    var created: [String: [FieldName: Set<String>]] = [:]
    for row in rows {
      guard let record = RecordKind(rawValue: try row.string(1)) else { continue }
      let field = FieldName(record: record, name: try row.string(2))
      created[try row.string(0), default: [:]][field, default: []].insert(try row.string(3))
    }
    return created
  }
}

extension OpenOpportunity {
  package init?(json: JSON) {
    guard let id = json["id"]?.string.flatMap({ Identifier($0) }),
      let pipeline = json["pipeline"]?.string
    else { return nil }
    self.init(id: id, record: json["record"]?.string.map(CRMRecord.init), pipeline: pipeline)
  }
}
