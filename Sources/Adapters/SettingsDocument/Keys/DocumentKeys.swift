import Leads

/// The tables of keys, one for each mapping of the document.
extension KeyTable {
  static let document: KeyTable = [
    "integration": .text.required(
      "The name of this integration: 1 to 40 lower-case letters, digits and hyphens. It is part of "
        + "its webhook addresses."
    ),
    "rd_station": .section(account).required(
      "The RD Station Marketing account: where leads come from and what is told of opportunities."
    ),
    "crm": .section(crm).required("The CRM that opportunities go to, and what it offers."),
    "import": .section(importRules).says(
      "Which leads enter. A rule that is absent or empty is off; a lead must pass all that are not."
    ),
    "records": .section(records).says("Which records a lead makes in the CRM, and who gets them."),
    "triggers": .list(.section(trigger)).says(
      "When an opportunity is made, for whom and where. The order is the priority: the first that "
        + "matches decides, and one event never makes two opportunities."
    ),
    "centralize_by": .word(Settings.Centralizing.allCases.map(\.rawValue), preset: "contact").says(
      "company keeps the leads of one company together: for selling to companies whose leads carry "
        + "the Company field. contact keeps each person apart: for selling to individuals."
    ),
    "lead_name_as_company": .flag(false).says(
      "With centralize_by: company, a lead without company gives its own name to one. Leads of equal "
        + "name (two called João) then fall into one company."
    ),
    "tax_id_field": .text
      .says("RD Station's custom field that holds a tax id (CNPJ, NIT), such as cf_cnpj."),
    "one_open_deal_per_lead": .flag(false)
      .says("No second opportunity for a lead while another one of the lead is open."),
    "after_dead_letter": .word(Settings.AfterDeadLetter.allCases.map(\.rawValue), preset: "go_on")
      .says(
        "What a lead's next events do when one was given up: go_on passes it with a note in the journey, "
          + "wait keeps them until it was sent again and has passed, or was discarded."
      ),
    "fields": .list(.section(fieldRow)).says(
      "The mapping: one row for each field of the CRM that RD Station or a fixed value fills. Names, "
        + "e-mail addresses and phones of contacts and the names of companies need no row."
    ),
    "tags": .section(tags).says("Tags of the lead and of the opportunity."),
    "rd_updates": .section(rdUpdates).says(
      "What RD Station is told of opportunities; everything that it can be told is on by itself."
    ),
    "loss_reason_field": .text.says(
      "The custom field of RD Station that takes the reason of a loss, such as Motivo de perda no CRM; emptied when the opportunity is opened again or won."
    ),
  ]

  static let account: KeyTable = [
    "account": .text.required("The name of the account at RD Station."),
    "plan": .text.says("The plan of RD Station Marketing, for people to see."),
    "client_id": .secret.says("Where the client id of the application is: env:NAME or file:PATH."),
    "client_secret": .secret.says("Where the client secret is: env:NAME or file:PATH."),
    "refresh_token": .secret.says("Where the first refresh token is: env:NAME or file:PATH."),
    "fields": .names(fieldShape(.section(rdField))).says(
      "RD Station's custom fields by their identifier (cf_…), each with its type; they are compared "
        + "with the CRM's."
    ),
  ]

  static let rdField: KeyTable = ["type": type, "options": options]

  static let importRules: KeyTable = [
    "conversions": .list(.text).says("Only these conversions, by identifier."),
    "ignored_email_domains": .list(.text)
      .says("Addresses of these domains and of what is under them stay out."),
    "job_titles": .list(.text).says("Only leads of these job titles, whole, in any case."),
    "lead_scoring": .list(.word(ImportReading.scores))
      .says("Only leads with one of these profile letters."),
    "marks_only": .flag(false)
      .says("Only leads that were marked as opportunity enter. A datacrm takes no others."),
    "crm_activity": .flag(false).says(
      "Deals and tasks of RD Station CRM, which it writes into RD Station Marketing as conversions "
        + "(Negociação criada no RD Station CRM), enter like conversions."
    ),
    "fillers": .list(.text).says(
      "Texts that are no value, besides the known ones (\\N, NULL, n/a, não tenho, sin empresa …): "
        + "what stands in a field only because it must not be empty. The whole value is compared, "
        + "without case and accents."
    ),
    "values": .list(.text)
      .says("Texts that are values here although they are known as fillers, such as autônomo."),
    "fit_letters": .section(fitLetters).says(
      "Where the profile letters begin in the number fit that webhooks made through the API carry; "
        + "the rest is D. RD Station publishes no table; left out, A is from 75, B from 50, C from 25."
    ),
  ]

