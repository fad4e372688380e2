import Leads

/// The tables of keys, one for each mapping of the document.
extension KeyTable {
  static let document = KeyTable([
    Key(
      "integration",
      .text,
      "The name of this integration: 1 to 40 lower-case letters, digits and hyphens. It is part of "
        + "its webhook addresses.",
      isRequired: true
    ),
    Key(
      "rd_station",
      .section(account),
      "The RD Station Marketing account: where leads come from and what is told of opportunities.",
      isRequired: true
    ),
    Key(
      "crm",
      .section(crm),
      "The CRM that opportunities go to, and what it offers.",
      isRequired: true
    ),
    Key(
      "import",
      .section(importRules),
      "Which leads enter. A rule that is absent or empty is off; a lead must pass all that are not."
    ),
    Key("records", .section(records), "Which records a lead makes in the CRM, and who gets them."),
    Key(
      "triggers",
      .list(.section(trigger)),
      "When an opportunity is made, for whom and where. The order is the priority: the first that "
        + "matches decides, and one event never makes two opportunities."
    ),
    Key(
      "centralize_by",
      .word(Settings.Centralizing.allCases.map(\.rawValue), preset: "contact"),
      "company keeps the leads of one company together: for selling to companies whose leads carry "
        + "the Company field. contact keeps each person apart: for selling to individuals."
    ),
    Key(
      "lead_name_as_company",
      .flag(false),
      "With centralize_by: company, a lead without company gives its own name to one. Leads of equal "
        + "name (two called João) then fall into one company."
    ),
    Key(
      "tax_id_field",
      .text,
      "RD Station's custom field that holds a tax id (CNPJ, NIT), such as cf_cnpj."
    ),
    Key(
      "one_open_deal_per_lead",
      .flag(false),
      "No second opportunity for a lead while another one of the lead is open."
    ),
    Key(
      "after_dead_letter",
      .word(Settings.AfterDeadLetter.allCases.map(\.rawValue), preset: "go_on"),
      "What a lead's next events do when one was given up: go_on passes it with a note in the journey, "
        + "wait keeps them until it was sent again and has passed, or was discarded."
    ),
    Key(
      "fields",
      .list(.section(fieldRow)),
      "The mapping: one row for each field of the CRM that RD Station or a fixed value fills. Names, "
        + "e-mail addresses and phones of contacts and the names of companies need no row."
    ),
    Key("tags", .section(tags), "Tags of the lead and of the opportunity."),
    Key(
      "rd_updates",
      .section(rdUpdates),
      "What RD Station is told of opportunities; everything that it can be told is on by itself."
    ),
    Key(
      "loss_reason_field",
      .text,
      "The custom field of RD Station that takes the reason of a loss, such as Motivo de perda no CRM; emptied when the opportunity is opened again or won."
    ),
  ])

  static let account = KeyTable([
    Key("account", .text, "The name of the account at RD Station.", isRequired: true),
    Key("plan", .text, "The plan of RD Station Marketing, for people to see."),
    Key("client_id", .secret, "Where the client id of the application is: env:NAME or file:PATH."),
    Key("client_secret", .secret, "Where the client secret is: env:NAME or file:PATH."),
    Key("refresh_token", .secret, "Where the first refresh token is: env:NAME or file:PATH."),
    Key(
      "fields",
      .names(fieldShape(.section(rdField))),
      "RD Station's custom fields by their identifier (cf_…), each with its type; they are compared "
        + "with the CRM's."
    ),
  ])

  static let rdField = KeyTable([typeKey, optionsKey])

  static let importRules = KeyTable([
    Key("conversions", .list(.text), "Only these conversions, by identifier."),
    Key(
      "ignored_email_domains",
      .list(.text),
      "Addresses of these domains and of what is under them stay out."
    ),
    Key("job_titles", .list(.text), "Only leads of these job titles, whole, in any case."),
    Key(
      "lead_scoring",
      .list(.word(ImportReading.scores)),
      "Only leads with one of these profile letters."
    ),
    Key(
      "marks_only",
      .flag(false),
      "Only leads that were marked as opportunity enter. A datacrm takes no others."
    ),
    Key(
      "crm_activity",
      .flag(false),
      "Deals and tasks of RD Station CRM, which it writes into RD Station Marketing as conversions "
        + "(Negociação criada no RD Station CRM), enter like conversions."
    ),
    Key(
      "fillers",
      .list(.text),
      "Texts that are no value, besides the known ones (\\N, NULL, n/a, não tenho, sin empresa …): "
        + "what stands in a field only because it must not be empty. The whole value is compared, "
        + "without case and accents."
    ),
    Key(
      "values",
      .list(.text),
      "Texts that are values here although they are known as fillers, such as autônomo."
    ),
    Key(
      "fit_letters",
      .section(fitLetters),
      "Where the profile letters begin in the number fit that webhooks made through the API carry; "
        + "the rest is D. RD Station publishes no table; left out, A is from 75, B from 50, C from 25."
    ),
  ])

