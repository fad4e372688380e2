/// Which field of a lead a form's label means, in the three languages of the forms we meet.
enum AnswerLabels {
  enum Meaning: Hashable {
    /// By RD's name of it, as `LeadProfile.field(_:)` takes it.
    case standard(String)
    /// An answer to a question of the form's own.
    case question
    /// What RD Station or the page says of the conversion, not of the person.
    case circumstance
  }

  static func meaning(of key: String) -> Meaning {
    let lower = key.lowercased()
    if lower.hasPrefix("cf_") { return .question }
    if foreignPrefixes.contains(where: lower.hasPrefix) { return .circumstance }
    let label = label(key)
    if label.isEmpty || circumstances.contains(label) { return .circumstance }
    return standard[label].map { .standard($0) } ?? .question
  }

  /// Whether a text is nothing but the label of its field, as a page's placeholder is.
  static func isLabel(_ text: String, of field: String) -> Bool { standard[label(text)] == field }

  /// `Nome da empresa` → `nome_da_empresa`.
  private static func label(_ text: String) -> String {
    text.foldedWords(joinedBy: "_")
  }

  private static let standard: [String: String] = {
    let labels: [(String, String)] = [
      ("email", "email email_lead e_mail seu_email email_address correo correo_electronico"),
      ("name", "nome name nombre nome_completo nombre_completo full_name seu_nome nome_lead"),
      (
        "company",
        "empresa company company_name nome_da_empresa nombre_de_la_empresa compania razao_social "
          + "razon_social sua_empresa organizacao"
      ),
      ("job_title", "cargo job_title puesto seu_cargo"),
      (
        "mobile_phone",
        "celular mobile_phone mobile whatsapp telefone_celular telefono_celular movil "
          + "telefono_movil celular_whatsapp numero_de_whatsapp"
      ),
      (
        "personal_phone",
        "telefone telefono phone phone_lead personal_phone phone_number fone tel telefone_fixo "
          + "telefono_fijo telefone_de_contato telefone_para_contato seu_telefone"
      ),
      ("city", "cidade city ciudad"), ("state", "estado state uf departamento_estado"),
      ("country", "pais country"), ("website", "website site sitio_web site_da_empresa"),
      ("facebook", "facebook"), ("linkedin", "linkedin"),
    ]
    var table: [String: String] = [:]
    for (field, words) in labels {
      for word in words.split(separator: " ") { table[String(word)] = field }
    }
    return table
  }()

  /// Of tracking, and of the deals and tasks that RD Station CRM writes as conversions.
  private static let foreignPrefixes = ["__", "utm_", "opportunity_", "task_"]

  private static let circumstances: Set<String> = [
    "identificador", "event_type", "event_identifier", "conversion_identifier", "event_timestamp",
    "event_uuid", "event_family", "created_at", "updated_at", "conversion_url", "conversion_domain",
    "page_title", "form_url", "user_agent", "traffic_source", "traffic_medium", "traffic_campaign",
    "traffic_value", "conversion_payload", "query_params", "redirect_to", "client_tracking_id",
    "token_rdstation", "available_for_mailing", "legal_bases", "tags", "funnel", "funnel_stage",
    "funnel_name", "owner", "contact_owner_email", "mark_opportunity", "due_date", "uuid", "id",
    "c_utmz", "form_origem", "origem", "conversion_origin", "internal_source", "_is", "ip",
  ]
}
