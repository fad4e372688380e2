package import Leads
import Postgres
import StrictJSON
import Belt

/// Our rows of the contacts and companies that a CRM holds.
package enum RecordRows {
  /// Keeps that the CRM holds them: a first owner and the CRM's id stay, fields follow RD Station.
  ///
  /// What a row holds is looked at when it is locked: of two workers at one record, the first one's owner
  /// and id stay.
  package static func keeping(_ records: [(draft: RecordDraft, integration: String)]) -> [Write] {
    keeping(.company, .company, "company", records)
      + keeping(.contact, .contact, "contact", records)
  }

  /// Keeps who was drawn as the owner of records that a CRM is still to hold.
  ///
  /// `before`: who was its owner when that was drawn; of two draws the first one stays.
  package static func owning(
    _ records: [(draft: RecordDraft, before: String?, integration: String)]
  ) -> [Write] {
    owning(.company, .company, "company", records)
      + owning(.contact, .contact, "contact", records)
  }

  private static func owning(
    _ kind: RecordKind,
    _ lock: Write.Table,
    _ table: SQL,
    _ records: [(draft: RecordDraft, before: String?, integration: String)]
  ) -> [Write] {
    let owned = records.filter {
      $0.draft.kind == kind && $0.draft.owner != nil && $0.draft.owner != $0.before
    }
    guard !owned.isEmpty else { return [] }
    return [
      Write(lock) { after in
        RowOrder.updating(
          table,
          set: "owner = k.w",
          from: """
            unnest(\(owned.map(\.integration))::text[], \(owned.map(\.draft.id))::uuid[],
              \(owned.map(\.draft.owner))::text[], \(owned.map(\.before))::text[])
              as k (i, id, w, b)
            """,
          where: "r.owner is not distinct from k.b",
          after: after
        )
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
    let drafts = Array(latest)
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
        RowOrder.updating(
          table,
          set: """
            in_crm = true, owner = coalesce(r.owner, k.w), crm_id = coalesce(r.crm_id, k.o),
              fields = (r.fields || k.d::jsonb) - array(select jsonb_array_elements_text(k.g::jsonb))
            """,
          from: """
            unnest(\(drafts.map(\.key.integration))::text[], \(drafts.map(\.key.id))::uuid[],
              \(drafts.map(\.value.owner))::text[], \(drafts.map(\.value.record?.id))::text[],
              \(kept)::text[], \(gone)::text[]) as k (i, id, w, o, d, g)
            """,
          where: """
            (r.in_crm, r.owner, r.crm_id, r.fields) is distinct from (
              true, coalesce(r.owner, k.w), coalesce(r.crm_id, k.o),
              (r.fields || k.d::jsonb) - array(select jsonb_array_elements_text(k.g::jsonb)))
            """,
          after: after
        )
      }
    ]
  }
}
