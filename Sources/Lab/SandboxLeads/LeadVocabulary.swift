/// The words leads are made of.
enum LeadVocabulary {
  struct City {
    var name: String
    var state: String
    /// DDD in Brazil, nil in Colombia, where mobile numbers have no area code.
    var areaCode: String?
  }

  static let brazilianCities = [
    City(name: "Campinas", state: "SP", areaCode: "19"),
    City(name: "São Paulo", state: "SP", areaCode: "11"),
    City(name: "Ribeirão Preto", state: "SP", areaCode: "16"),
    City(name: "Belo Horizonte", state: "MG", areaCode: "31"),
    City(name: "Uberlândia", state: "MG", areaCode: "34"),
    City(name: "Joinville", state: "SC", areaCode: "47"),
    City(name: "Florianópolis", state: "SC", areaCode: "48"),
    City(name: "Curitiba", state: "PR", areaCode: "41"),
    City(name: "Maringá", state: "PR", areaCode: "44"),
    City(name: "Caxias do Sul", state: "RS", areaCode: "54"),
    City(name: "Goiânia", state: "GO", areaCode: "62"),
    City(name: "Recife", state: "PE", areaCode: "81"),
  ]

  static let colombianCities = [
    City(name: "Bogotá", state: "Cundinamarca"), City(name: "Medellín", state: "Antioquia"),
    City(name: "Cali", state: "Valle del Cauca"), City(name: "Barranquilla", state: "Atlántico"),
    City(name: "Bucaramanga", state: "Santander"),
  ]

  static let brazilianNames = [
    "Ana", "Beatriz", "Caio", "Camila", "Débora", "Eduardo", "Fernanda", "Gustavo", "Helena",
    "Inês", "João", "Júlia", "Letícia", "Luís", "Márcia", "Otávio", "Patrícia", "Rafael",
    "Sérgio", "Thaís", "Vinícius", "Conceição",
  ]
  static let brazilianSurnames = [
    "Prado", "Andrade", "Araújo", "Barros", "Cardoso", "Conceição", "Dias", "Esteves", "Falcão",
    "Guimarães", "Leão", "Magalhães", "Mourão", "Nóbrega", "Pacheco", "Queiroz", "Rezende",
    "Salomão", "Teixeira", "Vasconcelos",
  ]
  static let colombianNames = [
    "Andrés", "Carolina", "Diego", "Juliana", "Mauricio", "Natalia", "Óscar", "Paola", "Sebastián",
    "Ximena",
  ]
  static let colombianSurnames = [
    "Cárdenas", "Gómez", "Jaramillo", "Muñoz", "Ospina", "Quintero", "Restrepo", "Zuluaga",
  ]

  static let brazilianJobTitles = [
    "Compradora", "Comprador", "Gerente de Suprimentos", "Diretor Industrial", "Engenheira",
    "Coordenador de Produção", "Sócio-proprietário", "Analista de Compras", "Estudante",
  ]
  static let colombianJobTitles = [
    "Gerente de Compras", "Directora de Operaciones", "Ingeniero", "Jefe de Planta", "Analista",
  ]

  static let brazilianTrades = [
    "Metais", "Galvanização", "Estruturas Metálicas", "Perfis e Tubos", "Ferragens", "Usinagem",
    "Caldeiraria", "Embalagens", "Implementos Agrícolas",
  ]
  static let colombianTrades = [
    "Metalúrgica", "Ferretería Industrial", "Estructuras", "Galvanizados", "Maquinaria",
  ]

  /// Conversion identifiers, the one of a real enquiry first.
  static let conversions = [
    "pedido-de-orcamento", "fale-conosco", "guia-galvanizacao", "catalogo-de-produtos",
    "calculadora-de-peso", "webinar-corrosao",
  ]
  static let tags = [
    "galvanizacao", "feira-2026", "orcamento", "revenda", "exportacao", "pos-venda", "grande-porte",
  ]
  static let segments = ["Indústria", "Construção civil", "Agronegócio", "Revenda", "Energia"]
  static let volumes = ["até 5 t", "5 a 10 t", "10 a 20 t", "mais de 20 t"]
  static let owners = ["vendas@exemplo.com.br", "comercial@exemplo.com.br", "sul@exemplo.com.br"]

  struct Origin {
    var source: String
    var medium: String
    var campaign: String
    var channel: String
    /// As the funnel of the current body shows it.
    var text: String
  }

  static let origins = [
    Origin(
      source: "google",
      medium: "cpc",
      campaign: "marca",
      channel: "Paid Search",
      text: "Busca Paga | Google"
    ),
    Origin(
      source: "facebook",
      medium: "social",
      campaign: "feira-2026",
      channel: "Social",
      text: "Social | Facebook"
    ),
    Origin(
      source: "unknown",
      medium: "unknown",
      campaign: "unknown",
      channel: "Unknown",
      text: "Desconhecido"
    ),
    Origin(
      source: "google",
      medium: "organic",
      campaign: "unknown",
      channel: "Organic Search",
      text: "Busca Orgânica | Google"
    ),
  ]

  /// Small ASCII letters and digits only, as in an address.
  static func folded(_ text: String) -> String {
    let plain: [Character: Character] = [
      "á": "a", "â": "a", "ã": "a", "à": "a", "é": "e", "ê": "e", "í": "i", "ó": "o", "ô": "o",
      "õ": "o", "ú": "u", "ü": "u", "ç": "c", "ñ": "n",
    ]
    return String(
      text.lowercased().map { plain[$0] ?? $0 }.filter {
        $0.isASCII && ($0.isLetter || $0.isNumber)
      }
    )
  }
}
