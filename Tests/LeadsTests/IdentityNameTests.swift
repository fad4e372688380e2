import Leads
import TestKit
import Testing

struct IdentityNameTests {
  @Test(
    .behaviour("B047"),
    arguments: [
      ("Prado Metais Ltda", "prado metais", .limited),
      ("PRADO METAIS, LTDA.", "prado metais", .limited),
      ("Prado Metais Limitada", "prado metais", .limited),
      ("Prado Metais EIRELI", "prado metais", .limited),
      ("Prado Metais Eireli - ME", "prado metais", .limited),
      ("Prado Metais LTDA EPP", "prado metais", .limited),
      ("Prado Metais S.A.", "prado metais", .corporation),
      ("Prado Metais S/A", "prado metais", .corporation),
      ("Prado Metais S. A.", "prado metais", .corporation),
      ("Prado Metais S A", "prado metais", .corporation),
      ("Prado Metais SA", "prado metais", .corporation),
      ("Prado Metais ME", "prado metais", .microEnterprise),
      ("Prado Metais MEI", "prado metais", .individualEntrepreneur),
      ("Prado Metais SPE Ltda", "prado metais", .limited),
      ("Metales Prado S.A.S.", "metales prado", .simplified),
      ("METALES PRADO SAS", "metales prado", .simplified),
      ("Metales Prado S. en C.", "metales prado", .limitedPartnership),
      ("Metales Prado S.C.A.", "metales prado", .partnershipByShares),
      ("Metales Prado E.U.", "metales prado", .soleOwner),
      ("Aguas del Norte S.A. E.S.P.", "aguas del norte", .corporation),
      ("Pérez y Cía S. en C.", "perez", .limitedPartnership),
      ("Silva & Cia. Ltda", "silva", .limited),
      ("Silva & Filhos", "silva & filhos", nil), ("Silva e Filhos", "silva & filhos", nil),
      ("Silva y Filhos", "silva & filhos", nil),
      ("Companhia de Tecidos", "cia de tecidos", nil), ("Cia. de Tecidos", "cia de tecidos", nil),
      ("Fundación Santa Fe", "fundacion santa fe", nil),
      ("D'Ávila Peças", "davila pecas", nil), ("A.B.C. Peñas", "abc penas", nil),
      ("ABC Penas", "abc penas", nil), ("  Grupo   Prado – Filial ", "grupo prado filial", nil),
      ("Você e Eu", "voce & eu", nil), ("Salsa", "salsa", nil),
      ("E Consultoria", "e consultoria", nil),
      ("12.345.678 Ltda", "12 345 678", .limited),
    ] as [(String, String, LegalForm?)]
  )
  func `a company's name is folded and its legal form taken off`(
    text: String,
    key: String,
    form: LegalForm?
  ) throws {
    let name = try #require(CompanyName(text))
    #expect(name.key == key)
    #expect(name.legalForm == form)
  }

  @Test(arguments: ["", " - ", "Ltda", "S.A.", "S/A", "ME", "LTDA - ME", "& Cia", "S.A.S."])
  func `a legal form alone is no name`(text: String) { #expect(CompanyName(text) == nil) }

  @Test func `the name that is shown is the one that came`() {
    #expect(CompanyName("  PRADO Metais, Ltda. ")?.original == "PRADO Metais, Ltda.")
  }

  @Test func `composed and decomposed letters make one key`() throws {
    let composed = try #require(CompanyName("Caf\u{E9} Pe\u{F1}a"))
    let decomposed = try #require(CompanyName("Cafe\u{301} Pen\u{303}a"))
    #expect(Array(composed.key.utf8) == Array("cafe pena".utf8))
    #expect(Array(composed.key.utf8) == Array(decomposed.key.utf8))
    #expect(Array(composed.original.utf8) == Array(decomposed.original.utf8))
  }

  @Test(arguments: [
    ("João da Silva", "joao silva"), ("JOAO SILVA", "joao silva"),
    ("Joa\u{303}o  Silva", "joao silva"),
    ("María de los Ángeles Peña", "maria angeles pena"), ("D'Ávila", "davila"), ("De", "de"),
  ])
  func `a person's name is compared without accents and particles`(text: String, key: String) {
    #expect(PersonName(text)?.key == key)
  }

  @Test(arguments: [
    ("Motivo de perda no CRM", "cf_motivo_de_perda_no_crm"), ("cf_ja_pronto", "cf_ja_pronto"),
    ("Segmento de atuação", "cf_segmento_de_atuacao"), ("Razão (S.A.)", "cf_razao_s_a"),
    ("Você & Cia Ltda", "cf_voce_cia_ltda"),
  ])
  func `a field's name makes RD Station's own identifier`(name: String, identifier: String) {
    #expect(RDFieldName.identifier(of: name) == identifier)
  }
}
