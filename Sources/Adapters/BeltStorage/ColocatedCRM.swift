package import Leads
package import Postgres
package import Belt

/// A CRM in our own database: what it is told joins the transaction that decides it, so there is no
/// outcome that could be unknown, and no intent is kept.
///
/// Its records have their ids before it holds them; its contacts and companies are our own rows, which
/// ``RecordRows`` keeps.
package protocol ColocatedCRM: CRM {
  var pool: PostgresPool { get }
  func record(marked marker: Identifier) -> CRMRecord
  func record(of draft: RecordDraft) -> CRMRecord
  var integration: String { get }
  /// A marker that it holds already changes nothing.
  func creating(_ drafts: [OpportunityDraft]) -> [SQL]
  func revising(_ revision: OpportunityRevision) -> SQL
}

/// The same calls outside a stage's transaction.
extension ColocatedCRM {
  package func put(_ records: [RecordDraft]) async -> [Result<CRMRecord, CRMError>] {
    await answering(records) { () async throws(PostgresError) in
      if !records.isEmpty {
        _ = try await pool.run(RecordRows.keeping(records.map { ($0, integration) }).statements)
      }
      return records.map { record(of: $0) }
    }
  }

  package func create(_ drafts: [OpportunityDraft]) async -> [Result<CRMRecord, CRMError>] {
    await answering(drafts) { () async throws(PostgresError) in
      if !drafts.isEmpty { _ = try await pool.run(creating(drafts)) }
      return drafts.map { record(marked: $0.marker) }
    }
  }

  package func revise(_ revisions: [OpportunityRevision]) async -> [Result<Void, CRMError>] {
    await changing(revisions.map(\.record)) { () async throws(PostgresError) in
      _ = try await pool.run(revisions.map { revising($0) })
    }
  }

  /// One answer an opportunity: refused where the CRM does not hold it (any more).
  package func changing(
    _ opportunities: [CRMRecord],
    _ work: () async throws(PostgresError) -> Void
  ) async -> [Result<Void, CRMError>] {
    guard !opportunities.isEmpty else { return [] }
    let changed = await answering(opportunities) { () async throws(PostgresError) in
      try await work()
      return opportunities.map { _ in () }
    }
    return zip(changed, await read(opportunities)).map { changed, state in
      changed.flatMap { state.flatMap { $0 == nil ? .failure(.absent) : .success(()) } }
    }
  }

  /// One answer an item, or the database's error for each.
  package func answering<Item, Answer>(
    _ items: [Item],
    _ work: () async throws(PostgresError) -> [Answer]
  ) async -> [Result<Answer, CRMError>] {
    do throws(PostgresError) {
      return try await work().map { .success($0) }
    } catch {
      let error = CRMError(
        .unavailable,
        Reason("embedded_crm_away", "The embedded CRM's database: \(error).")
      )
      return items.map { _ in .failure(error) }
    }
  }
}

extension CRMError {
  fileprivate static let absent = CRMError(
    .refused,
    Reason("embedded_crm_absent", "The embedded CRM does not hold the opportunity any more.")
  )
}
