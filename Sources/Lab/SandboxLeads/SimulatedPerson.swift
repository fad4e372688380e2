private import StrictJSON

/// A person of the script and the company they work for.
struct SimulatedPerson {
  let facts: LeadFacts

  init(_ index: Int, of script: LeadScript) {
    var generator = SeededGenerator(
      seed: script.seed,
      stream: LeadScript.Stream.person + UInt64(index)
    )
    // About three people to a company, so that deduplication by company has work.
    let company = SimulatedCompany(generator.number(0...(script.people - 1) / 3), of: script)
    let words = LeadVocabulary.self
    let first = generator.pick(company.isColombian ? words.colombianNames : words.brazilianNames)
    let last = generator.pick(
      company.isColombian ? words.colombianSurnames : words.brazilianSurnames
    )
    // The number keeps addresses apart within a seed, the suffix between seeds.
    let mailbox = "\(words.folded(first)).\(words.folded(last)).\(index)"
    let usesOwnDomain = generator.chance(percent: 70)
    let domain = usesOwnDomain ? company.domain : "correio-\(company.suffix).exemplo.com.br"
    var facts = LeadFacts(
      legacyID: "48\(generator.digits(8))",
      uuid: generator.uuid(),
      email: "\(mailbox)@\(domain)",
      createdAt: script.start.adding(seconds: Int64(index) * 3)
    )
    facts.name = "\(first) \(last)"
    facts.company = generator.chance(percent: 95) ? company.name : nil
    facts.jobTitle = generator.pick(
      company.isColombian ? words.colombianJobTitles : words.brazilianJobTitles
    )
    facts.website = usesOwnDomain ? "https://www.\(company.domain)" : nil
    let line = TelephoneLine(person: index, seed: script.seed)
    facts.mobilePhone = Self.mobilePhone(line, company.city, &generator)
    facts.personalPhone = Self.landline(line, company.city, &generator)
    facts.city = company.city.name
    facts.state = company.city.state
    facts.country = company.isColombian ? "Colombia" : "Brasil"
    facts.customFields = [
      CustomField(
        label: "Segmento de atuação",
        identifier: "cf_segmento_de_atuacao",
        value: .string(generator.pick(words.segments))
      ),
      CustomField(
        label: "Volume mensal",
        identifier: "cf_volume_mensal",
        value: .string(generator.pick(words.volumes))
      ),
    ]
    if generator.chance(percent: 60) {
      facts.customFields.append(
        CustomField(
          label: company.isColombian ? "NIT" : "CNPJ",
          identifier: company.isColombian ? "cf_nit" : "cf_cnpj",
          value: .string(company.taxNumber)
        )
      )
    }
    facts.tags = words.tags.filter { _ in generator.chance(percent: 25) }
    facts.fit = generator.number(0...100)
    facts.fitLetter =
      switch facts.fit {
      case 75...: "a"
      case 50..<75: "b"
      case 25..<50: "c"
      default: "d"
      }
    facts.interest = generator.number(0...300)
    facts.stage = generator.chance(percent: 40) ? "Qualified Lead" : "Lead"
    facts.owner = generator.chance(percent: 60) ? generator.pick(words.owners) : nil
    facts.origin = generator.pick(words.origins).text
    self.facts = facts
  }

  /// In the formats that are met: international, digits only, national.
  private static func mobilePhone(
    _ line: TelephoneLine,
    _ city: LeadVocabulary.City,
    _ generator: inout SeededGenerator
  ) -> String? {
    let number = line.mobile
    guard let area = city.areaCode else { return "+57 31\(number)" }
    let (start, end) = ("9\(number.prefix(4))", number.suffix(4))
    switch generator.number(0...9) {
    case 0...4: return "+55 (\(area)) \(start)-\(end)"
    case 5...6: return "\(area)\(start)\(end)"
    case 7: return "(\(area)) \(start)-\(end)"
    case 8: return "55\(area)\(start)\(end)"
    default: return nil
    }
  }

  private static func landline(
    _ line: TelephoneLine,
    _ city: LeadVocabulary.City,
    _ generator: inout SeededGenerator
  ) -> String? {
    guard let area = city.areaCode, generator.chance(percent: 30) else { return nil }
    let number = line.landline
    return "(\(area)) \(number.prefix(4))-\(number.suffix(4))"
  }
}

/// The telephone of a person, which nobody else of the seed has, nor of the seeds of one chaos run.
///
/// Two people with one telephone are one person to the centralizer, and rightly so.
struct TelephoneLine {
  /// Eight digits each; the landline begins with 2 to 5, as they do.
  let mobile: String
  let landline: String

  init(person: Int, seed: UInt64) {
    // Multiplying by what has no factor in common with the number of lines scatters and never meets.
    let line = seed % 65_536 * 512 + UInt64(person)
    mobile = Self.digits(line * 61_803_399 % 100_000_000)
    landline = Self.digits(20_000_000 + line * 24_142_137 % 40_000_000)
  }

  private static func digits(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// A company of the script.
struct SimulatedCompany {
  let name: String
  let domain: String
  /// Tells companies of different seeds apart.
  let suffix: String
  let taxNumber: String
  let city: LeadVocabulary.City
  let isColombian: Bool

  init(_ index: Int, of script: LeadScript) {
    var generator = SeededGenerator(
      seed: script.seed,
      stream: LeadScript.Stream.company + UInt64(index)
    )
    let words = LeadVocabulary.self
    isColombian = generator.chance(percent: 25)
    city = generator.pick(isColombian ? words.colombianCities : words.brazilianCities)
    let surname = generator.pick(isColombian ? words.colombianSurnames : words.brazilianSurnames)
    let trade = generator.pick(isColombian ? words.colombianTrades : words.brazilianTrades)
    suffix = "\(String(script.seed, radix: 36))-\(index)"
    name =
      isColombian
      ? "\(trade) \(surname) \(index + 1) S.A.S." : "\(surname) \(trade) \(index + 1) Ltda"
    let country = isColombian ? "exemplo.com.co" : "exemplo.com.br"
    domain = "\(words.folded(surname))-\(suffix).\(country)"
    taxNumber = isColombian ? TaxNumber.nit(&generator) : TaxNumber.cnpj(&generator)
  }
}
