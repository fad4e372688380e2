package import Leads
package import Postgres
package import Workers

/// What the RD updater loads and commits.
package enum RDUpdateStore {
  /// A message with the opportunity that it speaks of.
  package struct Request: Sendable {
    package enum Cause: Sendable {
      case created
      /// As the CRM shows it now.
      case changed(OpportunityState)
    }

    package let message: Message
    package let opportunity: Identifier
    package var cause: Cause

    package init(message: Message, opportunity: Identifier, cause: Cause) {
      self.message = message
      self.opportunity = opportunity
      self.cause = cause
    }
  }

  /// An opportunity with its lead, as far as RD Station is concerned.
  package struct Subject: Sendable {
    package let opportunity: Identifier
    package let toldVersion: Int
    package let toldStatus: String
    package let byMark: Bool
    package let firstImport: Bool
    package let rdUUID: String?
    package let email: String?

    package init(
      opportunity: Identifier,
      toldVersion: Int,
      toldStatus: String,
      byMark: Bool,
      firstImport: Bool,
      rdUUID: String?,
      email: String?
    ) {
      self.opportunity = opportunity
      self.toldVersion = toldVersion
      self.toldStatus = toldStatus
      self.byMark = byMark
      self.firstImport = firstImport
      self.rdUUID = rdUUID
      self.email = email
    }
  }

  /// Where the CRM keeps each opportunity; absent for those that are not known or not created yet.
  package static func records(of opportunities: [IntegrationKey], in database: LeadDatabase)
    async throws -> [IntegrationKey: CRMRecord]
  {
    guard !opportunities.isEmpty else { return [:] }
    let rows = try await database.pool.run(
      """
      select o.integration_id, o.id, o.crm_id
      from unnest(\(opportunities.map(\.integration))::text[],
        \(opportunities.map(\.id))::uuid[]) as k (i, o)
      join opportunity o on o.integration_id = k.i and o.id = k.o
      where o.crm_id is not null
      """
    )
    var records: [IntegrationKey: CRMRecord] = [:]
    for row in rows {
      records[IntegrationKey(try row.string(0), try row.identifier(1))] = CRMRecord(
        id: try row.string(2)
      )
    }
    return records
  }

  package static func loading(_ requests: [Request]) -> [SQL] {
    let integrations = requests.map(\.message.integration)
    let opportunities = requests.map(\.opportunity)
    return [
      Lock.taking(zip(integrations, opportunities).map { "opportunity:\($0):\($1)" }),
      """
      select o.integration_id, o.id, o.told_version, o.told_status, c.kind, c.first_import,
        l.rd_uuid, l.profile ->> 'email'
      from (select distinct i, o from unnest(\(integrations)::text[], \(opportunities)::uuid[])
        as u (i, o)) as k
      join opportunity o on o.integration_id = k.i and o.id = k.o
      join conversion c on c.integration_id = o.integration_id and c.id = o.event_id
      join lead l on l.integration_id = o.integration_id and l.id = o.lead_id
      """,
      Effects.reading(requests.map(\.message)),
    ]
  }

  package static func subjects(in rows: [Rows]) throws -> [IntegrationKey: Subject] {
    var subjects: [IntegrationKey: Subject] = [:]
    for row in rows[1] {
      let id = try row.identifier(1)
      subjects[IntegrationKey(try row.string(0), id)] = Subject(
        opportunity: id,
        toldVersion: try row.int(2),
        toldStatus: try row.string(3),
        byMark: try row.string(4) == LeadEvent.Kind.opportunityMark.rawValue,
        firstImport: try row.bool(5),
        rdUUID: try row.optionalString(6),
        email: try row.optionalString(7)
      )
    }
    return subjects
  }

  package static func effects(in rows: [Rows]) throws -> [Identifier: Effects.Found] {
    try Effects.found(in: rows[2])
  }

  /// What RD Station is about to be told, claimed before it is told, so that two messages about one
  /// change are one event.
  package static func telling(
    _ told: [(message: Message, opportunity: Identifier, state: OpportunityState)]
  ) -> [SQL] {
    guard !told.isEmpty else { return [] }
    return [
      """
      update opportunity o set told_version = k.v, told_status = k.s, stage = k.g
      from (select distinct on (i, o) i, o, v, s, g from unnest(
        \(told.map(\.message.integration))::text[], \(told.map(\.opportunity))::uuid[],
        \(told.map(\.state.version))::int[], \(told.map(\.state.status.rawValue))::text[],
        \(told.map(\.state.stage))::text[]) as u (i, o, v, s, g) order by i, o, v desc) as k
      where o.integration_id = k.i and o.id = k.o and o.told_version < k.v
      """
    ]
  }
}
