/// The known fillers of Portuguese, Spanish and English, and those of programs.
extension Fillers {
  /// What programs write for nothing.
  static let nulls = keys([
    "\\N", "NULL", "(null)", "nil", "None", "undefined", "NaN", "#N/A", "#N/D", "#REF!", "#VALOR!",
    "(not set)", "not set", "[object Object]",
  ])

  /// Of a question that was not answered, while “nenhum” or “não tenho” answers one.
  static let unanswered = nulls.union(
    keys([
      "n/a", "na", "n/d", "nd", "n/i", "n/t", "s/i", "(none)",
      // Portuguese
      "não informado", "não informada", "não informar", "prefiro não informar", "não se aplica",
      "não aplicável", "não aplica", "não consta", "não definido", "não definida",
      "não preenchido", "sem informação", "sem informações", "sem resposta", "vazio", "em branco",
      "selecione", "selecione uma opção", "escolha uma opção",
      // Spanish
      "no aplica", "no se aplica", "no informa", "no informado", "no informada", "no registra",
      "no definido", "sin información", "sin respuesta", "vacío", "en blanco", "seleccione",
      "seleccione una opción",
      // English
      "not applicable", "not available", "not informed", "not provided", "not specified",
      "not defined", "no answer", "empty", "blank", "select", "choose",
    ])
  )

  /// In any standard field.
  static let words = unanswered.union(
    keys([
      "s/n", "unknown", "desconhecido", "desconhecida", "desconocido", "desconocida",
      // Portuguese
      "não tenho", "não tem", "não possuo", "não possui", "não sei", "não há", "não existe",
      "nenhum", "nenhuma", "nada", "sem nome", "sem empresa", "sem cargo", "sem telefone",
      "sem celular", "sem email", "sem e-mail", "sem site", "sem cnpj", "sem cpf", "sem cidade",
      "sem dados", "a definir", "a confirmar", "ainda não tenho", "teste", "testes", "testando",
      // Spanish
      "no tengo", "no tiene", "no posee", "no sé", "no hay", "no existe", "ninguno", "ninguna",
      "sin nombre", "sin empresa", "sin cargo", "sin teléfono", "sin celular", "sin correo",
      "sin nit", "sin datos", "por definir", "aún no tengo", "prueba", "pruebas",
      // English
      "no company", "no name", "no phone", "no email", "nothing", "tbd", "i don't have",
      "don't have", "test", "testing", "asdf", "asdfg", "qwerty", "lorem ipsum",
    ])
  )

  /// Of a person who has no company; a job title or an answer may well say so.
  static let noCompanies = keys([
    "autônomo", "autônoma", "profissional autônomo", "profissional autônoma", "sou autônomo",
    "sou autônoma", "profissional liberal", "freelancer", "freelance", "freela", "pessoa física",
    "particular", "desempregado", "desempregada", "estudante", "aposentado", "aposentada",
    "do lar", "dona de casa", "independente", "conta própria", "por conta própria", "própria",
    "empresa própria", "minha empresa", "não trabalho", "não tenho empresa", "eu", "eu mesmo",
    "eu mesma", "mei", "pf",
    "autónomo", "autónoma", "independiente", "trabajador independiente", "persona natural",
    "estudiante", "desempleado", "desempleada", "jubilado", "jubilada", "pensionado", "pensionada",
    "ama de casa", "hogar", "no trabajo", "no tengo empresa", "cuenta propia", "por cuenta propia",
    "self employed", "self-employed", "unemployed", "student", "retired", "individual",
    "i don't have a company", "personal",
  ])

  static let nobodies = keys([
    "anônimo", "anônima", "anónimo", "anónima", "anonymous", "visitante", "visitor", "fulano",
    "fulano de tal", "lead", "contato", "contacto", "contact", "cliente", "usuário", "usuario",
    "user",
  ])

  /// People are called so.
  static let givenNames = keys(["nil", "na", "nan", "nada"])

  static let stateCodes = keys(["na", "nd"])

  private static func keys(_ words: [String]) -> Set<String> { Set(words.map(key)) }
}
