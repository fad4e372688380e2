import Leads
import TestKit
import Testing

struct IdentityNameTests {
  @Test(
    .behaviour("B047"),
    arguments: [
      ("Prado Metais Ltda", "prado metais"),
      ("PRADO METAIS, LTDA.", "prado metais"),
      ("Prado Metais Limitada", "prado metais"),
      ("Prado Metais EIRELI", "prado metais"),
      ("Prado Metais Eireli - ME", "prado metais"),
      ("Prado Metais LTDA EPP", "prado metais"),
      ("Prado Metais S.A.", "prado metais"),
      ("Prado Metais S/A", "prado metais"),
      ("Prado Metais S. A.", "prado metais"),
      ("Prado Metais S A", "prado metais"),
      ("Prado Metais SA", "prado metais"),
      ("Prado Metais ME", "prado metais"),
      ("Prado Metais MEI", "prado metais"),
      ("Prado Metais SPE Ltda", "prado metais"),
      ("Metales Prado S.A.S.", "metales prado"),
      ("METALES PRADO SAS", "metales prado"),
      ("Metales Prado S. en C.", "metales prado"),
      ("Metales Prado S.C.A.", "metales prado"),
      ("Metales Prado E.U.", "metales prado"),
      ("Aguas del Norte S.A. E.S.P.", "aguas del norte"),
      ("Pérez y Cía S. en C.", "perez"),
      ("Silva & Cia. Ltda", "silva"),
      ("Silva & Filhos", "silva & filhos"), ("Silva e Filhos", "silva & filhos"),
      ("Silva y Filhos", "silva & filhos"),
      ("Companhia de Tecidos", "cia de tecidos"), ("Cia. de Tecidos", "cia de tecidos"),
      ("Fundación Santa Fe", "fundacion santa fe"),
      ("D'Ávila Peças", "davila pecas"), ("A.B.C. Peñas", "abc penas"),
      ("ABC Penas", "abc penas"), ("  Grupo   Prado – Filial ", "grupo prado filial"),
      ("Você e Eu", "voce & eu"), ("Salsa", "salsa"),
      ("E Consultoria", "e consultoria"),
      ("12.345.678 Ltda", "12 345 678"),
    ] as [(String, String)]
  )
  func `a company's name is folded and its legal form taken off`(
    text: String,
    key: String
  ) {
    #expect(CompanyName(text)?.key == key)
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

  /// A dash makes the whole text be read the slow way, character by character.
  @Test func `a text is folded alike however it is read`() {
    for value in UInt32(1)...0x24F {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = "Da \(scalar)\(scalar)x, \\N"
      #expect(text.folded == String("\(text)\u{2013}".folded.unicodeScalars.dropLast()))
      for also in [Character?.none, "\\"] {
        let words = text.foldedWords(joinedBy: "_", also: also)
        #expect(words == "\(text)\u{2013}".foldedWords(joinedBy: "_", also: also), "\(value)")
      }
    }
  }

  @Test(arguments: [
    ("  a b ", "a b"), ("\r\na\n", "a"), ("\u{A0}é\u{3000}", "é"), (" ", ""), ("", ""),
  ])
  func `white space at both ends is taken off`(text: String, trimmed: String) {
    #expect(text.trimmed == trimmed)
  }
}
