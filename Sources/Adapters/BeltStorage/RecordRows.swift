package import Leads
import Postgres
import StrictJSON
import Belt

/// Our rows of the contacts and companies that a CRM holds.
package enum RecordRows {
  /// Keeps that the CRM holds them: a first owner and the CRM's id stay, fields follow RD Station.
  ///
  /// Rows go by integration and id, as everybody locks them.
  package static func keeping(_ records: [(draft: RecordDraft, integration: String)]) -> [Write] {
    keeping(.company, .company, "company", records)
      + keeping(.contact, .contact, "contact", records)
  }

  /// Keeps who was drawn as the owner of records that a CRM is still to hold.
  package static func owning(_ records: [(draft: RecordDraft, integration: String)]) -> [Write] {
    owning(.company, .company, "company", records)
      + owning(.contact, .contact, "contact", records)
  }

  private static func owning(
    _ kind: RecordKind,
    _ lock: Write.Table,
    _ table: SQL,
    _ records: [(draft: RecordDraft, integration: String)]
  ) -> [Write] {
    let owned = records.filter { $0.draft.kind == kind && $0.draft.owner != nil }
    guard !owned.isEmpty else { return [] }
    return [
      Write(lock) { after in
        """
        update \(table) r set owner = k.w
        from (select r.integration_id as i, r.id as c, min(u.w) as w
          from unnest(\(owned.map(\.integration))::text[], \(owned.map(\.draft.id))::uuid[],
            \(owned.map(\.draft.owner))::text[]) as u (i, c, w)
          join \(table) r on r.integration_id = u.i and r.id = u.c and r.owner is null
          group by r.integration_id, r.id) as k
        where r.integration_id = k.i and r.id = k.c and \(after)
        """
      }
    ]
  }

  private static func keeping(
    _ kind: RecordKind,
    _ lock: Write.Table,
    _ table: SQL,
    _ records: [(draft: RecordDraft, integration: String)]
  ) -> [Write] {
    var latest: [IntegrationKey: RecordDraft] = [:]
    for (draft, integration) in records where draft.kind == kind {
      latest[IntegrationKey(integration, draft.id)] = draft
    }
    guard !latest.isEmpty else { return [] }
    let drafts = latest.sorted {
      ($0.key.integration, $0.key.id.description) < ($1.key.integration, $1.key.id.description)
    }
    let kept = drafts.map { _, draft in
      JSON.object(
        JSON.Members(
          draft.fields.filter { !$0.values.isEmpty }
            .map { .init(key: $0.name, value: $0.json["value"] ?? .null) }
        )
      ).text
    }
    let gone = drafts.map { _, draft in
      JSON.array(draft.fields.filter(\.values.isEmpty).map { .string($0.name) }).text
    }
    return [
      Write(lock) { after in
        """
        update \(table) r set in_crm = true, owner = k.w, fields = k.d, crm_id = k.o
        from (select r.integration_id as i, r.id as c, coalesce(r.owner, u.w) as w,
            coalesce(r.crm_id, u.o) as o,
            (r.fields || u.d::jsonb) - array(select jsonb_array_elements_text(u.g::jsonb)) as d
          from unnest(\(drafts.map(\.key.integration))::text[], \(drafts.map(\.key.id))::uuid[],
            \(drafts.map(\.value.owner))::text[], \(drafts.map(\.value.record?.id))::text[],
            \(kept)::text[], \(gone)::text[]) as u (i, c, w, o, d, g)
          join \(table) r on r.integration_id = u.i and r.id = u.c) as k
        where r.integration_id = k.i and r.id = k.c
          and (r.in_crm, r.owner, r.crm_id, r.fields) is distinct from (true, k.w, k.o, k.d)
          and \(after)
        """
      }
    ]
  }
}
