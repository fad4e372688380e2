import Belt
import Leads
import StrictJSON

extension TOTVSTenant {
  /// What an opportunity or a lead refers to: users, and where opportunities start.
  enum Part: Sendable {
    case users, places
  }

  /// Reads only what a batch refers to; everything in one row of calls beside each other.
  init(_ parts: Set<Part>, by calls: TOTVSCalls) async throws(CRMError) {
    self.init()
    async let users = parts.contains(.users) ? Self.users(by: calls) : .success([])
    async let types = parts.contains(.places) ? Self.types(by: calls) : .success([])
    async let pipelines = parts.contains(.places) ? Self.pipelines(by: calls) : .success([])
    self.users = try await users.get()
    opportunityTypes = try await types.get()
    self.pipelines = try await pipelines.get()
  }

  /// Reads everything that settings can name.
  static func whole(by calls: TOTVSCalls) async throws(CRMError) -> TOTVSTenant {
    var tenant = try await TOTVSTenant([.users, .places], by: calls)
    for table in Table.allCases {
      tenant.tables[table] = try await calls.table(table.resource).map { row throws(CRMError) in
        try Entry(row: row)
      }
    }
    let (ofLeads, ofOpportunities) = (
      try await calls.table(.leadFields), try await calls.table(.opportunityFields)
    )
    for row in ofLeads { tenant.fields.append(try CRMCatalogue.Field(row, of: .contact)) }
    for row in ofOpportunities {
      tenant.fields.append(try CRMCatalogue.Field(row, of: .opportunity))
    }
    return tenant
  }

  /// The stages of all pipelines, for what is read back.
  static func stages(by calls: TOTVSCalls) async throws(CRMError) -> [Entry] {
    try await calls.table(.stages).map { row throws(CRMError) in try Entry(row: row) }
  }

  private static func users(by calls: TOTVSCalls) async -> Result<[User], CRMError> {
    await result { () async throws(CRMError) in
      try await calls.table(.users).map { row throws(CRMError) in try User(row: row) }
    }
  }

  private static func types(by calls: TOTVSCalls) async -> Result<[Entry], CRMError> {
    await result { () async throws(CRMError) in
      try await calls.table(.opportunityTypes).map { row throws(CRMError) in try Entry(row: row) }
    }
  }

  private static func pipelines(by calls: TOTVSCalls) async -> Result<[Pipeline], CRMError> {
    await result { () async throws(CRMError) in
      var stages: [String: [Entry]] = [:]
      for row in try await calls.table(.stages) {
        stages[row["pipelineId"]?.string ?? "", default: []].append(try Entry(row: row))
      }
      return try await calls.table(.pipelines).map { row throws(CRMError) in
        let entry = try Entry(row: row)
        return Pipeline(
          id: entry.id,
          description: entry.description,
          stages: stages["\(entry.id)"] ?? []
        )
      }
    }
  }

  private static func result<Answer>(
    _ body: () async throws(CRMError) -> Answer
  ) async -> Result<Answer, CRMError> {
    do throws(CRMError) { return .success(try await body()) } catch { return .failure(error) }
  }
}

extension TOTVSTenant.Table {
  fileprivate var resource: TOTVSResource {
    switch self {
    case .leadSituations: .leadSituations
    case .leadOrigins: .leadOrigins
    case .emailTypes: .emailTypes
    case .phoneTypes: .phoneTypes
    case .addressTypes: .addressTypes
    case .personTypes: .personTypes
    }
  }
}