  static let fitLetters: KeyTable = [
    "A": .count.required("The smallest fit that is an A."),
    "B": .count.required("The smallest fit that is a B."),
    "C": .count.required("The smallest fit that is a C."),
  ]

  static let records: KeyTable = [
    "create": .list(.word(RecordKind.allCases.map(\.rawValue)))
      .says("Which records a lead makes; all three when nothing is said."),
    "owners": .section(recordOwners).says(
      "Owners of contacts and companies. An owner of contacts holds for companies too, and for "
        + "opportunities whose trigger names none."
    ),
  ]

  static let recordOwners: KeyTable = [
    "contact": ownerShape(["everyone", "administrators", "lead_owner"]).says("Who gets contacts."),
    "company": ownerShape(["everyone", "administrators", "lead_owner", "contact_owner"])
      .says("Who gets companies."),
  ]

  static let trigger: KeyTable = [
    "when": .section(condition).required("What starts it: exactly one of these."),
    "owner": ownerShape(["everyone", "administrators", "lead_owner", "contact_owner"]).says(
      "Who gets the opportunity. lead_owner is for marks only; where it is left out, the contact's "
        + "owner of records.owners gets it."
    ),
    "pipeline": .text.required("A pipeline of crm.pipelines."),
    "stage": .text.required("A stage of that pipeline."),
    "qualification_from_scoring": .flag(false)
      .says("The opportunity gets stars by the lead's profile letter; with marks only."),
    "on_repeat": .word(Trigger.Repeat.allCases.map(\.rawValue), preset: "new").says(
      "What an event makes of a lead that has opportunities already: a new one each time; the open "
        + "one of the same pipeline brought up to date; or a new one only when all others are closed."
    ),
  ]

  static let condition: KeyTable = [
    "opportunity_mark": .flag(false).says("The lead was marked as opportunity."),
    "conversion": .text.says("The lead converted there: the identifier of the conversion."),
    "any_conversion": .flag(false).says("The lead converted anywhere."),
  ]

  static let namedOwner: KeyTable = [
    "user": .text.says("A user of crm.users."),
    "team": .text.says("A team of crm.teams: one of it is drawn."),
  ]

  static let fieldRow: KeyTable = [
    "crm": .text.required(
      "The CRM's field, such as opportunity.segmento or contact.cargo; it stands in crm.fields."
    ),
    "rd": .text.says("RD Station's field: \(RDStandardField.listed), or a custom one (cf_…)."),
    "default": .text.says("What is written when RD Station has nothing; always, without rd."),
    "translate": .names(.text)
      .says("RD Station's option on the left, the CRM's on the right; compared letter by letter."),
    "on_mismatch": .word(FieldPolicy.allCases.map(\.rawValue)).says(
      "What becomes of a lead whose value does not fit: refuse it, hold it until the settings "
        + "change, leave the field blank, or give the list a new option. Left out, the CRM decides."
    ),
    "clear": .flag(false).says("A value that was emptied at RD Station is emptied in the CRM too."),
  ]

  static let tags: KeyTable = [
    "direction": .word(Settings.TagDirection.allCases.map(\.rawValue), preset: "off")
      .says("Which way changes of tags travel."),
    "crm": .text.says(
      "The opportunity's field that holds the tags, where the CRM has none of its own: a multiple "
        + "choice that takes new options."
    ),
  ]

  static let rdUpdates: KeyTable = [
    "opportunity_mark": .flag(true).says("The mark “opportunity” when one is created."),
    "standard_conversions": .flag(true)
      .says("The standard conversions, such as Oportunidade gerada pelo CRM."),
    "outcomes": .flag(true).says("Sales with their value, losses with their reason."),
    "lifecycle_stage": .flag(true).says("The stage Client after a sale."),
    "sale_conversion_on_any_close": .flag(false)
      .says("Venda gerada pelo CRM also when the opportunity was lost."),
    "tags": .list(.text)
      .says("Tags that RD Station adds to the lead with each of these conversions."),
  ]

  static let type = Shape.word(FieldType.allCases.map(\.rawValue)).required("What the field holds.")

  static let options = Shape.list(.text)
    .says("What a choice or multiple_choice offers, exactly as it is written there.")

  /// A bare type, or a mapping with more.
  static func fieldShape(_ more: Shape) -> Shape {
    .oneOf([.word(FieldType.allCases.map(\.rawValue)), more])
  }

  static func ownerShape(_ words: [String]) -> Shape {
    .oneOf([.word(words), .section(namedOwner)])
  }
}
