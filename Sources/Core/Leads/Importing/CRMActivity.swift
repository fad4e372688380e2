/// Deals and tasks of RD Station CRM, which that product writes into RD Station Marketing as conversions.
///
/// Nobody converted there; where the leads go to that very CRM, each opportunity would make the next.
enum CRMActivity {
  /// What the event is called, when it is one: its inner type where that is one of RD Station CRM's,
  /// else the whole of a label.
  ///
  /// Any other type says nothing, since a form may have a field of that name. Never a part of a label,
  /// nor the product's bare name: a page may be about the product.
  static func name(type: String?, labels: [String]) -> String? {
    if let type, types.contains(where: type.uppercased().hasPrefix) { return type }
    return labels.first(where: isActivity)
  }

  /// How the types begin that RD Station CRM writes.
  private static let types = [
    "OPPORTUNITY_", "TASK_", "DEAL_", "NOTE_", "ANNOTATION_", "ACTIVITY_", "SALE_",
  ]

  /// `Negociação criada no RD Station CRM`, in three languages.
  private static func isActivity(_ label: String) -> Bool {
    let words = label.foldedWords(joinedBy: " ").split(separator: " ").map(String.init)
    guard words.suffix(3) == ["rd", "station", "crm"] else { return false }
    let before = words.dropLast(3)
    guard let subject = before.first else { return false }
    guard (3...4).contains(before.count), subjects.contains(subject),
      places.contains(before.dropFirst(2).joined(separator: " "))
    else { return false }
    return deeds.contains { before[1].hasPrefix($0) }
  }

  private static let subjects: Set<String> = [
    "negociacao", "oportunidade", "tarefa", "anotacao", "atividade", "venda", "negocio",
    "negociacion", "oportunidad", "tarea", "nota", "actividad", "venta",
    "deal", "opportunity", "task", "note", "annotation", "activity", "sale",
  ]

  private static let places: Set<String> = ["no", "do", "em", "en", "en el", "in", "in the", "at"]

  /// How the words for what was done to it begin.
  private static let deeds = [
    "criad", "atualizad", "alterad", "ganh", "perdid", "conclui", "finalizad", "exclu", "removid",
    "movid", "marcad", "reabert", "pausad", "retomad", "fechad", "cancelad", "adicionad", "vendid",
    "cread", "actualizad", "modificad", "ganad", "complet", "eliminad", "cerrad", "reabiert",
    "agregad",
    "creat", "updat", "chang", "won", "lost", "finish", "delet", "remov", "moved", "reopen",
    "closed",
    "added", "paus",
  ]
}
