import BeltStorage
package import Leads
package import Postgres
import StrictJSON
package import Belt

/// The CRM that lives in Esteira's own database, behind the same port as the outside ones.
///
/// Its contacts and companies are our own rows, and its id of one is ours.
package struct EmbeddedCRM: ColocatedCRM {
  package let pool: PostgresPool
  package let integration: String

  package init(pool: PostgresPool, integration: String) {
    self.pool = pool
    self.integration = integration
  }

  package var traits: CRMTraits { CRMKind.embedded.traits }

  package func catalogue() async throws(CRMError) -> CRMCatalogue? { nil }

  package func record(marked marker: Identifier) -> CRMRecord {
    CRMRecord(id: "\(Identifier(derivedFrom: "embedded", "\(marker)"))")
  }

  package func record(of draft: RecordDraft) -> CRMRecord { CRMRecord(id: "\(draft.id)") }

  package func creating(_ drafts: [OpportunityDraft]) -> [SQL] {
    guard !drafts.isEmpty else { return [] }
    return [
      """
      insert into embedded_opportunity (integration_id, id, marker, title, contact_id, company_id,
        pipeline, stage, owner, rating, tags, fields, history)
      select \(integration), o, m, t, c, f, p, s, w, r, g::jsonb, d::jsonb, h::jsonb
      from unnest(\(drafts.map { record(marked: $0.marker).id })::uuid[],
        \(drafts.map(\.marker.description))::uuid[],
        \(drafts.map(\.title))::text[], \(drafts.map(\.contact?.id))::uuid[],
        \(drafts.map(\.company?.id))::uuid[], \(drafts.map(\.pipeline))::text[],
        \(drafts.map(\.stage))::text[], \(drafts.map(\.owner))::text[],
        \(drafts.map(\.rating))::int[],
        \(drafts.map { JSON.array($0.tags.map(JSON.string)).text })::text[],
        \(drafts.map { JSON.array($0.fields.map(\.json)).text })::text[],
        \(drafts.map { JSON.array($0.history.map(\.json)).text })::text[])
        as k (o, m, t, c, f, p, s, w, r, g, d, h)
      order by o
      on conflict (integration_id, marker) do nothing
      """
    ]
  }

  package func revising(_ revision: OpportunityRevision) -> SQL {
    let named = JSON.array(revision.fields.map { ["name": .string($0.name)] })
    let filled = JSON.array(revision.fields.filter { !$0.values.isEmpty }.map(\.json))
    let history = JSON.array(revision.history.map(\.json))
    return """
      update embedded_opportunity o set fields = k.d, history = \(history.text)::jsonb,
        version = version + 1, updated_at = now()
      from (select r.id, (select coalesce(jsonb_agg(f), '[]') from jsonb_array_elements(r.fields) as f
            where not \(named.text)::jsonb
              @> jsonb_build_array(jsonb_build_object('name', f -> 'name')))
            || \(filled.text)::jsonb as d
          from embedded_opportunity r
          where r.integration_id = \(integration) and r.id = \(revision.record.id)::uuid) as k
      where o.integration_id = \(integration) and o.id = k.id
        and (o.fields, o.history) is distinct from (k.d, \(history.text)::jsonb)
      """
  }

  package func find(_ queries: [RecordQuery]) async -> [Result<CRMRecord?, CRMError>] {
    let keys = queries.enumerated().flatMap { place, query in
      query.keys.enumerated().map { (place, $0.offset, $0.element) }
    }
    return await answering(queries) { () async throws(PostgresError) in
      let rows = try await pool.run(
        """
        select distinct on (k.q) k.q, d.subject_id::text
        from unnest(\(keys.map(\.0))::int[], \(keys.map(\.1))::int[],
          \(keys.map(\.2.kind.rawValue))::text[], \(keys.map(\.2.value))::text[]) as k (q, n, k, v)
        join identity d on d.integration_id = \(integration) and d.kind = k.k and d.value = k.v
        order by k.q, k.n
        """
      )
      var found = [CRMRecord?](repeating: nil, count: queries.count)
      for row in rows { found[try row.int(0)] = CRMRecord(id: try row.string(1)) }
      return found
    }
  }

  package func find(markers: [Identifier]) async -> [Result<CRMRecord?, CRMError>] {
    await answering(markers) { () async throws(PostgresError) in
      let rows = try await pool.run(
        """
        select marker::text from embedded_opportunity
        where integration_id = \(integration) and marker = any(\(markers.map(\.description))::uuid[])
        """
      )
      var known: Set<String> = []
      for row in rows { known.insert(try row.string(0)) }
      return markers.map { known.contains("\($0)") ? record(marked: $0) : nil }
    }
  }

  package func attach(_ histories: [OpportunityHistory]) async -> [Result<Void, CRMError>] {
    await changing(histories.map(\.record)) { () async throws(PostgresError) in
      try await pool.run(
        RowOrder.updating(
          "embedded_opportunity",
          set: "history = k.h::jsonb, version = r.version + 1, updated_at = now()",
          from: """
            unnest(\(histories.map { _ in integration })::text[],
              \(histories.map(\.record.id))::uuid[],
              \(histories.map { JSON.array($0.items.map(\.json)).text })::text[]) as k (i, id, h)
            """,
          where: "r.history is distinct from k.h::jsonb"
        )
      )
    }
  }

  package func read(_ records: [CRMRecord]) async -> [Result<OpportunityState?, CRMError>] {
    await answering(records) { () async throws(PostgresError) in
      let rows = try await pool.run(
        """
        select id::text, status, stage, value::text, loss_reason, tags::text, version
        from embedded_opportunity
        where integration_id = \(integration) and id = any(\(records.map(\.id))::uuid[])
        """
      )
      var states: [String: OpportunityState] = [:]
      for row in rows {
        states[try row.string(0)] = OpportunityState(
          status: OpportunityState.Status(rawValue: try row.string(1)) ?? .open,
          stage: try row.string(2),
          value: try row.optionalString(3),
          lossReason: try row.optionalString(4),
          tags: Self.tags(in: try row.string(5)),
          version: try row.int(6)
        )
      }
      return records.map { states[$0.id] }
    }
  }

  package func setTags(_ changes: [TagChange]) async -> [Result<Bool, CRMError>] {
    let wanted = changes.map { JSON.array($0.tags.map(JSON.string)).text }
    let read = changes.map { JSON.array($0.read.map(JSON.string)).text }
    return await answering(changes) { () async throws(PostgresError) in
      let rows = try await pool.run([
        RowOrder.updating(
          "embedded_opportunity",
          set: "tags = k.t::jsonb, version = r.version + 1, updated_at = now()",
          from: """
            unnest(\(changes.map { _ in integration })::text[], \(changes.map(\.record.id))::uuid[],
              \(wanted)::text[], \(read)::text[]) as k (i, id, t, o)
            """,
          where: "r.tags <> k.t::jsonb and r.tags @> k.o::jsonb and r.tags <@ k.o::jsonb"
        ),
        """
        select exists (select from embedded_opportunity o where o.integration_id = \(integration)
          and o.id = k.o and o.tags = k.t::jsonb)
        from unnest(\(changes.map(\.record.id))::uuid[], \(wanted)::text[])
          with ordinality as k (o, t, n)
        order by k.n
        """,
      ])
      var written: [Bool] = []
      for row in rows[1] { written.append(try row.bool(0)) }
      return written
    }
  }

  /// The webhook of a change.
  package static func hook(ofOpportunity marker: Identifier) -> [UInt8] {
    (["opportunity": .string("\(marker)")] as JSON).encoded
  }

  package func changes(in hook: [UInt8]) throws(CRMError) -> [CRMChange] {
    let json: JSON
    do {
      json = try JSON(parsing: hook)
    } catch {
      throw .malformed("\(error)")
    }
    guard let id = json["opportunity"]?.string.flatMap({ Identifier($0) }) else {
      throw .malformed("opportunity is no identifier")
    }
    return [CRMChange(.opportunity, CRMRecord(id: "\(id)"), marker: id)]
  }

  static func tags(in text: String) -> [String] {
    do {
      return try JSON(parsing: Array(text.utf8)).array?.compactMap(\.string) ?? []
    } catch {
      // The column is jsonb and written by us: it is always JSON.
      preconditionFailure("jsonb that is no JSON: \(error)")
    }
  }
}

extension CRMError {
  fileprivate static func malformed(_ detail: String) -> CRMError {
    CRMError(.refused, Reason("message_malformed", "The embedded CRM's webhook: \(detail)."))
  }
}
