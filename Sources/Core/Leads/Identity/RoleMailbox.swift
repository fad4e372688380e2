/// The mailboxes that a desk reads and not one person.
enum RoleMailbox {
  /// Whether the part before the `@` begins with a desk's name: `vendas`, `vendas2`, `vendas.sp`.
  ///
  /// `local`: in lower case.
  static func isRole(_ local: Substring) -> Bool {
    if names.contains(String(local)) { return true }
    let first = local.prefix { !".-_+".contains($0) }
    let word = first.reversed().drop(while: \.isNumber).reversed()
    return names.contains(String(word))
  }

  private static let names: Set<String> = [
    // Portuguese.
    "contato", "contatos", "comercial", "vendas", "venda", "financeiro", "atendimento", "suporte",
    "sac", "compras", "faturamento", "cobranca", "contabilidade", "fiscal", "nfe", "nf-e",
    "diretoria", "recepcao", "secretaria", "tesouraria", "administrativo", "adm", "orcamento",
    "orcamentos", "pedidos", "loja", "escritorio", "rh", "juridico", "logistica", "expedicao",
    "marketing", "ouvidoria", "faleconosco", "naoresponda",
    // Spanish.
    "contacto", "ventas", "gerencia", "servicioalcliente", "soporte", "contabilidad", "facturacion",
    "cartera", "tesoreria", "recepcion", "administracion", "cotizaciones", "tienda", "mercadeo",
    "talentohumano", "rrhh", "pqr", "pqrs", "oficina",
    // English, and the technical ones.
    "info", "contact", "sales", "support", "office", "hello", "admin", "billing", "purchasing",
    "hr",
    "webmaster", "postmaster", "noreply", "no-reply",
  ]
}