  static let fitLetters = KeyTable([
    Key("A", .count, "The smallest fit that is an A.", isRequired: true),
    Key("B", .count, "The smallest fit that is a B.", isRequired: true),
    Key("C", .count, "The smallest fit that is a C.", isRequired: true),
  ])

  static let records = KeyTable([
    Key(
      "create",
      .list(.word(RecordKind.allCases.map(\.rawValue))),
      "Which records a lead makes; all three when nothing is said."
    ),
    Key(
      "owners",
      .section(recordOwners),
      "Owners of contacts and companies. An owner of contacts holds for companies too, and for "
        + "opportunities whose trigger names none."
    ),
  ])

  static let recordOwners = KeyTable([
    Key("contact", ownerShape(["everyone", "administrators", "lead_owner"]), "Who gets contacts."),
    Key(
      "company",
      ownerShape(["everyone", "administrators", "lead_owner", "contact_owner"]),
      "Who gets companies."
    ),
  ])

  static let trigger = KeyTable([
    Key("when", .section(condition), "What starts it: exactly one of these.", isRequired: true),
    Key(
      "owner",
      ownerShape(["everyone", "administrators", "lead_owner", "contact_owner"]),
      "Who gets the opportunity. lead_owner is for marks only; where it is left out, the contact's "
        + "owner of records.owners gets it."
    ),
    Key("pipeline", .text, "A pipeline of crm.pipelines.", isRequired: true),
    Key("stage", .text, "A stage of that pipeline.", isRequired: true),
    Key(
      "qualification_from_scoring",
      .flag(false),
      "The opportunity gets stars by the lead's profile letter; with marks only."
    ),
    Key(
      "on_repeat",
      .word(Trigger.Repeat.allCases.map(\.rawValue), preset: "new"),
      "What an event makes of a lead that has opportunities already: a new one each time; the open "
        + "one of the same pipeline brought up to date; or a new one only when all others are closed."
    ),
  ])

  static let condition = KeyTable([
    Key("opportunity_mark", .flag(false), "The lead was marked as opportunity."),
    Key("conversion", .text, "The lead converted there: the identifier of the conversion."),
    Key("any_conversion", .flag(false), "The lead converted anywhere."),
  ])

  static let namedOwner = KeyTable([
    Key("user", .text, "A user of crm.users."),
    Key("team", .text, "A team of crm.teams: one of it is drawn."),
  ])

  static let fieldRow = KeyTable([
    Key(
      "crm",
      .text,
      "The CRM's field, such as opportunity.segmento or contact.cargo; it stands in crm.fields.",
      isRequired: true
    ),
    Key("rd", .text, "RD Station's field: \(RDStandardField.listed), or a custom one (cf_…)."),
    Key("default", .text, "What is written when RD Station has nothing; always, without rd."),
    Key(
      "translate",
      .names(.text),
      "RD Station's option on the left, the CRM's on the right; compared letter by letter."
    ),
    Key(
      "on_mismatch",
      .word(FieldPolicy.allCases.map(\.rawValue)),
      "What becomes of a lead whose value does not fit: refuse it, hold it until the settings "
        + "change, leave the field blank, or give the list a new option. Left out, the CRM decides."
    ),
    Key("clear", .flag(false), "A value that was emptied at RD Station is emptied in the CRM too."),
  ])

  static let tags = KeyTable([
    Key(
      "direction",
      .word(Settings.TagDirection.allCases.map(\.rawValue), preset: "off"),
      "Which way changes of tags travel."
    ),
    Key(
      "crm",
      .text,
      "The opportunity's field that holds the tags, where the CRM has none of its own: a multiple "
        + "choice that takes new options."
    ),
  ])

  static let rdUpdates = KeyTable([
    Key("opportunity_mark", .flag(true), "The mark “opportunity” when one is created."),
    Key(
      "standard_conversions",
      .flag(true),
      "The standard conversions, such as Oportunidade gerada pelo CRM."
    ),
    Key("outcomes", .flag(true), "Sales with their value, losses with their reason."),
    Key("lifecycle_stage", .flag(true), "The stage Client after a sale."),
    Key(
      "sale_conversion_on_any_close",
      .flag(false),
      "Venda gerada pelo CRM also when the opportunity was lost."
    ),
    Key(
      "tags",
      .list(.text),
      "Tags that RD Station adds to the lead with each of these conversions."
    ),
  ])

  static let typeKey = Key(
    "type",
    .word(FieldType.allCases.map(\.rawValue)),
    "What the field holds.",
    isRequired: true
  )

  static let optionsKey = Key(
    "options",
    .list(.text),
    "What a choice or multiple_choice offers, exactly as it is written there."
  )

  /// A bare type, or a mapping with more.
  static func fieldShape(_ more: Shape) -> Shape {
    .oneOf([.word(FieldType.allCases.map(\.rawValue)), more])
  }

  static func ownerShape(_ words: [String]) -> Shape {
    .oneOf([.word(words), .section(namedOwner)])
  }
}
