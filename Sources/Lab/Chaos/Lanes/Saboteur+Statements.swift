import Belt
import Postgres

extension Saboteur {
  /// What breaks the promise in the database, where the programs need not help; none for those that break
  /// it themselves.
  var statements: [SQL] {
    switch self {
    case .receiptsOff: Self.beforeInsert(into: "receipt", "return null;")
    case .followsForgotten: Self.beforeInsert(into: "receipt", "new.follows := '[]'; return new;")
    // The programs drop what they would park.
    case .refusalDropped: Self.beforeInsert(into: "dead_letter", "return null;")
    default: []
    }
  }

  private static func beforeInsert(into table: StaticString, _ body: StaticString) -> [SQL] {
    [
      SQL(
        stringLiteral: """
          create function sabotage() returns trigger language plpgsql as $$ begin \(body) end $$
          """
      ),
      SQL(
        stringLiteral: """
          create trigger sabotage before insert on \(table) for each row execute function sabotage()
          """
      ),
    ]
  }
}
