package import Leads
package import Postgres
import StrictJSON
import Belt

/// The CRM that lives in Esteira's own database, behind the same port as the outside ones.
package struct EmbeddedCRM: CRM {
  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  package var createIsIdempotent: Bool { true }

  package func create(_ drafts: [OpportunityDraft], in integration: String) async
    -> [Result<CRMRecord, CRMError>]
  {
    let records = drafts.map {
      CRMRecord(id: "\(Identifier(derivedFrom: "embedded", "\($0.marker)"))")
    }
    do {
      try await pool.run(
        """
        insert into embedded_opportunity (integration_id, id, marker, title, contact_id, company_id,
          pipeline, stage, owner, rating, tags, fields, history)
        select \(integration), o, m, t, c, f, p, s, w, r, g::jsonb, d::jsonb, h::jsonb
        from unnest(\(records.map(\.id))::uuid[], \(drafts.map(\.marker.description))::uuid[],
          \(drafts.map(\.title))::text[], \(drafts.map(\.contact?.description))::uuid[],
          \(drafts.map(\.company?.description))::uuid[], \(drafts.map(\.pipeline))::text[],
          \(drafts.map(\.stage))::text[], \(drafts.map(\.owner))::text[],
          \(drafts.map(\.rating))::int[],
          \(drafts.map { JSON.array($0.tags.map(JSON.string)).text })::text[],
          \(drafts.map { $0.json["fields"]?.text ?? "[]" })::text[],
          \(drafts.map { $0.json["history"]?.text ?? "[]" })::text[])
          as k (o, m, t, c, f, p, s, w, r, g, d, h)
        on conflict (integration_id, marker) do nothing
        """
      )
      return records.map { .success($0) }
    } catch {
      return drafts.map { _ in .failure(CRMError(embedded: error)) }
    }
  }

  package func revise(_ revisions: [OpportunityRevision], in integration: String) async
    -> [Result<Void, CRMError>]
  {
    let named = revisions.map { $0.fields.map { ["name": .string($0.name)] as JSON } }
    let filled = revisions.map { $0.fields.filter { !$0.values.isEmpty }.map(\.json) }
    do {
      try await pool.run(
        """
        update embedded_opportunity o set fields = k.d, history = k.h, version = version + 1,
          updated_at = now()
        from (select o.id, u.h::jsonb as h, (select coalesce(jsonb_agg(f), '[]')
              from jsonb_array_elements(o.fields) as f
              where not u.n::jsonb @> jsonb_build_array(jsonb_build_object('name', f -> 'name')))
            || u.d::jsonb as d
          from unnest(\(revisions.map(\.record.id))::uuid[],
            \(named.map { JSON.array($0).text })::text[],
            \(filled.map { JSON.array($0).text })::text[],
            \(revisions.map { JSON.array($0.history.map(\.json)).text })::text[])
            as u (o, n, d, h)
          join embedded_opportunity o on o.integration_id = \(integration) and o.id = u.o) as k
        where o.integration_id = \(integration) and o.id = k.id
          and (o.fields, o.history) is distinct from (k.d, k.h)
        """
      )
      return revisions.map { _ in .success(()) }
    } catch {
      return revisions.map { _ in .failure(CRMError(embedded: error)) }
    }
  }

  package func read(_ records: [CRMRecord], in integration: String) async throws(CRMError)
    -> [OpportunityState?]
  {
    do {
      let rows = try await pool.run(
        """
        select id, status, stage, value::text, loss_reason, tags::text, version
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
    } catch {
      throw CRMError(embedded: error)
    }
  }

  package func setTags(_ tags: [String], of record: CRMRecord, in integration: String)
    async throws(CRMError)
  {
    let text = JSON.array(tags.map(JSON.string)).text
    do {
      try await pool.run(
        """
        update embedded_opportunity
        set tags = \(text)::jsonb, version = version + 1, updated_at = now()
        where integration_id = \(integration) and id = \(record.id)::uuid
          and tags is distinct from \(text)::jsonb
        """
      )
    } catch {
      throw CRMError(embedded: error)
    }
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
  init(embedded error: PostgresError) {
    self.init(.unavailable, Reason("embedded_crm_away", "The embedded CRM's database: \(error)."))
  }
}
